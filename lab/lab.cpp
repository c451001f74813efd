#include "lab/lab.h"

#include <algorithm>

#include "auth/dkim_sign.h"
#include "base/encoding.h"
#include "base/text.h"
#include "dns/system_resolver.h"
#include "dns/zone_resolver.h"
#include "lab/certificates.h"
#include "lab/many.h"
#include "lab/middlebox.h"
#include "lab/policies.h"
#include "lab/probe_resolver.h"
#include "lab/relay.h"
#include "lab/target_mta.h"
#include "lab/zones.h"
#include "receiver/query_log.h"
#include "tls/https_page.h"
#include "tls/listeners.h"

namespace mailprobe::lab {

struct Lab::Impl {
  explicit Impl(tls::Authority from) : authority(std::move(from)) {}

  Task<Result<void>> start(std::size_t many, std::filesystem::path questions);
  dns::ResponderOptions responder_options();
  Result<std::map<std::string, std::string>> make_dkim_keys();
  Result<std::string> make_answer_key();
  Result<void> make_receiver();
  Result<Keys> make_keys();
  Task<Result<void>> start_dns(std::vector<dns::ZoneText> zones);
  Task<Result<void>> start_targets(bool patterns);
  Task<Result<void>> start_policies();
  Result<void> start_target(const Host& host, const std::string& certificate_name, tls::Listener listener);
  Task<Result<void>> start_relay();
  Task<Result<std::uint16_t>> start_mailbox(bool implicit_tls);

  tls::Authority authority;
  Access access;
  std::shared_ptr<World> world;
  std::unique_ptr<dns::Responder> responder;
  std::optional<receiver::QueryLog> log;             // of the responder
  std::map<std::string, tls::Handshake> handshakes;  // by mail host
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

/// Not every machine has IPv6, and only one host needs it.
Task<bool> can_listen_on(IpAddress address) {
  const auto listener = co_await tls::Listener::open(address, 0);
  co_return listener.has_value();
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
  wanted.names = {std::string(probe_host)};
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
  Keys keys{.dkim_records = std::move(*records), .answer_record = std::move(*answer), .spki_sha256 = {}};
  for (const auto& host : hosts()) {
    auto one = shown_by(authority, host.name, host.faults);
    if (!one) return std::unexpected(one.error());
    keys.spki_sha256[host.name] = one->spki_sha256;
    handshakes[host.name] = std::move(one->handshake);
  }
  return keys;
}

dns::ResponderOptions Lab::Impl::responder_options() {
  dns::ResponderOptions options;
  if (!log) return options;
  options.asked = [this](const dns::Asked& asked, const IpAddress& from, dns::Transport transport) {
    if (!asked.name.ends_with(probe_domain)) return;
    (void)log->add({.time = now(),
                    .name = asked.name,
                    .type = dns::type_text(asked.type),
                    .from = from.text(),
                    .transport = transport == dns::Transport::tcp ? "tcp" : "udp"});
  };
  return options;
}

Task<Result<void>> Lab::Impl::start_dns(std::vector<dns::ZoneText> zones) {
  for (const auto& zone : zones) access.zones.push_back(zone.origin);
  auto resolver = dns::zone_resolver(all_records(zones));
  if (!resolver) co_return std::unexpected(resolver.error());
  world->resolver = std::move(*resolver);
  auto started = co_await dns::Responder::start(dns_address, 0, std::move(zones), responder_options());
  if (!started) co_return std::unexpected(started.error());
  responder = std::move(*started);
  access.dns_address = dns_address.text();
  access.dns_port = responder->port();
  if (log)
    world->resolver = probe_resolver(
        std::string(probe_domain), dns::stub_resolver(dns_address, access.dns_port, resolver_address, resolver_seconds),
        std::move(world->resolver));
  access.trust_anchors = responder->anchors();
  spoil_bogus(access.trust_anchors);
  co_return Result<void>{};
}

/// A host, the name in its certificate, and its address.
struct Served {
  const Host* host;
  std::string certificate_name;
  IpAddress address;
};

Task<std::vector<Served>> served_hosts(bool patterns) {
  std::vector<Served> served;
  for (const auto& host : hosts()) {
    const auto address = address_of(host);
    if (address.v6 && !co_await can_listen_on(address)) continue;
    served.push_back({&host, host.name, address});
  }
  if (!patterns) co_return served;
  for (const auto& pattern : pattern_hosts())
    served.push_back({&pattern, "*." + pattern.name, pattern_address(pattern)});
  co_return served;
}

Task<Result<void>> Lab::Impl::start_targets(bool patterns) {
  const auto served = co_await served_hosts(patterns);
  std::vector<IpAddress> addresses;
  std::ranges::transform(served, std::back_inserter(addresses), &Served::address);
  addresses.push_back(probe_address);  // the port is to be free there: the probe's receiver listens on it
  auto listeners = co_await tls::listen_on_all(std::move(addresses));
  if (!listeners) co_return std::unexpected(listeners.error());
  access.smtp_port = world->smtp_port = listeners->front().port();
  for (std::size_t i = 0; i < served.size(); ++i)
    if (auto ok = start_target(*served[i].host, served[i].certificate_name, std::move((*listeners)[i])); !ok)
      co_return ok;
  co_return Result<void>{};
}

Result<void> Lab::Impl::start_target(const Host& host, const std::string& certificate_name, tls::Listener listener) {
  const auto known = handshakes.find(host.name);
  auto shown = known == handshakes.end() ? identity(authority, certificate_name, host.faults) : known->second;
  if (!shown) return std::unexpected(shown.error());
  smtp::ServerOptions options;
  options.host = host.name;
  options.requiretls = host.faults.requiretls;
  if (host.faults.starttls) options.starttls = std::move(*shown);
  serve_mail(world->tasks, std::move(listener), std::move(options), std::make_shared<TargetMta>(host, world),
             host.faults.meddling);
  return {};
}

/// The HTTPS server of each domain that has a policy.
Task<Result<void>> Lab::Impl::start_policies() {
  std::vector<IpAddress> addresses;
  std::ranges::transform(policies(), std::back_inserter(addresses),
                         [](const DomainPolicy& policy) { return policy_host_address(policy); });
  auto listeners = co_await tls::listen_on_all(std::move(addresses));
  if (!listeners) co_return std::unexpected(listeners.error());
  access.https_port = listeners->front().port();
  for (std::size_t i = 0; i < policies().size(); ++i) {
    const auto& policy = policies()[i];
    auto handshake = identity(authority, "mta-sts." + policy.domain);
    if (!handshake) co_return std::unexpected(handshake.error());
    tls::Serve session = [page = page_of(policy), with = std::move(*handshake)](std::unique_ptr<tls::Stream> stream) {
      return tls::serve_page(std::move(stream), with, page);
    };
    world->tasks.spawn(tls::accept_all(std::move((*listeners)[i]), world->tasks, std::move(session)));
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

Task<Result<void>> Lab::Impl::start(std::size_t many, std::filesystem::path questions) {
  auto tasks = co_await Tasks::make();
  world = std::make_shared<World>(std::move(tasks));
  access.ca_pem = authority.ca_pem();
  access.domain = probe_domain;
  access.address = "probe@" + access.domain;
  access.helo = probe_host;
  access.source_ip = probe_address.text();
  if (auto ok = make_receiver(); !ok) co_return ok;
  const auto keys = make_keys();
  if (!keys) co_return std::unexpected(keys.error());
  if (!questions.empty()) {
    auto opened = receiver::QueryLog::open(questions);
    if (!opened) co_return std::unexpected(opened.error());
    log.emplace(std::move(*opened));
    access.questions = questions.string();
  }
  auto published = zones(*keys, many, log.has_value());
  if (auto ok = co_await start_dns(std::move(published)); !ok) co_return ok;
  if (auto ok = co_await start_targets(many > 0); !ok) co_return ok;
  if (auto ok = co_await start_policies(); !ok) co_return ok;
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

Task<Result<std::unique_ptr<Lab>>> Lab::start(std::size_t many, std::filesystem::path questions) {
  auto authority = tls::Authority::make("mailprobe lab");
  if (!authority) co_return std::unexpected(authority.error());
  std::unique_ptr<Lab> lab(new Lab(std::make_unique<Impl>(std::move(*authority))));
  if (auto ok = co_await lab->impl_->start(many, std::move(questions)); !ok) co_return std::unexpected(ok.error());
  co_return lab;
}

const Access& Lab::access() const { return impl_->access; }

void Lab::stop() {
  if (impl_->world) impl_->world->tasks.stop();
  if (impl_->responder) impl_->responder->stop();
}

}  // namespace mailprobe::lab
