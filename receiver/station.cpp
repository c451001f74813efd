#include "receiver/station.h"

#include "base/tasks.h"
#include "evidence/negative_names.h"
#include "receiver/certificates.h"
#include "receiver/policy_log.h"
#include "receiver/presence.h"
#include "receiver/session_log.h"
#include "receiver/spool_room.h"
#include "receiver/trap_station.h"
#include "tls/network.h"

namespace mailprobe::receiver {

namespace {

constexpr auto sweep_interval = std::chrono::minutes(10);
constexpr auto evaluation_grace = std::chrono::seconds(5);

/// LOCAL+TOKEN of the identity at each trap's domain.
void add_trap_addresses(Recipients& all, const Settings& settings, const Resident& resident,
                        const std::function<bool(const std::string& token)>& waited_for) {
  for (const auto& host : settings.traps)
    if (const auto address = trap_address(resident.address, host.name)) all.answers(*address, waited_for);
}

/// Bounces come to where a message says that it is from, the names from which something is to fail too.
void add_negative_addresses(Recipients& all, const Resident& resident,
                            const std::function<bool(const std::string& token)>& waited_for) {
  for (const auto& name : evidence::negative_names(resident.domain)) {
    const auto domain = name.label + "." + resident.domain;
    all.add_domain(domain);
    if (const auto address = Mailbox::parse(resident.address.local_part() + "@" + domain))
      all.answers(*address, waited_for);
  }
}

Recipients recipients_of(const Settings& settings, const std::vector<Resident>& residents, const Waiting& waiting) {
  Recipients all;
  const auto waited_for = [&waiting](const std::string& token) { return waiting.is_expected(token, now()); };
  for (const auto& resident : residents) {
    all.add_domain(resident.domain);
    all.add(resident.address, Purpose::identity);
    all.answers(resident.address, waited_for);
    add_negative_addresses(all, resident, waited_for);
    if (resident.domain == settings.trap_domain) add_trap_addresses(all, settings, resident, waited_for);
  }
  if (!settings.host.empty()) all.add_domain(settings.host);  // RFC 5321 §4.5.1: "Postmaster" without a domain is ours
  for (const auto& host : settings.traps) all.add_domain(trap_domain(host.name, settings.trap_domain));
  for (const auto& address : settings.reports) all.add(address, Purpose::report);
  for (const auto& address : settings.reflectors) all.add(address, Purpose::reflector);
  return all;
}

smtp::ServerOptions session_options(const Settings& settings, const std::optional<tls::Handshake>& handshake) {
  smtp::ServerOptions options;
  options.host = settings.host;
  options.starttls = handshake;
  options.requiretls = true;
  return options;
}

Task<void> sweep_for_good(Waiting& waiting, SpoolRoom& room, Tasks tasks) {
  while (!tasks.stopped()) {
    waiting.sweep(now());
    room.prune();
    co_await tls::pause(sweep_interval);
  }
}

/// What cannot be written counts as a time in which nobody received.
Task<void> note_for_good(Presence& presence, Tasks tasks) {
  while (!tasks.stopped()) {
    (void)presence.note(now());
    co_await tls::pause(Presence::note_interval);
  }
}

}  // namespace

struct Station::Impl {
  Impl(Settings of, dns::Resolver& ask, StationHooks tell, File locked, Spool kept, Waiting tokens, SessionLog log,
       std::vector<Resident> residents, Tasks run)
      : settings(std::move(of)),
        resolver(ask),
        hooks(std::move(tell)),
        lock(std::move(locked)),
        spool(std::move(kept)),
        waiting(std::move(tokens)),
        sessions(std::move(log)),
        recipients(recipients_of(settings, residents, waiting)),
        office{.host = settings.host,
               .recipients = recipients,
               .spool = spool,
               .disk = disk,
               .resolver = resolver,
               .objection =
                   [this](const evidence::Session& session, const Path& recipient) {
                     return traps ? traps->traps().objection(session, recipient) : std::nullopt;
                   },
               .waited_for = [this](const std::string& token) { return waiting.is_expected(token, now()); },
               .room = [this](std::size_t octets, AwaitedBy whom) { return room.take(octets, whom); },
               .kept = [this](const std::string& name) { evaluator->add(name); },
               .ended = [this](evidence::Session session) { record(session); }},
        tasks(std::move(run)),
        room(
            spool, disk, settings.keep, tasks, [this](const std::string& line) { hooks.pruned(line); },
            [this](const std::string& line) { hooks.trouble({Failure::ours, line, Cause::own_limit, {}}); }) {}

  Task<Result<void>> start(const Folder& folder);
  Task<Result<void>> set_traps(const Folder& folder);
  [[nodiscard]] std::vector<Door> doors();
  void record(const evidence::Session& session);
  void record(const evidence::PolicyFetch& fetch);

  Settings settings;
  dns::Resolver& resolver;
  StationHooks hooks;
  File lock;
  Spool spool;
  Disk disk;
  Waiting waiting;
  SessionLog sessions;
  std::optional<PolicyLog> policy_log;
  Recipients recipients;
  Office office;
  Tasks tasks;
  SpoolRoom room;
  std::optional<tls::Handshake> handshake;
  std::unique_ptr<Evaluator> evaluator;
  std::unique_ptr<TrapStation> traps;
  std::unique_ptr<Server> server;
  std::optional<Presence> presence;
};

void Station::Impl::record(const evidence::Session& session) {
  if (traps) traps->traps().ended(session);
  const auto losses = sessions.losses();
  if (const auto done = sessions.add(session); !done) hooks.trouble(done.error());
  if (sessions.losses() > losses) hooks.pruned("the record of sessions was full: its older half is gone");
  hooks.session(session);
}

void Station::Impl::record(const evidence::PolicyFetch& fetch) {
  if (const auto done = policy_log->add(fetch); !done) hooks.trouble(done.error());
  hooks.fetched(fetch);
}

std::vector<Door> Station::Impl::doors() {
  std::vector<Door> all;
  all.reserve(settings.listen.size());
  for (const auto& at : settings.listen)
    all.push_back({.address = at.address, .port = at.port, .trap = {}, .session = [this](const std::string&) {
                     return session_options(settings, handshake);
                   }});
  if (traps)
    for (auto& door : traps->doors()) all.push_back(std::move(door));
  return all;
}

Task<Result<void>> Station::Impl::set_traps(const Folder& folder) {
  if (settings.traps.empty()) co_return Result<void>{};
  auto log = PolicyLog::open(folder.policy_fetches());
  if (!log) co_return std::unexpected(log.error());
  policy_log.emplace(std::move(*log));
  Fetched fetched = [this](const evidence::PolicyFetch& fetch) { record(fetch); };
  auto opened = co_await TrapStation::open(settings, folder, tasks, std::move(fetched));
  if (!opened) co_return std::unexpected(opened.error());
  traps = std::move(*opened);
  co_return Result<void>{};
}

/// Order of events: the certificates, the traps, the addresses, the word that somebody receives, what an earlier
/// process left, the sweeping of tokens and of the spool.
Task<Result<void>> Station::Impl::start(const Folder& folder) {
  auto certificates = read_certificates(settings);
  if (!certificates) co_return std::unexpected(certificates.error());
  handshake = std::move(*certificates);
  if (auto set = co_await set_traps(folder); !set) co_return std::unexpected(set.error());
  Evaluator::Told told = [this](const Letter& letter) { hooks.letter(letter); };
  Evaluator::Failed failed = [this](const std::string&, const Error& error) { hooks.trouble(error); };
  evaluator = co_await Evaluator::make(spool, disk, resolver, std::move(told), std::move(failed));
  ServerLimits limits;
  limits.connections = settings.connections;
  limits.per_client = settings.per_client;
  limits.max_size = settings.max_size;
  // What a string takes while it grows is up to twice what it holds; nobody has more than half.
  limits.in_flight = std::max(settings.in_flight, 4 * settings.max_size);
  limits.in_flight_per_client = std::max(limits.in_flight / 4, 2 * settings.max_size);
  auto opened = co_await Server::start(doors(), office, limits);
  if (!opened) co_return std::unexpected(opened.error());
  server = std::move(*opened);
  auto present = Presence::begin(folder, now());
  if (!present) co_return std::unexpected(present.error());
  presence.emplace(std::move(*present));
  tasks.spawn(note_for_good(*presence, tasks));
  evaluator->add_unfinished();
  tasks.spawn(sweep_for_good(waiting, room, tasks));
  co_return Result<void>{};
}

Station::Station(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Station::~Station() { impl_->tasks.stop(); }

Result<void> Station::check(const Settings& settings) {
  if (settings.listen.empty())
    return fail(Failure::usage, "nothing to listen on: \"receiver.listen\" names no address");
  const auto certificates = read_certificates(settings);
  if (!certificates) return std::unexpected(certificates.error());
  return {};
}

Task<Result<std::unique_ptr<Station>>> Station::open(Settings settings, const Folder& folder,
                                                     std::vector<Resident> residents, dns::Resolver& resolver,
                                                     StationHooks hooks) {
  if (auto fit = check(settings); !fit) co_return std::unexpected(fit.error());
  auto lock = hold(folder);
  if (!lock) co_return std::unexpected(lock.error());
  auto spool = Spool::open(folder.spool());
  if (!spool) co_return std::unexpected(spool.error());
  auto waiting = Waiting::open(folder.waiting());
  if (!waiting) co_return std::unexpected(waiting.error());
  auto sessions = SessionLog::open(folder.sessions());
  if (!sessions) co_return std::unexpected(sessions.error());
  auto tasks = co_await Tasks::make();
  auto impl =
      std::make_unique<Impl>(std::move(settings), resolver, std::move(hooks), std::move(*lock), std::move(*spool),
                             std::move(*waiting), std::move(*sessions), std::move(residents), std::move(tasks));
  if (auto started = co_await impl->start(folder); !started) co_return std::unexpected(started.error());
  co_return std::unique_ptr<Station>(new Station(std::move(impl)));
}

std::vector<std::string> Station::places() const {
  std::vector<std::string> all;
  all.reserve(impl_->settings.listen.size());
  for (std::size_t i = 0; i < impl_->settings.listen.size(); ++i)
    all.push_back(impl_->settings.listen[i].address.text() + " port " + std::to_string(port(i)));
  return all;
}

std::uint16_t Station::port(std::size_t place) const { return impl_->server->port(place); }
Waiting& Station::waiting() { return impl_->waiting; }
Spool& Station::spool() { return impl_->spool; }

Result<void> Station::reload() {
  auto certificates = read_certificates(impl_->settings);
  if (!certificates) return std::unexpected(certificates.error());
  if (impl_->traps)
    if (auto done = impl_->traps->reload(impl_->settings); !done) return done;
  impl_->handshake = std::move(*certificates);
  return {};
}

Task<void> Station::stop(std::optional<std::chrono::milliseconds> grace) {
  (void)impl_->presence->note(now());
  co_await impl_->server->stop(grace);
  const std::chrono::milliseconds left = evaluation_grace;
  co_await impl_->evaluator->finish(grace ? std::min(*grace, left) : left);
  impl_->tasks.stop();
}

}  // namespace mailprobe::receiver
