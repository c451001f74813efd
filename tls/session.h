// TLS over a non-blocking socket, one attempt at a time: each call either ends or says what to wait for. Owns no socket
// and waits for nothing; tls/socket_stream.cpp does. What is not yet decided stays in the SSL object, so an abandoned
// wait loses no byte. RFC 8446 §6.1 (closure), RFC 6066 §3 (SNI).
#pragma once

#include <string>
#include <string_view>

#include "tls/openssl.h"
#include "tls/stream.h"

namespace mailprobe::tls {

/// "mx.example.org." is for the resolver, "[192.0.2.1]" for SMTP; certificates and SNI have neither.
std::string host_name(std::string_view name);

enum class Next { done, readable, writable };

struct Attempt {
  Next next = Next::done;
  std::size_t count = 0;  // bytes moved; 0 with `done` is the peer's orderly end
};

/// The same without TLS.
Result<Attempt> plain_read(int socket, char* data, std::size_t size);
Result<Attempt> plain_write(int socket, std::string_view bytes);

/// For a context: notes a ticket in the session's Extras, where it has some.
int note_ticket(SSL* ssl, SSL_SESSION* session);

class Session {
 public:
  static Result<Session> make(const Handshake& how, int socket);

  Result<Attempt> handshake();
  Result<Attempt> renegotiate();
  Result<Attempt> read(char* data, std::size_t size);
  Result<Attempt> write(std::string_view bytes);
  void close_notify();
  [[nodiscard]] TlsFacts facts() const;

 private:
  Session(SslPtr ssl, std::string name, bool dane, std::shared_ptr<Extras> extras)
      : ssl_(std::move(ssl)), name_(std::move(name)), dane_(dane), extras_(std::move(extras)) {}
  Result<Attempt> outcome(int result, const char* stage);

  SslPtr ssl_;
  std::string name_;  // what the certificate is checked against
  bool dane_;         // … and by TLSA records
  std::shared_ptr<Extras> extras_;
  bool usable_ = true, renegotiating_ = false;
};

}  // namespace mailprobe::tls
