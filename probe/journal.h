// The journal of a run: what was about to be done, on disk before it is done. Append-only, a JSON object a line:
// {t, probe, event, …}. A torn last line is ignored. A `dot` without its `reply` may have been delivered and is never
// sent again: MAIL FROM for that probe is refused here.
#pragma once

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/files.h"
#include "base/hidden.h"
#include "base/time.h"
#include "base/words.h"

namespace mailprobe::probe {

enum class JournalEvent { planned, intent, rcpt, dot, reply, found, late, done };

struct JournalLine {
  Time t;
  std::string probe;  // its id; empty: the run's
  JournalEvent event = JournalEvent::planned;
  std::map<std::string, std::string> details;
};

/// Lines that are whole and known, in order.
std::vector<JournalLine> read_journal(std::string_view text);
/// The probes whose final dot went out and got no reply.
std::set<std::string> possibly_delivered(const std::vector<JournalLine>& lines);

class Journal {
 public:
  /// Goes on with a journal that is there. Failure::usage where its run is alive in another process.
  static Result<Journal> open(const std::filesystem::path& path);

  /// From now on *** in what is written: others' words are.
  void hide(const Hidden& hidden) { hidden_.add(hidden); }
  Result<void> write(const std::string& probe, JournalEvent event, std::map<std::string, std::string> details = {});
  /// `intent`, on disk: before MAIL FROM.
  Result<void> intend(const std::string& probe, const std::string& to);
  /// `rcpt` and `dot`, on disk: before the final dot.
  Result<void> dot(const std::string& probe);

 private:
  Journal(File file, std::filesystem::path path) : file_(std::move(file)), path_(std::move(path)) {}

  File file_;  // locked as long as the run is alive
  std::filesystem::path path_;
  Hidden hidden_;
  std::set<std::string> possibly_delivered_;
};

}  // namespace mailprobe::probe

namespace mailprobe {

template <>
struct Words<probe::JournalEvent> {
  static constexpr std::array table{
      std::pair{probe::JournalEvent::planned, std::string_view{"planned"}},
      std::pair{probe::JournalEvent::intent, std::string_view{"intent"}},
      std::pair{probe::JournalEvent::rcpt, std::string_view{"rcpt"}},
      std::pair{probe::JournalEvent::dot, std::string_view{"dot"}},
      std::pair{probe::JournalEvent::reply, std::string_view{"reply"}},
      std::pair{probe::JournalEvent::found, std::string_view{"found"}},
      std::pair{probe::JournalEvent::late, std::string_view{"late"}},
      std::pair{probe::JournalEvent::done, std::string_view{"done"}},
  };
};

}  // namespace mailprobe
