// What was received, judged after its 250: DKIM, DMARC and ARC by the clock of its reception, however much later that
// is, and with the DNS of now; SPF as it was at MAIL. The result is written beside the message, so that another process
// reads it. Decides nothing about the message.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "auth/evaluate.h"
#include "evidence/document.h"
#include "receiver/disk.h"
#include "receiver/spool.h"

namespace mailprobe::receiver {

/// A message that came in, and what we found of it.
struct Letter {
  std::string name;           // in the spool
  evidence::Session session;  // until its 250
  std::string raw;
  auth::Evaluation evaluation;
};

/// When the message of that record was there: it is the session until its 250.
Time received_at(const evidence::Session& session);
/// As it stands beside the message: `raw` is the file of the message in the spool and its digest, `delay_ms`, `kind`
/// and `statuses` are for who knows the probe.
evidence::Reply reply_of(const Letter& letter);
/// What was found of a spooled message: nullopt: it has not been evaluated yet.
Result<std::optional<evidence::Reply>> read_result(const Spool& spool, const std::string& name);

/// Of what is evaluated at once: each letter may wait for the DNS, and is held meanwhile.
struct EvaluatorLimits {
  std::size_t letters = 32;
  std::size_t octets = 32 * 1024 * 1024;  // of memory; one letter that takes more is evaluated alone
};

class Evaluator {
 public:
  /// A letter that was evaluated now, its result on disk; not those of an earlier process that had one.
  using Told = std::function<void(const Letter& letter)>;
  using Failed = std::function<void(const std::string& name, const Error& error)>;

  /// On the current executor. `disk` and `resolver` outlive it: until finish() has returned.
  static Task<std::unique_ptr<Evaluator>> make(Spool spool, Disk& disk, dns::Resolver& resolver, Told told,
                                               Failed failed, EvaluatorLimits limits = {});
  ~Evaluator();

  /// In the order of arrival, several at once.
  void add(std::string name);
  /// What is spooled without a result.
  void add_unfinished();
  /// Every message that was added has been evaluated. What is still under way after `grace` is cut, and is found by the
  /// next process's add_unfinished().
  Task<void> finish(std::chrono::milliseconds grace);

 private:
  struct Impl;
  explicit Evaluator(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}
  std::shared_ptr<Impl> impl_;
};

}  // namespace mailprobe::receiver
