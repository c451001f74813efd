#include "lab/relay.h"

#include "lab/faults.h"
#include "lab/trace.h"
#include "lab/zones.h"
#include "smtp/client.h"
#include "tls/network.h"

namespace mailprobe::lab {

using smtp::Reply;
using smtp::ServerState;

namespace {

constexpr auto connect_time = std::chrono::seconds(5);  // it is all loopback

std::string domain_of(const Path& path) { return path.text().substr(path.text().rfind('@') + 1); }

/// What one host of the target says to it.
Task<Reply> hand_over(const Host& host, std::uint16_t port, smtp::Delivery delivery) {
  auto stream =
      co_await tls::connect(address_of(host), port, relay_address, std::chrono::steady_clock::now() + connect_time);
  if (!stream) co_return Reply{451, "4.4.1", host.name + ": " + stream.error().message};
  delivery.handshake.server_name = host.name;
  Transcript transcript;
  const auto session = co_await smtp::deliver(**stream, std::move(delivery), transcript);
  if (session.reply) co_return *session.reply;
  co_return Reply{451, "4.4.2", host.name + ": " + (session.error ? session.error->message : "no reply")};
}

}  // namespace

Task<Reply> Relay::mail(const ServerState& state) {
  if (state.user.empty()) co_return Reply{530, "5.7.0", "Authentication required"};  // RFC 4954 §6
  co_return Reply{250, "2.1.0", "Sender ok"};
}

Task<Reply> Relay::rcpt(const ServerState& state, const Path& recipient) {
  if (!state.recipients.empty()) co_return Reply{452, "4.5.3", "One recipient at a time"};
  if (hosts_of(domain_of(recipient)).empty()) co_return Reply{550, "5.1.2", "Not a domain of the lab"};
  co_return Reply{250, "2.1.5", "Recipient ok"};
}

/// The hosts in the order of their preference, until one accepts or refuses for good (RFC 5321 §5.1).
Task<Reply> Relay::message(const ServerState& state, std::string raw) {
  const auto recipient = state.recipients.front();
  smtp::Delivery delivery;
  delivery.helo = relay_host;
  delivery.reverse_path = state.mail_from;
  delivery.recipient = recipient;
  delivery.message = received(state, delivery.helo, recipient, now()) + raw;
  delivery.floor = TlsFloor::may;
  delivery.handshake.context = options_.context;
  Reply reply{451, "4.4.4", "No host for this domain"};
  for (const auto* host : hosts_of(domain_of(recipient))) {
    reply = co_await hand_over(*host, options_.smtp_port, delivery);
    if (!reply.temporary()) break;
  }
  co_return reply;
}

std::optional<Secret> Relay::password(std::string_view user) {
  if (user != options_.user) return std::nullopt;
  return options_.password;
}

}  // namespace mailprobe::lab
