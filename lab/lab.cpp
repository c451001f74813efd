#include "lab/lab.h"

#include <algorithm>

#include "auth/dkim_sign.h"
#include "base/encoding.h"
#include "base/text.h"
#include "dns/system_resolver.h"
#include "dns/zone_resolver.h"
#include "evidence/traps.h"
#include "lab/certificates.h"
#include "lab/many.h"
#include "lab/middlebox.h"
#include "lab/policies.h"
#include "lab/probe_resolver.h"
#include "lab/relay.h"
#include "lab/target_mta.h"
#include "lab/trap_hosts.h"
#include "lab/validating_resolver.h"
#include "lab/zones.h"
#include "receiver/query_log.h"
#include "receiver/weak_keys.h"
#include "tls/https_page.h"
#include "tls/listeners.h"

namespace mailprobe::lab {

namespace {

/// A host, the name in its certificate, and its address.
struct Served {
  const Host* host;
  std::string certificate_name;
  IpAddress address;
};

}  // namespace

struct Lab::Impl {
  explicit Impl(tls::Authority from) : authority(std::move(from)) {}

  Task<Result<void>> start(LabOptions options);
  dns::ResponderOptions responder_options();
  Result<std::map<std::string, std::string>> make_dkim_keys();
  Result<std::string> make_answer_key();
  Result<void> make_receiver();
  Result<Keys> make_keys();
  Result<receiver::TrapZone> make_traps(const std::filesystem::path& key);
  Result<void> open_log(const std::filesystem::path& questions);
  Task<Result<void>> bind_targets(bool patterns);
  Task<Result<void>> start_dns(std::vector<dns::ZoneText> zones);
  Result<void> start_targets();
  void serve_policy(tls::Listener listener, const DomainPolicy& policy, tls::Handshake handshake);
  Task<Result<void>> start_policies(std::size_t many);
  Result<void> start_target(const Host& host, const std::string& certificate_name, tls::Listener listener);
  Task<Result<void>> start_relay();
  Task<Result<std::uint16_t>> start_mailbox(bool implicit_tls);

  tls::Authority authority;
  Access access;
  std::shared_ptr<World> world;
  std::unique_ptr<dns::Responder> responder;
  std::optional<receiver::QueryLog> log;             // of the responder
  std::map<std::string, tls::Handshake> handshakes;  // by mail host
  std::vector<Served> served;
  std::vector<tls::Listener> listeners;  // of each of them
};

namespace {

constexpr std::string_view user = "reflector";
constexpr int resolver_seconds = 5;

std::string new_password() { return base32(random_bytes(15)); }

/// By value: the coroutine outlives whoever spawned it.
Task<void> mail_session(std::unique_ptr<tls::Stream> stream, smtp::ServerOptions options,
                        std::shared_ptr<smtp::Handler> handler) {
  Transcript transcript;
  (void)co_await smtp::serve(*stream, std::move(options), *handler, transcript);
}

/// Another key's: validation of what stands in the zone fails. Each is "NAME. IN DS TAG ALGORITHM TYPE DIGEST".
void spoil_anchor(std::string& anchor) {
  const auto last = anchor.find_last_of("0123456789abcdefABCDEF");
  if (last != std::string::npos) anchor[last] = anchor[last] == '0' ? '1' : '0';
}

void spoil_bogus(std::vector<std::string>& anchors) {
  for (auto& anchor : anchors) {
    const auto name = std::string_view(anchor).substr(0, anchor.find_first_of(" \t"));
    const auto origin = to_lower(name.ends_with('.') ? name.substr(0, name.size() - 1) : name);
    if (signing_of(origin) == Signing::bogus) spoil_anchor(anchor);
  }
}

/// Not every machine has IPv6, and only one host needs it, beside a trap. 0: nobody can listen there.
Task<std::uint16_t> free_port_at(IpAddress address) {
  const auto listener = co_await tls::Listener::open(address, 0);
  co_return listener ? listener->port() : std::uint16_t{0};
}

Task<void> mailbox_session(std::unique_ptr<tls::Stream> stream, std::shared_ptr<World> world,
                           MailboxServerOptions options) {
  co_await serve_mailbox(std::move(stream), world->store, std::move(options));
}

void serve_mail(Tasks tasks, tls::Listener listener, smtp::ServerOptions options,
                std::shared_ptr<smtp::Handler> handler, Meddling meddling = Meddling::none) {
  tls::Serve session = [=](std::unique_ptr<tls::Stream> stream) {
    return mail_session(meddled_with(std::move(stream), meddling), options, handler);
  };
  tasks.spawn(tls::accept_all(std::move(listener), tasks, std::move(session)));
}

std::string all_records(const std::vector<dns::ZoneText>& zones) {
  std::string text;
  for (const auto& zone : zones) text += zone.records;
  return text;
}

/// How each zone validates.
ZoneStates states_of(const std::vector<dns::ZoneText>& zones) {
  ZoneStates states;
  const auto trap = receiver::trap_domain(evidence::trap::bogus, probe_domain);
  for (const auto& zone : zones) {
    const bool bogus = signing_of(zone.origin) == Signing::bogus || zone.origin == trap;
    states[zone.origin] = bogus ? Dnssec::bogus : zone.sign ? Dnssec::secure : Dnssec::insecure;
  }
  return states;
}

}  // namespace

/// Selector → record to publish. Any certificate's key does for a lab.
Result<std::map<std::string, std::string>> Lab::Impl::make_dkim_keys() {
  std::map<std::string, std::string> records;
  for (const auto& [selector, type] : {std::pair{"r1", tls::KeyType::rsa_2048}, {"e1", tls::KeyType::ed25519}}) {
    tls::IssueOptions wanted;
    wanted.subject = selector;
    wanted.key = type;
    auto issued = authority.issue(std::move(wanted));
    if (!issued) return std::unexpected(issued.error());
    auto key = auth::SigningKey::from_pem(issued->key_pem);
    if (!key) return std::unexpected(key.error());
    records[selector] = key->dns_record();
    access.dkim_keys[selector] = issued->key_pem.reveal();
  }
  return records;
}

/// With what target.test signs its answers; the record to publish.
Result<std::string> Lab::Impl::make_answer_key() {
  tls::IssueOptions wanted;
  wanted.subject = answer_selector;
  wanted.key = tls::KeyType::ed25519;
  const auto issued = authority.issue(std::move(wanted));
  if (!issued) return std::unexpected(issued.error());
  auto key = auth::SigningKey::from_pem(issued->key_pem);
  if (!key) return std::unexpected(key.error());
  world->answer_key = std::move(*key);
  return world->answer_key->dns_record();
}

/// What the probe's own receiver shows.
Result<void> Lab::Impl::make_receiver() {
  tls::IssueOptions wanted;
  wanted.names = {std::string(probe_host), "*." + std::string(probe_domain)};
  for (const auto trap : {evidence::trap::sts_right, evidence::trap::sts_wrong})  // a wildcard covers one label only
    wanted.names.push_back("mta-sts." + receiver::trap_domain(trap, probe_domain));
  const auto issued = authority.issue(std::move(wanted));
  if (!issued) return std::unexpected(issued.error());
  access.receiver_address = probe_address.text();
  access.receiver_host = probe_host;
  access.receiver_chain = issued->chain_pem;
  access.receiver_key = issued->key_pem.reveal();
  auto context = tls::Context::client({.ca_file = {}, .ca_pem = access.ca_pem});
  if (!context) return std::unexpected(context.error());
  world->client = std::move(*context);
  return {};
}

/// All that the zones publish of keys.
Result<Keys> Lab::Impl::make_keys() {
  auto records = make_dkim_keys();
  if (!records) return std::unexpected(records.error());
  auto answer = make_answer_key();
  if (!answer) return std::unexpected(answer.error());
  Keys keys{.dkim_records = std::move(*records),
            .answer_record = std::move(*answer),
            .spki_sha256 = {},
            .traps = {},
            .weak_names = {}};
  for (const auto& host : hosts()) {
    auto one = shown_by(authority, host.name, host.faults);
    if (!one) return std::unexpected(one.error());
    keys.spki_sha256[host.name] = one->spki_sha256;
    handshakes[host.name] = std::move(one->handshake);
  }
  return keys;
}

/// What the zone says of the probe's traps; the probe's own receiver is to listen there.
Result<receiver::TrapZone> Lab::Impl::make_traps(const std::filesystem::path& key) {
  const auto own = receiver::keep_trap_key(key);
  if (!own) return std::unexpected(own.error());
  receiver::TrapZone zone;
  zone.domain = probe_domain;
  zone.hosts = trap_hosts(access.smtp_port, world->ipv6_trap_port);
  zone.spki_sha256 = own->spki_sha256;
  zone.policy_host = trap_policy_address;
  zone.name_server = "ns.lab.test";
  access.traps = zone.hosts;
  access.policy_address = trap_policy_address.text();
  return zone;
}

Result<void> Lab::Impl::open_log(const std::filesystem::path& questions) {
  if (questions.empty()) return {};
  auto opened = receiver::QueryLog::open(questions);
  if (!opened) return std::unexpected(opened.error());
  log.emplace(std::move(*opened));
  access.questions = questions.string();
  return {};
}

dns::ResponderOptions Lab::Impl::responder_options() {
  dns::ResponderOptions options;
  if (!log) return options;
  options.asked = [this](const dns::Asked& asked, const IpAddress& from, dns::Transport transport) {
    if (!asked.name.ends_with(probe_domain)) return;
    (void)log->add(receiver::seen_query(asked, from, transport));
  };
  return options;
}

Task<Result<void>> Lab::Impl::start_dns(std::vector<dns::ZoneText> zones) {
  for (const auto& zone : zones) access.zones.push_back(zone.origin);
  auto states = states_of(zones);
  auto resolver = dns::zone_resolver(all_records(zones));
  if (!resolver) co_return std::unexpected(resolver.error());
  world->resolver = std::move(*resolver);
  auto started = co_await dns::Responder::start(dns_address, 0, std::move(zones), responder_options());
  if (!started) co_return std::unexpected(started.error());
  responder = std::move(*started);
  access.dns_address = dns_address.text();
  access.dns_port = responder->port();
  if (log)
    world->resolver =
        probe_resolver({std::string(probe_domain), std::string(weak_domain)},
                       dns::stub_resolver(dns_address, access.dns_port, resolver_address, resolver_seconds),
                       std::move(world->resolver));
  world->validating = validating_resolver(*world->resolver, std::move(states));
  access.trust_anchors = responder->anchors();
  spoil_bogus(access.trust_anchors);
  co_return Result<void>{};
}

Task<std::vector<Served>> served_hosts(bool patterns) {
  std::vector<Served> served;
  for (const auto& host : hosts()) {
    const auto address = address_of(host);
    if (address.v6 && co_await free_port_at(address) == 0) continue;
    served.push_back({&host, host.name, address});
  }
  if (!patterns) co_return served;
  for (const auto& pattern : pattern_hosts())
    served.push_back({&pattern, "*." + pattern.name, pattern_address(pattern)});
  co_return served;
}

/// Their port, which the zones have to name. It is to be free where the probe's own receiver listens, too.
Task<Result<void>> Lab::Impl::bind_targets(bool patterns) {
  served = co_await served_hosts(patterns);
  std::vector<IpAddress> addresses;
  std::ranges::transform(served, std::back_inserter(addresses), &Served::address);
  addresses.push_back(probe_address);
  for (const auto& host : trap_hosts(0, 0)) addresses.push_back(host.address);
  auto bound = co_await tls::listen_on_all(std::move(addresses));
  if (!bound) co_return std::unexpected(bound.error());
  listeners = std::move(*bound);
  listeners.erase(listeners.begin() + static_cast<std::ptrdiff_t>(served.size()), listeners.end());
  access.smtp_port = world->smtp_port = listeners.front().port();
  world->ipv6_trap_port = co_await free_port_at(ipv6_loopback);
  co_return Result<void>{};
}

Result<void> Lab::Impl::start_targets() {
  for (std::size_t i = 0; i < served.size(); ++i)
    if (auto ok = start_target(*served[i].host, served[i].certificate_name, std::move(listeners[i])); !ok) return ok;
  listeners.clear();
  return {};
}

Result<void> Lab::Impl::start_target(const Host& host, const std::string& certificate_name, tls::Listener listener) {
  const auto known = handshakes.find(host.name);
  auto shown = known == handshakes.end() ? identity(authority, certificate_name, host.faults) : known->second;
  if (!shown) return std::unexpected(shown.error());
  smtp::ServerOptions options;
  options.host = host.name;
  options.requiretls = host.faults.requiretls;
  options.dsn = host.faults.dsn;
  if (host.faults.starttls) options.starttls = std::move(*shown);
  serve_mail(world->tasks, std::move(listener), std::move(options), std::make_shared<TargetMta>(host, world),
             host.faults.meddling);
  return {};
}

namespace {

Task<void> show_page(std::unique_ptr<tls::Stream> stream, tls::Handshake handshake, tls::HttpsPage page) {
  (void)co_await tls::serve_page(std::move(stream), std::move(handshake), std::move(page));
}

}  // namespace

void Lab::Impl::serve_policy(tls::Listener listener, const DomainPolicy& policy, tls::Handshake handshake) {
  tls::Serve session = [page = page_of(policy), with = std::move(handshake)](std::unique_ptr<tls::Stream> stream) {
    return show_page(std::move(stream), with, page);
  };
  world->tasks.spawn(tls::accept_all(std::move(listener), world->tasks, std::move(session)));
}

/// The HTTPS server of each domain that has a policy.
Task<Result<void>> Lab::Impl::start_policies(std::size_t many) {
  std::vector<IpAddress> addresses;
  std::ranges::transform(policies(), std::back_inserter(addresses),
                         [](const DomainPolicy& policy) { return policy_host_address(policy); });
  addresses.push_back(trap_policy_address);  // the port is to be free there
  if (many > 0) addresses.push_back(many_policy_address);
  auto bound = co_await tls::listen_on_all(std::move(addresses));
  if (!bound) co_return std::unexpected(bound.error());
  access.https_port = world->https_port = bound->front().port();
  for (std::size_t i = 0; i < policies().size(); ++i) {
    const auto& policy = policies()[i];
    auto handshake = identity(authority, "mta-sts." + policy.domain);
    if (!handshake) co_return std::unexpected(handshake.error());
    serve_policy(std::move((*bound)[i]), policy, std::move(*handshake));
  }
  if (many > 0) {
    auto handshake = identity_of_many(authority, many_policy_names(many));
    if (!handshake) co_return std::unexpected(handshake.error());
    serve_policy(std::move(bound->back()), many_policy(), std::move(*handshake));
  }
  co_return Result<void>{};
}

Task<Result<void>> Lab::Impl::start_relay() {
  auto listener = co_await tls::Listener::open(relay_address, 0);
  if (!listener) co_return std::unexpected(listener.error());
  auto shown = identity(authority, std::string(relay_host));
  if (!shown) co_return std::unexpected(shown.error());
  auto context = tls::Context::client({.ca_file = {}, .ca_pem = access.ca_pem});
  if (!context) co_return std::unexpected(context.error());
  access.submission_host = relay_host;
  access.submission_port = listener->port();
  access.submission_user = "probe";
  access.submission_password = new_password();
  smtp::ServerOptions options;
  options.host = relay_host;
  options.starttls = std::move(*shown);
  options.auth = true;
  RelayOptions relay{.user = access.submission_user,
                     .password = Secret(access.submission_password),
                     .smtp_port = access.smtp_port,
                     .context = std::move(*context)};
  serve_mail(world->tasks, std::move(*listener), std::move(options), std::make_shared<Relay>(std::move(relay)));
  co_return Result<void>{};
}

/// The port.
Task<Result<std::uint16_t>> Lab::Impl::start_mailbox(bool implicit_tls) {
  auto listener = co_await tls::Listener::open(imap_address, 0);
  if (!listener) co_return std::unexpected(listener.error());
  auto shown = identity(authority, std::string(imap_host));
  if (!shown) co_return std::unexpected(shown.error());
  const auto port = listener->port();
  MailboxServerOptions options{.user = access.imap_user,
                               .password = Secret(access.imap_password),
                               .handshake = std::move(*shown),
                               .implicit_tls = implicit_tls};
  tls::Serve session = [options, shared = world](std::unique_ptr<tls::Stream> stream) {
    return mailbox_session(std::move(stream), shared, options);
  };
  world->tasks.spawn(tls::accept_all(std::move(*listener), world->tasks, std::move(session)));
  co_return port;
}

Task<Result<void>> Lab::Impl::start(LabOptions options) {
  auto tasks = co_await Tasks::make();
  world = std::make_shared<World>(std::move(tasks));
  access.ca_pem = authority.ca_pem();
  access.domain = probe_domain;
  access.address = "probe@" + access.domain;
  access.helo = probe_host;
  access.source_ip = probe_address.text();
  if (auto ok = make_receiver(); !ok) co_return ok;
  if (auto ok = co_await bind_targets(options.many > 0); !ok) co_return ok;
  auto keys = make_keys();
  if (!keys) co_return std::unexpected(keys.error());
  if (!options.trap_key.empty()) {
    auto traps = make_traps(options.trap_key);
    if (!traps) co_return std::unexpected(traps.error());
    keys->traps = std::move(*traps);
  }
  if (!options.weak_keys.empty()) {
    keys->weak_names = receiver::WeakKeys(options.weak_keys).names();
    access.weak_domain = weak_domain;
  }
  if (auto ok = open_log(options.questions); !ok) co_return ok;
  auto published = zones(*keys, options.many, log.has_value());
  if (auto ok = co_await start_dns(std::move(published)); !ok) co_return ok;
  if (auto ok = start_targets(); !ok) co_return ok;
  if (auto ok = co_await start_policies(options.many); !ok) co_return ok;
  if (auto ok = co_await start_relay(); !ok) co_return ok;
  access.imap_host = imap_host;
  access.imap_user = user;
  access.imap_password = new_password();
  const auto imaps = co_await start_mailbox(true);
  const auto imap = co_await start_mailbox(false);
  if (!imaps) co_return std::unexpected(imaps.error());
  if (!imap) co_return std::unexpected(imap.error());
  access.imaps_port = *imaps;
  access.imap_port = *imap;
  co_return Result<void>{};
}

Lab::Lab(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Lab::~Lab() { stop(); }

Task<Result<std::unique_ptr<Lab>>> Lab::start(LabOptions options) {
  auto authority = tls::Authority::make("mailprobe lab");
  if (!authority) co_return std::unexpected(authority.error());
  std::unique_ptr<Lab> lab(new Lab(std::make_unique<Impl>(std::move(*authority))));
  if (auto ok = co_await lab->impl_->start(std::move(options)); !ok) co_return std::unexpected(ok.error());
  co_return lab;
}

Task<Result<std::unique_ptr<Lab>>> Lab::start() { return start(LabOptions{}); }

const Access& Lab::access() const { return impl_->access; }

void Lab::stop() {
  if (impl_->world) impl_->world->tasks.stop();
  if (impl_->responder) impl_->responder->stop();
}

}  // namespace mailprobe::lab
