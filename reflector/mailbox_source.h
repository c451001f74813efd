// A mailbox that is watched for probes, where nobody can listen on port 25: each new one is judged by what the trusted
// Received on top of it says, and given out. Marks nothing and deletes nothing; where it stands is kept on disk.
// RFC 9051, RFC 2177 (by imap/watcher); RFC 5321 §4.4 (Received, Return-Path).
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/transcript.h"
#include "imap/watcher.h"
#include "probe/settings.h"
#include "reflector/answer.h"
#include "reflector/post.h"
#include "reflector/reflector.h"
#include "reflector/undecided.h"

namespace mailprobe::reflector {

class MailboxSource {
 public:
  /// `take` gets probes, and what may be an objection to our mail; an error leaves the message for the next start.
  /// `log` gets lines that are safe to print. `undecided` outlives it.
  MailboxSource(probe::MailboxAccount account, Post post, std::filesystem::path folder,
                std::function<Result<Considered>(const Arrival&)> take, Undecided& undecided,
                std::function<void(const std::string&)> log);

  /// The login. From here on new messages count, or from where an earlier process stood. Failure::usage: refused.
  Task<Result<void>> open();
  /// Until the caller is cancelled. A lost connection is made again.
  Task<void> watch();

 private:
  Task<Result<void>> connect();
  Task<Result<void>> look();
  Task<void> take_over(imap::Arrived arrived);
  /// True: nothing is to be done about it any more in this process.
  bool consider(const Arrival& arrival);
  void look_again(const Arrival& arrival);
  Result<void> keep_place() const;
  void drop();

  probe::MailboxAccount account_;
  Post post_;
  std::filesystem::path place_;
  std::function<Result<Considered>(const Arrival&)> take_;
  Undecided& undecided_;
  std::function<void(const std::string&)> log_;
  Transcript transcript_;
  std::optional<sasl::Credentials> credentials_;
  imap::Baseline baseline_;
  std::vector<std::string> hosts_;  // whose Received is believed
  std::unique_ptr<tls::Stream> stream_;
  std::unique_ptr<imap::Watcher> watcher_;
  bool all_taken_ = true;
};

/// What the message itself tells of the session by which one of `hosts` took it from outside.
Task<Arrival> judged_by_trace(std::string raw, Time received, std::vector<std::string> hosts, dns::Resolver& resolver);

/// A mailbox's place as text, and back; nullopt: damaged.
std::string place_text(const imap::Baseline& baseline);
std::optional<imap::Baseline> read_place(std::string_view text);

}  // namespace mailprobe::reflector
