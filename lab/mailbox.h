// The lab's mailbox: messages by folder in memory, and an IMAP server over it that announces arrivals.
// Enough of IMAP4rev1 for real clients (LOGIN, AUTHENTICATE, LIST, STATUS, SELECT, UID SEARCH/FETCH/STORE/EXPUNGE,
// IDLE).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/secret.h"
#include "base/time.h"
#include "tls/stream.h"

namespace mailprobe::lab {

class MailStore {
 public:
  struct Message {
    std::uint32_t uid = 0;
    Time received;
    std::string raw;
    bool seen = false, deleted = false;
  };
  struct Folder {
    std::string name, special_use;  // "Junk", "\\Junk"
    std::uint32_t uidvalidity = 1, uidnext = 1;
    std::vector<Message> messages;
  };

  MailStore();  // INBOX and Junk
  std::vector<Folder>& folders() { return folders_; }
  Folder* find(std::string_view name);
  /// Stores and tells who waits in IDLE.
  void append(std::string_view folder, std::string raw);
  /// Removes what `gone` says, for good, and tells.
  void remove_if(Folder& folder, const std::function<bool(const Message&)>& gone);
  /// `callback` runs at each change until its key is removed.
  std::uint64_t subscribe(std::function<void()> callback);
  void unsubscribe(std::uint64_t key);

 private:
  void tell() const;

  std::vector<Folder> folders_;
  std::vector<std::pair<std::uint64_t, std::function<void()>>> subscribers_;
  std::uint64_t next_key_ = 1;
};

struct MailboxServerOptions {
  std::string user;
  Secret password;
  tls::Handshake handshake;  // server side
  bool implicit_tls = true;  // else STARTTLS, login disabled before it
};

/// One IMAP session, until LOGOUT or the client's end.
Task<void> serve_mailbox(std::unique_ptr<tls::Stream> stream, MailStore& store, MailboxServerOptions options);

}  // namespace mailprobe::lab
