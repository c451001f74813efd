#include "tls/session.h"

#include <openssl/err.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/ip.h"
#include "tls/dane.h"
#include "tls/facts.h"
#include "tls/server_flight.h"
#include "tls/socket_bio.h"
#include "tls/verification.h"

namespace mailprobe::tls {

namespace {

bool would_block(int error) { return error == EAGAIN || error == EWOULDBLOCK; }

std::unexpected<Error> broken(std::string_view stage, int error) {
  const std::string prefix = stage.empty() ? "" : std::string(stage) + ": ";
  return fail(Failure::connection, prefix + "connection lost (" + std::strerror(error) + ")", Cause::unreachable);
}

bool set_client_name(SSL* ssl, const std::string& name) {
  if (!set_reference_name(SSL_get0_param(ssl), name)) return false;
  if (name.empty() || IpAddress::parse(name)) return true;  // RFC 6066 §3: no addresses in SNI
  return SSL_set_tlsext_host_name(ssl, name.c_str()) == 1;
}

std::vector<std::string> host_names(const std::vector<std::string>& names) {
  std::vector<std::string> out;
  out.reserve(names.size());
  for (const auto& name : names) out.push_back(host_name(name));
  return out;
}

bool speaks_of_version(int reason) {
  switch (reason) {
    case SSL_R_UNSUPPORTED_PROTOCOL:
    case SSL_R_NO_PROTOCOLS_AVAILABLE:
    case SSL_R_NO_SHARED_CIPHER:
    case SSL_R_TLSV1_ALERT_PROTOCOL_VERSION:
    case SSL_R_TLSV1_ALERT_INSUFFICIENT_SECURITY:
    case SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE: return true;
    default: return false;
  }
}

/// The peer's, by our own names: OpenSSL has none for those that TLS 1.3 added. Empty: it is no alert.
std::string alert_of(unsigned long code) {
  const int reason = ERR_GET_REASON(code);
  if (reason <= SSL_AD_REASON_OFFSET) return {};
  return alert_name(static_cast<std::uint8_t>(reason - SSL_AD_REASON_OFFSET));
}

/// "alert protocol_version", or OpenSSL's own words.
std::string reason_text(unsigned long code) {
  if (const auto name = alert_of(code); !name.empty()) return "alert " + name;
  const char* text = ERR_reason_error_string(code);
  return text != nullptr ? text : "error " + std::to_string(code);
}

std::unexpected<Error> tls_error(std::string_view stage) {
  const auto code = ERR_get_error();
  ERR_clear_error();
  const auto prefix = std::string(stage) + ": ";
  const int reason = ERR_GET_REASON(code);
  if (reason == SSL_R_UNEXPECTED_EOF_WHILE_READING)
    return fail(Failure::connection, prefix + "connection closed without a TLS closure alert", Cause::unreachable);
  const bool version = speaks_of_version(reason);
  return fail(version ? Failure::unsupported : Failure::protocol, prefix + reason_text(code),
              version ? Cause::unsupported : Cause::protocol_error, alert_of(code));
}

/// The certificates as they are, and what was stapled to them.
void note_shown(SSL* ssl, Extras& extras) {
  extras.certificates.clear();
  const auto* chain = SSL_get_peer_cert_chain(ssl);
  for (int i = 0; i < sk_X509_num(chain); ++i) {
    unsigned char* der = nullptr;
    const int size = i2d_X509(sk_X509_value(chain, i), &der);
    if (size > 0) extras.certificates.emplace_back(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size));
    OPENSSL_free(der);
  }
  const unsigned char* response = nullptr;
  const auto size = SSL_get_tlsext_status_ocsp_resp(ssl, static_cast<void*>(&response));
  if (size > 0) extras.ocsp.assign(reinterpret_cast<const char*>(response), static_cast<std::size_t>(size));
}

}  // namespace

std::string host_name(std::string_view name) {
  if (name.ends_with('.')) name.remove_suffix(1);
  if (name.starts_with('[') && name.ends_with(']')) name = name.substr(1, name.size() - 2);
  return std::string(name);
}

Result<Attempt> plain_read(int socket, char* data, std::size_t size) {
  for (;;) {
    const auto got = ::recv(socket, data, size, 0);
    if (got >= 0) return Attempt{Next::done, static_cast<std::size_t>(got)};
    if (would_block(errno)) return Attempt{Next::readable};
    if (errno != EINTR) return broken("", errno);
  }
}

Result<Attempt> plain_write(int socket, std::string_view bytes) {
  for (;;) {
    const auto sent = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent >= 0) return Attempt{Next::done, static_cast<std::size_t>(sent)};
    if (would_block(errno)) return Attempt{Next::writable};
    if (errno != EINTR) return broken("", errno);
  }
}

int note_ticket(SSL* ssl, SSL_SESSION* session) {
  if (auto* extras = static_cast<Extras*>(SSL_get_app_data(ssl))) {
    ++extras->tickets;
    extras->early_data = std::max<std::int64_t>(extras->early_data, SSL_SESSION_get_max_early_data(session));
  }
  return 0;  // the session is not kept
}

Result<Session> Session::make(const Handshake& how, int socket) {
  if (!how.context) return fail(Failure::ours, "TLS handshake: no context");
  ERR_clear_error();
  SslPtr ssl(SSL_new(how.context->impl().ctx.get()));
  auto bio = ssl ? socket_bio(socket, ssl.get()) : nullptr;
  if (!ssl || !bio) return fail(Failure::ours, "TLS handshake: " + openssl_error());
  SSL_set_bio(ssl.get(), bio.get(), bio.get());  // takes the one reference that both share
  (void)bio.release();
  auto name = how.server ? std::string{} : host_name(how.server_name);
  if (how.server)
    SSL_set_accept_state(ssl.get());
  else
    SSL_set_connect_state(ssl.get());
  const bool dane = !how.server && !how.tlsa.empty();
  if (dane) {
    if (auto done = enable_dane(ssl.get(), how.tlsa, host_names(how.dane_names)); !done)
      return std::unexpected(done.error());
  } else if (!set_client_name(ssl.get(), name)) {
    return fail(Failure::ours, "TLS handshake: the name " + name + " cannot be");
  }
  if (how.extras && SSL_set_app_data(ssl.get(), how.extras.get()) != 1)
    return fail(Failure::ours, "TLS handshake: " + openssl_error());
  return Session(std::move(ssl), std::move(name), dane, how.extras);
}

Result<Attempt> Session::outcome(int result, const char* stage) {
  const int saved = errno;
  switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_WANT_READ: return Attempt{Next::readable};
    case SSL_ERROR_WANT_WRITE: return Attempt{Next::writable};
    case SSL_ERROR_ZERO_RETURN: return Attempt{};
    case SSL_ERROR_SYSCALL: usable_ = false; return broken(stage, saved);
    default: usable_ = false; return tls_error(stage);
  }
}

Result<Attempt> Session::handshake() {
  ERR_clear_error();
  const int result = SSL_do_handshake(ssl_.get());
  if (result == 1) {
    if (extras_) note_shown(ssl_.get(), *extras_);
    return Attempt{};
  }
  auto attempt = outcome(result, "TLS handshake");
  if (attempt && attempt->next == Next::done) {
    usable_ = false;
    return fail(Failure::connection, "TLS handshake: alert close_notify", Cause::unreachable);
  }
  return attempt;
}

Result<Attempt> Session::renegotiate() {
  if (!usable_) return fail(Failure::connection, "TLS session has ended", Cause::unreachable);
  ERR_clear_error();
  if (!renegotiating_) {
    SSL_clear_options(ssl_.get(), SSL_OP_NO_RENEGOTIATION);
    if (SSL_renegotiate(ssl_.get()) != 1) return tls_error("renegotiation");
    renegotiating_ = true;
  }
  const int result = SSL_do_handshake(ssl_.get());
  if (result == 1) return Attempt{};
  auto attempt = outcome(result, "renegotiation");
  if (attempt && attempt->next == Next::done)
    return fail(Failure::connection, "renegotiation: alert close_notify", Cause::unreachable);
  return attempt;
}

Result<Attempt> Session::read(char* data, std::size_t size) {
  if (!usable_) return fail(Failure::connection, "TLS session has ended", Cause::unreachable);
  ERR_clear_error();
  std::size_t count = 0;
  const int result = SSL_read_ex(ssl_.get(), data, size, &count);
  if (result == 1) return Attempt{Next::done, count};
  return outcome(result, "TLS");
}

Result<Attempt> Session::write(std::string_view bytes) {
  if (!usable_) return fail(Failure::connection, "TLS session has ended", Cause::unreachable);
  ERR_clear_error();
  std::size_t count = 0;
  const int result = SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &count);
  if (result == 1) return Attempt{Next::done, count};
  return outcome(result, "TLS");
}

void Session::close_notify() {
  ERR_clear_error();
  if (usable_ && SSL_is_init_finished(ssl_.get()) == 1) SSL_shutdown(ssl_.get());
  ERR_clear_error();
}

TlsFacts Session::facts() const { return facts_of(ssl_.get(), name_, dane_); }

}  // namespace mailprobe::tls
