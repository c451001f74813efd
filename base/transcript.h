// The record of a session: what went each way and when, capped, with what is secret left out.
// Redaction is this class's work: a session says secret(…) and the bytes never come here; what hide() was told is
// masked wherever a peer echoes it.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/hidden.h"
#include "base/words.h"

namespace mailprobe {

enum class Direction { out, in, note };  // from us, from the peer, our own remark

template <>
struct Words<Direction> {
  static constexpr std::array table{
      std::pair{Direction::out, std::string_view{"out"}},
      std::pair{Direction::in, std::string_view{"in"}},
      std::pair{Direction::note, std::string_view{"note"}},
  };
};

struct Event {
  std::int64_t t_ms = 0;  // since the transcript's start
  Direction dir = Direction::note;
  std::string text;  // raw bytes without the line end; escape before showing
};

class Transcript {
 public:
  static constexpr std::size_t max_events = 1000;    // an endless reply must not fill the evidence
  static constexpr std::size_t max_text = 2 * 1024;  // a line's share of it

  Transcript();

  void out(std::string_view line) { add(Direction::out, line); }
  void in(std::string_view line) { add(Direction::in, line); }
  void note(std::string_view text) { add(Direction::note, text); }
  /// Something secret was sent: `what` names it ("AUTH PLAIN ***").
  void secret(std::string_view what) { add(Direction::out, what); }

  /// From now on *** in every event (base/hidden.h).
  void hide(std::string_view secret) { hidden_.add(secret); }
  void hide(const Hidden& others) { hidden_.add(others); }
  [[nodiscard]] std::string masked(std::string_view text) const { return hidden_.masked(text); }

  [[nodiscard]] std::int64_t elapsed_ms() const;
  [[nodiscard]] const std::vector<Event>& events() const { return events_; }

  /// Called with each event as it happens (the live line, --verbose).
  std::function<void(const Event&)> observer;

 private:
  void add(Direction dir, std::string_view shown);

  std::chrono::steady_clock::time_point start_;
  std::vector<Event> events_;
  Hidden hidden_;
};

}  // namespace mailprobe
