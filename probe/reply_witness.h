// Our receiver as a witness: it listens as long as answers are waited for, or, where another process of the same
// configuration listens, reads what that one takes, and stands in for it when it goes away. Matching is
// probe/answer_table, receiving receiver/station. RFC 5321 §4.5.5, RFC 3834 §4 (what automatic answers are sent to).
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "dns/resolver.h"
#include "evidence/document.h"
#include "probe/answer_table.h"
#include "probe/beside.h"
#include "probe/network.h"
#include "probe/progress.h"
#include "probe/settings.h"
#include "receiver/spool.h"

namespace mailprobe::probe {

/// Where the processes of one configuration meet (receiver/folder.h).
std::filesystem::path receiver_folder(const Settings& settings);

class ReplyWitness {
 public:
  /// `wanted`: an answer was asked for. The references outlive it.
  static Task<std::unique_ptr<ReplyWitness>> make(const Settings& settings, Network network, dns::Resolver& resolver,
                                                  bool wanted);
  ~ReplyWitness();

  /// Called with a probe's id when a final answer has come for it.
  std::function<void(const std::string& id, evidence::AnswerKind kind)> on_final = [](const auto&, auto) {};

  /// Called with what was done for who wants no more mail, in words (probe/objections.h).
  std::function<void(const std::string& line)> on_objection = [](const auto&) {};

  /// Called with what left the spool by itself, in words.
  std::function<void(const std::string& line)> on_pruned = [](const auto&) {};

  /// Called with who receives from now on, in words, where that changes.
  std::function<void(const std::string& line)> on_change = [](const auto&) {};

  /// Takes mail from here on, or watches another process take it, for as long as that one does. `listen` false: only
  /// the latter. Failure::usage: it can do neither.
  Task<Result<void>> open(bool listen);
  /// Before the message goes out: its answers are taken for some days, by whoever receives.
  /// `forward`: the message itself is, through a forwarder.
  Result<void> expect(const std::string& id, bool forward = false);
  /// One of an earlier run, whose address is good for the rest of its days, and until `deadline` in any case.
  Result<void> expect_again(const std::string& id, Steady deadline, bool forward);
  /// What lies in the spool already has come, too.
  void look_back();
  /// How long this run waits for it.
  void set_deadline(const std::string& id, Steady deadline);
  /// It did not go out.
  void forget(const std::string& id);
  /// Until what was received is evaluated, or that takes too long.
  Task<void> evaluated();
  /// Until it is settled (probe/answer_table.h), or the caller is cancelled.
  Task<void> wait(std::string id);
  [[nodiscard]] bool settled(const std::string& id) const;
  /// `since`: the message went out.
  Arrivals take(const std::string& id, Time since);
  /// What lies in the spool for it, once that is evaluated: of a probe that take() has been called for, whose traps
  /// were watched since.
  Task<Arrivals> take_later(std::string id, Time since);
  [[nodiscard]] std::optional<std::string> raw_of(const std::string& spooled) const;
  /// Once what came is safe elsewhere.
  void remove(const Arrivals& arrivals);
  /// What it did for one probe so far; `address` is the caller's to say.
  [[nodiscard]] evidence::ReplyWatch facts() const;
  /// Sessions come to their end within `grace`.
  Task<void> close(std::chrono::milliseconds grace);

 private:
  Task<Result<void>> listen();
  Task<void> stand_in();
  Result<void> watch_spool();

  struct Impl;
  explicit ReplyWitness(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// Where nothing came and our receiver had refused what would have: that stands in the watch, and not the target's
/// silence.
void blame_ourselves(evidence::Probe& probe);

/// Until what lies in the spool is evaluated, or that takes too long: some look-ups of somebody's DNS.
Task<void> let_evaluate(receiver::Spool spool, Pause pause);
/// Of who waits no more: a message to it has been taken, and is not evaluated yet.
bool is_unevaluated(const receiver::Spool& spool, const std::string& id);

/// The answers to probes that lie in the spool of `folder`, whoever received them, by the probe's id; for `collect`.
/// `since`: when each went out.
std::map<std::string, Arrivals> answers_in(const receiver::Spool& spool, const std::filesystem::path& folder,
                                           const std::map<std::string, Time>& since);
Arrivals answers_in(const receiver::Spool& spool, const std::filesystem::path& folder, const std::string& id,
                    Time since);

}  // namespace mailprobe::probe
