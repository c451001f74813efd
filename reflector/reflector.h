// The answering side: a probe that came in is judged (manners.h), counted (answer_limits.h), answered (answer.h), and
// the answer delivered until it arrives or is given up (outbox.h, post.h). Receives nothing itself.
#pragma once

#include <deque>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "probe/beside.h"
#include "reflector/answer.h"
#include "reflector/answer_limits.h"
#include "reflector/manners.h"
#include "reflector/outbox.h"
#include "reflector/post.h"

namespace mailprobe::reflector {

struct Options {
  Mailbox address;               // answers come from it
  std::vector<Mailbox> ours;     // others that are never answered
  std::string host;              // by which the probe was received
  std::filesystem::path folder;  // of ours alone: outbox, counters
  DailyAnswers most;
  std::chrono::milliseconds judge_for = std::chrono::days(1);  // after it came in, where DMARC cannot be evaluated
};

/// What became of a message.
enum class Considered {
  decided,   // answered, or refused for good
  later,     // DMARC could not be evaluated: to be evaluated again
  no_probe,  // not for the reflector: a person's mail, or a program's
};

class Reflector {
 public:
  /// Goes on with the answers that wait. `log` gets a line for each decision, safe to print.
  static Task<Result<std::unique_ptr<Reflector>>> start(Options options, Post post,
                                                        std::function<void(const std::string&)> log);
  Reflector(const Reflector&) = delete;
  Reflector& operator=(const Reflector&) = delete;

  /// Judged, and the answers on disk, when it returns; they go out by themselves. An error: of ours, try again later.
  Result<Considered> consider(const Arrival& arrival);
  /// Answers that are not delivered yet.
  [[nodiscard]] std::size_t waiting() const { return under_way_; }
  /// Sessions that are going on may end within `grace`; the rest stays on disk.
  Task<void> stop(std::chrono::milliseconds grace);
  /// Every answer that waits has been delivered or given up.
  Task<void> finish();

 private:
  Reflector(Options options, Post post, std::function<void(const std::string&)> log, Outbox outbox);
  static Task<void> attempt(Reflector& self, std::string name);
  void resume();
  void launch(const std::string& name, Time due);
  void attempt_next();
  void settle(const std::string& name, Outgoing answer, const Tried& tried);
  void finish(const std::string& name, const std::string& outcome);
  Considered refuse(const Arrival& arrival, const Judgement& judgement, bool probe);
  Result<void> answer(const Arrival& arrival, const std::string& probe, const Mailbox& recipient);
  Result<Outgoing> written(const Arrival& arrival, const std::string& probe, const Mailbox& recipient) const;
  [[nodiscard]] bool suppressed(const Mailbox& address) const;
  void forget_old();

  Options options_;
  Post post_;
  std::function<void(const std::string&)> log_;
  AnswerLimits limits_;
  Outbox outbox_;
  std::size_t under_way_ = 0, open_ = 0;
  std::deque<std::string> queue_;  // due, and no session is free
  bool stopping_ = false;
  Time forgotten_;
  std::optional<probe::Beside> waits_, sessions_;
};

}  // namespace mailprobe::reflector
