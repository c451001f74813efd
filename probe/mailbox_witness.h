// The mailbox as a witness: logs in before anything is sent and notes where the folders stand, then finds the copy,
// over a new connection where the old one was lost. IMAP itself is imap/watcher.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "evidence/document.h"
#include "imap/watcher.h"
#include "probe/network.h"
#include "probe/progress.h"
#include "probe/settings.h"

namespace mailprobe::dns {
class Resolver;
}

namespace mailprobe::probe {

class MailboxWitness {
 public:
  /// The references outlive it.
  MailboxWitness(MailboxAccount account, std::shared_ptr<const tls::Context> context, Network network,
                 dns::Resolver& resolver, const Progress& progress);
  /// Before open(): *** in the transcript and in what is said.
  void hide(const Hidden& hidden) { transcript_.hide(hidden); }
  /// Before open(), of a message that went out earlier: where the folders stood then. A folder that is not among them
  /// is searched whole.
  void went_out_at(const std::vector<evidence::FolderMark>& marks);

  /// Before MAIL FROM. Failure::usage where the login is refused or the password cannot be had; anything else is noted
  /// in the facts, and nothing can be found later.
  Task<Result<void>> open();
  [[nodiscard]] bool ready() const { return baseline_.has_value(); }
  /// nullopt: not until the deadline; the facts say whether every folder was searched, and have this search's part of
  /// the transcript: that of a hundred messages would be as long a hundred times.
  Task<std::optional<imap::Copy>> find(std::string id, Steady deadline);
  /// Bounces and replies that were met so far.
  [[nodiscard]] std::vector<imap::Answer> answers_to(const std::string& id) const;
  /// After the copy is safely stored.
  Task<void> remove(const imap::Copy& copy);
  Task<void> close();

  [[nodiscard]] const MailboxAccount& account() const { return account_; }
  /// What it did for the message that was looked for last; of the first one that is what came before it, too.
  [[nodiscard]] evidence::MailboxWatch facts() const;

 private:
  Task<Result<void>> connect();
  void drop();
  void keep_answers();

  MailboxAccount account_;
  std::shared_ptr<const tls::Context> context_;
  Network network_;
  dns::Resolver& resolver_;
  const Progress& progress_;
  Transcript transcript_;
  std::optional<sasl::Credentials> credentials_;
  std::optional<imap::Baseline> baseline_;  // of the first login: what is older is not ours
  imap::Baseline earlier_;                  // of an earlier run
  bool whole_ = false;
  bool searched_ = false;
  std::size_t told_ = 0;  // events of the searches before
  std::unique_ptr<tls::Stream> stream_;
  std::unique_ptr<imap::Watcher> watcher_;
  std::vector<imap::Answer> answers_;  // of all connections
  evidence::MailboxWatch facts_;
};

}  // namespace mailprobe::probe
