#include "receiver/traps.h"

#include <unordered_map>

#include "base/text.h"
#include "evidence/traps.h"
#include "receiver/memory.h"

namespace mailprobe::receiver {

namespace trap = evidence::trap;
using smtp::Reply;

namespace {

constexpr std::size_t max_remembered = 10'000;  // clients, addresses
/// Longer than it takes to try again several times (RFC 5321 §4.5.4.1: after half an hour, and more slowly then).
constexpr auto client_life = std::chrono::hours(4);
constexpr auto address_life = std::chrono::days(7);  // that of the token in it: who tries again is no longer greylisted

enum class Shown { receivers, own, wrong };
enum class Offer { always, never, second_time };

/// What is particular about a host.
struct Manner {
  std::string_view name;
  Shown shown = Shown::receivers;
  Offer starttls = Offer::always;
  tls::Version min = tls::Version::tls1_2, max = tls::Version::tls1_3;
};

// What is not named here is as it should be: its fault is in the DNS, or in the dialogue.
constexpr std::array<Manner, 8> manners{{
    {.name = trap::no_starttls, .starttls = Offer::never},
    {.name = trap::hidden_starttls, .starttls = Offer::second_time},
    {.name = trap::wrong_name, .shown = Shown::wrong},
    {.name = trap::sts_wrong, .shown = Shown::wrong},
    {.name = trap::dane_right, .shown = Shown::own},
    {.name = trap::dane_wrong, .shown = Shown::own},
    {.name = trap::tls10_only, .min = tls::Version::tls1_0, .max = tls::Version::tls1_0},
    {.name = trap::tls13_only, .min = tls::Version::tls1_3},
}};

Manner manner_of(std::string_view name) {
  const auto found = std::ranges::find(manners, name, &Manner::name);
  return found == manners.end() ? Manner{.name = name} : *found;
}

tls::ServerOptions with_key(const TrapKey& key) {
  tls::ServerOptions options;
  options.chain_pem = key.chain_pem;
  options.key_pem = key.key_pem;
  options.ask_client = true;
  return options;
}

Result<tls::Handshake> handshake_with(tls::ServerOptions options, const Manner& manner) {
  options.min = manner.min;
  options.max = manner.max;
  if (manner.max == tls::Version::tls1_0) options.ciphers = "ALL:@SECLEVEL=0";  // OpenSSL has it at no other level
  auto context = tls::Context::server(options);
  if (!context) return std::unexpected(context.error());
  return tls::Handshake{
      .context = std::move(*context), .server = true, .server_name = {}, .tlsa = {}, .dane_names = {}};
}

}  // namespace

bool shows_receivers_certificate(std::string_view name) { return manner_of(name).shown == Shown::receivers; }

struct Traps::Impl {
  std::string domain;
  std::unordered_map<std::string, tls::Handshake> handshakes;  // by case
  Memory clients{client_life, max_remembered}, addresses{address_life, max_remembered};

  [[nodiscard]] smtp::ServerOptions session(const std::string& name, const std::string& client);
};

smtp::ServerOptions Traps::Impl::session(const std::string& name, const std::string& client) {
  smtp::ServerOptions options;
  options.host = trap_domain(name, domain);
  const auto offer = manner_of(name).starttls;
  const bool hidden =
      offer == Offer::never || (offer == Offer::second_time && clients.first(client, std::chrono::steady_clock::now()));
  if (!hidden) options.starttls = handshakes.at(name);
  return options;
}

std::string trap_domain(std::string_view name, std::string_view domain) {
  return "trap-" + std::string(name) + "." + std::string(domain);
}

Result<Mailbox> trap_address(const Mailbox& address, std::string_view name) {
  return Mailbox::parse(address.local_part() + "@" + trap_domain(name, address.domain()));
}

Traps::Traps(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Traps::~Traps() = default;

Result<std::shared_ptr<Traps>> Traps::make(std::string domain, const tls::ServerOptions& shown, const TrapKey& own) {
  auto impl = std::make_unique<Impl>();
  impl->domain = std::move(domain);
  std::shared_ptr<Traps> traps(new Traps(std::move(impl)));
  if (auto done = traps->show(shown, own); !done) return std::unexpected(done.error());
  return traps;
}

Result<void> Traps::show(const tls::ServerOptions& shown, const TrapKey& own) {
  const auto wrong = make_wrong_key();
  if (!wrong) return std::unexpected(wrong.error());
  std::unordered_map<std::string, tls::Handshake> made;
  for (const auto& one : evidence::trap_cases) {
    const auto manner = manner_of(one.name);
    auto options = manner.shown == Shown::receivers ? shown : with_key(manner.shown == Shown::own ? own : *wrong);
    auto handshake = handshake_with(std::move(options), manner);
    if (!handshake) return std::unexpected(handshake.error());
    made.emplace(one.name, std::move(*handshake));
  }
  impl_->handshakes = std::move(made);
  return {};
}

std::vector<Door> Traps::doors(const std::shared_ptr<Traps>& traps, const std::vector<TrapHost>& hosts) {
  std::vector<Door> all;
  all.reserve(hosts.size());
  for (const auto& host : hosts)
    all.push_back({.address = host.address,
                   .port = host.port,
                   .trap = host.name,
                   .session = [traps, name = host.name](const std::string& client) {
                     return traps->impl_->session(name, client);
                   }});
  return all;
}

std::optional<Reply> Traps::objection(const evidence::Session& session, const Path& recipient) {
  if (session.trap == trap::hidden_starttls) impl_->clients.forget(session.address);
  if (session.trap != trap::greylist ||
      !impl_->addresses.first(to_lower(recipient.text()), std::chrono::steady_clock::now()))
    return std::nullopt;
  return Reply{451, "4.7.1", "Greylisted, please come again"};
}

void Traps::ended(const evidence::Session& session) {
  if (session.trap == trap::hidden_starttls && !session.helo) impl_->clients.forget(session.address);
}

}  // namespace mailprobe::receiver
