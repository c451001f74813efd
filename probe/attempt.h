// One connection to one address and the session over it, as evidence. Chooses nothing and retries nothing:
// probe/deliver.h and probe/inspect.h do.
#pragma once

#include <optional>
#include <string>

#include "evidence/document.h"
#include "probe/network.h"
#include "probe/transport_policy.h"
#include "smtp/client.h"

namespace mailprobe::probe {

/// Where a session goes.
struct Place {
  std::string host;  // the MX name or the server as given; what the certificate is checked against
  IpAddress address;
  std::uint16_t port = 25;
  bool implicit_tls = false;
  HostPolicy policy = {};

  [[nodiscard]] std::string text() const { return host + " (" + address.text() + ")"; }
};

/// What a session is watched by while it goes on.
struct SessionHooks {
  std::function<Result<void>()> before_mail;
  std::function<Result<void>(const evidence::Attempt& so_far)> before_dot;
  std::function<void()> after_dot;  // the first line of the answer to the final dot has come
  std::function<void(const Event&)> dialogue;
};

struct Tried {
  evidence::Attempt attempt;
  std::optional<Error> error;                 // why it ended early
  std::vector<evidence::ReplyFacts> further;  // smtp::Session's
  bool connected = false;                     // somebody answered: accepted or refused the connection
  std::chrono::milliseconds connecting{0};
};

/// `delivery` is the message and its conditions; its handshake name, TLS start and hooks are set here.
Task<Tried> try_delivery(Network network, Place place, std::optional<IpAddress> source, smtp::Delivery delivery,
                         std::chrono::milliseconds connect_time, SessionHooks hooks);

/// The same without a message: banner, EHLO, STARTTLS, EHLO, QUIT. Without a HELO name of ours it is the address that
/// we connect from, as a literal (RFC 5321 §4.1.4). `dialogue` may be empty.
Task<Tried> try_look(Network network, Place place, std::optional<IpAddress> source, smtp::Delivery conditions,
                     std::chrono::milliseconds connect_time, std::function<void(const Event&)> dialogue);

/// One more session, that says a command too early: whether it is run (smtp/starttls_injection.h).
Task<evidence::StarttlsInjection> try_injection(Network network, Place place, std::optional<IpAddress> source,
                                                smtp::Delivery conditions, std::chrono::milliseconds connect_time);

/// An attempt at a place that comes to nothing before anybody is connected to.
evidence::Attempt begin_attempt(const Place& place, const std::string& helo);

}  // namespace mailprobe::probe
