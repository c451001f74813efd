// Finds one message in a mailbox: log in, note where each folder stands (UIDNEXT), wait, fetch the one copy; or gives
// out every new one that has a field. Reads no other message; marks nothing as seen (BODY.PEEK). RFC 9051 and 3501,
// IDLE 2177, SPECIAL-USE 6154, UIDPLUS 4315.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/transcript.h"
#include "sasl/credentials.h"
#include "tls/stream.h"

namespace mailprobe::imap {

struct Account {
  bool implicit_tls = true;  // imaps://; else STARTTLS, always
  tls::Handshake handshake;  // its certificate must verify: credentials go to nobody else
  sasl::Credentials credentials;
  std::vector<std::string> folders;    // by name, or "\\Junk" by SPECIAL-USE; empty: INBOX, \Junk and \All
  std::vector<std::string> more = {};  // folders beside those
  bool whole = false;                  // a folder without an earlier mark is searched whole, not from its end on
};

struct FolderMark {
  std::uint32_t uidvalidity = 0, uidnext = 1;
};
using Baseline = std::map<std::string, FolderMark>;  // by folder name, UTF-8

struct Wanted {
  std::string header;  // "X-Mailprobe-Id"
  std::string id;      // its value; also looked for in Message-ID and body
};

struct Copy {
  std::string folder;       // UTF-8
  std::string special_use;  // "\\Junk", or empty
  std::uint32_t uidvalidity = 0, uid = 0;
  Time internal_date;
  Time seen;               // when this client learnt of it
  std::string raw;         // whole, as the server gives it
  bool by_body = false;    // neither header survived
  std::size_t copies = 1;  // that the folder has by now
};

/// A message that mentions ours and is not it.
struct Answer {
  std::string id;  // whose
  bool bounce = false;
  std::string folder;  // UTF-8
  std::uint32_t uidvalidity = 0, uid = 0;
  std::string raw;
};

/// What else is wanted of new messages than those with a certain field: by some fields of theirs.
struct Besides {
  std::vector<std::string> fields;  // their names
  std::function<bool(std::string_view fields)> wanted = [](std::string_view) { return false; };
};

/// A message that has come since the baseline and has a field that was asked for.
struct Arrived {
  std::string folder;  // UTF-8
  Time internal_date;
  std::string raw;
};

/// One connection's work. Lost connection: make another Watcher and open it with the old one's baseline.
class Watcher {
 public:
  Watcher(tls::Stream& stream, Transcript& transcript, Pause pause);
  ~Watcher();

  /// Greeting, TLS, login, folders, baseline. Failure::refused with a peer text where the login was refused.
  Task<Result<void>> open(Account account, std::optional<Baseline> earlier = {});
  [[nodiscard]] const Baseline& baseline() const;
  [[nodiscard]] const std::optional<TlsFacts>& tls() const;
  [[nodiscard]] std::vector<std::string> folders() const;

  /// nullopt: the deadline passed and every folder was searched.
  Task<Result<std::optional<Copy>>> find(Wanted wanted, Steady deadline);
  /// Every new message that has the field, or is wanted besides, once each, a few at a time: waits for some; none: the
  /// deadline passed. The baseline is then behind them.
  Task<Result<std::vector<Arrived>>> arrivals(std::string header, Steady deadline, Besides besides = {});
  /// What was met while looking for copies.
  [[nodiscard]] const std::vector<Answer>& answers() const;
  /// Marks \Deleted and expunges that one UID (UID EXPUNGE where there is UIDPLUS, else only the flag).
  Task<Result<void>> remove(const Copy& copy);
  Task<void> logout();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace mailprobe::imap
