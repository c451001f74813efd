// From the greeting to a login: TLS, capabilities, SASL. Nothing that was learnt before TLS is known after it.
// Not folders and messages: those are imap/mailbox.h's. RFC 9051 §3.4, §6.1, §6.2, §7.1; RFC 7817.
#pragma once

#include <optional>

#include "imap/capabilities.h"
#include "imap/connection.h"
#include "imap/watcher.h"

namespace mailprobe::imap {

class Session {
 public:
  Session(tls::Stream& stream, Transcript& transcript) : connection_(stream, transcript) {}

  Task<Result<void>> open(Account account);
  Task<void> logout();
  /// Called for each untagged response; keeps what concerns the session.
  void absorb(const Response& response);

  [[nodiscard]] Connection& connection() { return connection_; }
  [[nodiscard]] const Capabilities& capabilities() const { return capabilities_; }
  [[nodiscard]] const std::optional<TlsFacts>& tls() const { return tls_; }
  /// Mailbox names on the wire are UTF-8.
  [[nodiscard]] bool utf8_names() const { return utf8_ || capabilities_.only_rev2(); }

 private:
  Task<Result<Condition>> greeting();
  Task<Result<void>> starttls(tls::Handshake handshake);
  Task<Result<void>> secure(tls::Handshake handshake);
  Task<Result<void>> learn();
  Task<Result<void>> after_login();
  void forget() { capabilities_ = {}, learnt_ = utf8_ = false; }

  Connection connection_;
  Capabilities capabilities_;
  bool learnt_ = false, greeting_told_ = false, utf8_ = false;
  std::optional<TlsFacts> tls_;
};

}  // namespace mailprobe::imap
