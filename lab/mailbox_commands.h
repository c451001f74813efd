// What a client that has logged in may ask of the mailbox, each command answered at once. Pure: no stream, no login, no
// waiting (lab/mailbox_session.h). RFC 3501 §6.3, §6.4; SPECIAL-USE RFC 6154, UIDPLUS RFC 4315, UNSELECT RFC 3691.
#pragma once

#include <optional>
#include <string>

#include "lab/imap_command.h"
#include "lab/mailbox_view.h"

namespace mailprobe::lab {

struct Answer {
  std::string untagged;  // whole lines
  std::string status;    // "OK Done", to go behind the tag
};

class MailboxCommands {
 public:
  explicit MailboxCommands(MailStore& store) : store_(store) {}

  /// With what changed since the last answer. nullopt: no such command.
  std::optional<Answer> answer(const ImapCommand& command);
  [[nodiscard]] static bool knows(const ImapCommand& command) { return entry_of(command) != nullptr; }
  /// What changed since then: for IDLE.
  std::string news(bool with_removals = true) { return view_ ? view_->news(with_removals) : std::string{}; }

 private:
  using Method = Answer (MailboxCommands::*)(const ImapCommand&);
  struct Entry;
  static const Entry* entry_of(const ImapCommand& command);

  Answer noop(const ImapCommand& command);
  Answer name_space(const ImapCommand& command);
  Answer list(const ImapCommand& command);
  Answer status(const ImapCommand& command);
  Answer select(const ImapCommand& command);
  Answer close(const ImapCommand& command);
  Answer search(const ImapCommand& command);
  Answer fetch(const ImapCommand& command);
  Answer store(const ImapCommand& command);
  Answer expunge(const ImapCommand& command);
  Answer not_here(const ImapCommand& command);

  MailStore& store_;
  std::optional<MailboxView> view_;
};

}  // namespace mailprobe::lab
