// Whose answers are waited for, and what has come for each: an entry a probe, no timer, no connection, no thread. Told
// the time; matches by the probe's id, which is the token in the address that the answer came to. Pure.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/time.h"
#include "evidence/document.h"

namespace mailprobe::probe {

/// A message, where it is spooled and what was found of it.
struct ArrivedAnswer {
  std::string spooled;
  evidence::Reply reply;  // its kind and statuses filled in
};

struct Arrivals {
  std::vector<ArrivedAnswer> answers;
  std::vector<evidence::Session> sessions;  // over; also those that brought nothing
};

class AnswerTable {
 public:
  static constexpr std::size_t max_answers = 20;    // of one probe: mail loops end here
  static constexpr std::size_t max_sessions = 100;  // of one probe
  static constexpr std::size_t max_strays = 500;    // sessions that named no probe, the newest
  static constexpr std::size_t max_perhaps = 3;  // of those, for one probe, of each kind: one is enough for a verdict

  /// From now on; again with another deadline is fine.
  void expect(const std::string& id, Steady deadline);
  /// Of one that is expected: nothing but the message itself, forwarded, or a bounce is the last word about it.
  void await_forward(const std::string& id);
  void forget(const std::string& id);

  /// False: nobody waits for that, or it is known.
  bool add(const std::string& id, ArrivedAnswer answer, Steady at);
  /// The probe whose forwarded message it brought: one that named none. `ours`: this process received it, so that all
  /// that it saw of it is known; what another notes beside it (who asked its DNS) may come a moment later.
  std::optional<std::string> add(evidence::Session session, Steady at, bool ours = true);

  /// A final answer came and its session is over, or the deadline has passed. Of one that is not expected: true.
  [[nodiscard]] bool settled(const std::string& id, Steady at) const;
  /// When settled() may come to be true without anything more.
  [[nodiscard]] Steady due(const std::string& id) const;
  [[nodiscard]] bool has_final(const std::string& id) const;
  [[nodiscard]] std::size_t size() const { return entries_.size(); }

  /// With the sessions of the same hosts that named no probe, and where nothing was the last word with those that may
  /// have been that word (Perhaps). The entry goes.
  Arrivals take(const std::string& id, Time since);

 private:
  struct Entry {
    Steady deadline, final_at = Steady::max();
    Arrivals arrivals;
    bool session_over = false;  // of the final answer
    bool elsewhere = false;     // another process received something of it
    bool forward = false;
  };
  [[nodiscard]] static bool is_last_word(const Entry& entry, const std::string& id, const evidence::Reply& reply);
  [[nodiscard]] static Steady due(const Entry& entry);
  std::optional<std::string> add_stray(evidence::Session session);
  void claim_stray(Entry& entry, const std::string& id, const evidence::Session& of);

  std::unordered_map<std::string, Entry> entries_;
  std::deque<evidence::Session> strays_;
};

/// The first sessions of those who may have come with an answer since the message went out, at a door that is no
/// trap's, before they could name a probe: our limits turned them away, or our certificate did.
class Perhaps {
 public:
  /// `most` of either kind.
  Perhaps(Time since, std::size_t most) : since_(since), turned_away_(most), shied_away_(most) {}
  bool takes(const evidence::Session& session);

 private:
  Time since_;
  std::size_t turned_away_, shied_away_;  // how many more
};

/// Nothing else is waited for after it: a notice of delay, or of what nobody can tell, is not the last word.
bool is_final(evidence::AnswerKind kind);
/// Nor after this one of that probe: what was sent to a trap, or is the bounce of mail to one, says nothing of the
/// others.
bool ends_the_wait(const std::string& id, const evidence::Reply& reply);

}  // namespace mailprobe::probe
