#include "receiver/witness.h"

#include <fcntl.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <map>
#include <optional>

#include "base/address.h"
#include "base/tasks.h"
#include "base/text.h"
#include "dns/master_file.h"
#include "dns/responder.h"
#include "dns/witness_names.h"
#include "receiver/query_log.h"
#include "receiver/weak_keys.h"

namespace mailprobe::receiver {

namespace asio = boost::asio;
namespace fs = std::filesystem;

namespace {

constexpr std::size_t max_zone = 1024 * 1024;
constexpr std::size_t max_key = 16 * 1024;
constexpr auto dropped_interval = std::chrono::seconds(1);  // between two lines of what was not answered
constexpr auto sign_again = std::chrono::hours(24);         // signatures are good for thirty days

Result<std::string> read_file(const fs::path& path, std::size_t max) {
  const auto file = File::open(path, O_RDONLY);
  if (!file) return fail(Failure::usage, file.error().message);
  return read_all(*file, max, path);
}

/// The key of a zone that was made the first time (0600).
Result<Secret> kept_key(const Folder& folder, const std::string& origin) {
  const auto path = folder.dns().path / (origin + ".key");
  std::error_code ignored;
  if (fs::exists(path, ignored)) {
    auto text = read_file(path, max_key);
    if (!text) return std::unexpected(text.error());
    return Secret(std::move(*text));
  }
  auto key = dns::make_zone_key();
  if (!key) return key;
  if (auto done = replace_file(path, key->reveal()); !done) return std::unexpected(done.error());
  return key;
}

bool is_below(std::string_view name, std::string_view zone) {
  return name == zone ||
         (name.ends_with(zone) && name.size() > zone.size() && name[name.size() - zone.size() - 1] == '.');
}

}  // namespace

struct Witness::Impl {
  Impl(DnsSettings with, Folder where, std::vector<Witnessed> who, std::function<void(const Error&)> tell)
      : settings(std::move(with)), folder(std::move(where)), identities(std::move(who)), trouble(std::move(tell)) {}

  [[nodiscard]] Result<std::vector<dns::ZoneText>> zones() const;
  Result<void> prepare();
  void note(const dns::Asked& asked, const IpAddress& from, dns::Transport transport);
  void note_dropped(const dns::Asked& asked);
  void write_dropped();
  [[nodiscard]] const std::string* origin_of(const std::string& name) const;

  DnsSettings settings;
  Folder folder;
  std::vector<Witnessed> identities;
  std::function<void(const Error&)> trouble;
  std::optional<File> lock;
  std::optional<QueryLog> log;
  std::vector<std::unique_ptr<dns::Responder>> responders;
  std::vector<std::string> origins;
  std::optional<Tasks> tasks;
  std::map<std::string, std::int64_t> dropped;  // by origin, not written yet
  Steady written;                               // when the last were
};

Result<std::vector<dns::ZoneText>> Witness::Impl::zones() const {
  std::vector<dns::ZoneText> all;
  all.reserve(identities.size() + settings.unsigned_zones.size() + settings.zones.size() + 1);
  for (const auto& identity : identities)
    all.push_back({.origin = dns::witness_zone(identity.domain),
                   .records = dns::witness_records(settings.host),
                   .sign = false,
                   .key = {},
                   .made = dns::witness_names(identity.dkim_record)});
  for (const auto& [origin, records] : settings.unsigned_zones)
    all.push_back({.origin = origin, .records = records, .sign = false, .key = {}, .made = {}});
  if (settings.weak_domain)
    all.push_back({.origin = *settings.weak_domain,
                   .records = dns::witness_records(settings.host),
                   .sign = false,
                   .key = {},
                   .made = WeakKeys(folder.weak_keys()).names()});
  for (const auto& [origin, path] : settings.zones) {
    auto records = read_file(path, max_zone);
    if (!records) return std::unexpected(records.error());
    auto key = kept_key(folder, origin);
    if (!key) return std::unexpected(key.error());
    all.push_back({.origin = origin, .records = std::move(*records), .sign = true, .key = std::move(*key), .made = {}});
  }
  return all;
}

Result<void> Witness::Impl::prepare() {
  auto held = hold(folder.dns());
  if (!held) return std::unexpected(held.error());
  lock.emplace(std::move(*held));
  auto opened = QueryLog::open(folder.queries());
  if (!opened) return std::unexpected(opened.error());
  log.emplace(std::move(*opened));
  for (const auto& identity : identities) origins.push_back(dns::witness_zone(identity.domain));
  for (const auto& [origin, path] : settings.zones) origins.push_back(to_lower(origin));
  return {};
}

/// The longest that fits, where one zone is below another.
const std::string* Witness::Impl::origin_of(const std::string& name) const {
  const std::string* best = nullptr;
  for (const auto& origin : origins)
    if (is_below(name, origin) && (best == nullptr || origin.size() > best->size())) best = &origin;
  return best;
}

/// A flood is a line a second, and what comes after it stands behind the rest of it.
void Witness::Impl::note_dropped(const dns::Asked& asked) {
  const auto* origin = origin_of(asked.name);
  if (origin == nullptr) return;
  ++dropped[*origin];
  if (std::chrono::steady_clock::now() - written >= dropped_interval) write_dropped();
}

void Witness::Impl::write_dropped() {
  if (dropped.empty()) return;
  for (const auto& [origin, count] : std::exchange(dropped, {}))
    if (const auto kept = log->add(DroppedQueries{now(), origin, count}); !kept) trouble(kept.error());
  written = std::chrono::steady_clock::now();
}

void Witness::Impl::note(const dns::Asked& asked, const IpAddress& from, dns::Transport transport) {
  if (origin_of(asked.name) == nullptr) return;
  write_dropped();
  const auto kept = log->add(seen_query(asked, from, transport));
  if (!kept) trouble(kept.error());
}

namespace {

template <class Impl>
Result<void> load_again(Impl& impl) {
  const auto zones = impl.zones();
  if (!zones) return std::unexpected(zones.error());
  for (const auto& responder : impl.responders)
    if (auto done = responder->replace(*zones); !done) return done;
  return {};
}

template <class Impl>
Task<void> sign_every_day(std::weak_ptr<Impl> weak) {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  for (;;) {
    timer.expires_after(sign_again);
    const auto [error] = co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
    const auto impl = weak.lock();
    if (error || !impl) co_return;
    if (const auto done = load_again(*impl); !done) impl->trouble(done.error());
  }
}

template <class Impl>
Task<Result<void>> listen(std::shared_ptr<Impl> impl) {
  const auto zones = impl->zones();
  if (!zones) co_return std::unexpected(zones.error());
  for (const auto& at : impl->settings.listen) {
    dns::ResponderOptions options;
    options.limit = rate_limit_at(at.address);
    options.asked = [weak = std::weak_ptr(impl)](const dns::Asked& asked, const IpAddress& from,
                                                 dns::Transport transport) {
      if (const auto alive = weak.lock()) alive->note(asked, from, transport);
    };
    options.dropped = [weak = std::weak_ptr(impl)](const dns::Asked& asked) {
      if (const auto alive = weak.lock()) alive->note_dropped(asked);
    };
    auto texts = *zones;
    auto started = co_await dns::Responder::start(at.address, at.port, std::move(texts), std::move(options));
    if (!started) co_return fail(Failure::usage, started.error().message);
    impl->responders.push_back(std::move(*started));
  }
  co_return Result<void>{};
}

}  // namespace

Task<Result<std::unique_ptr<Witness>>> Witness::open(DnsSettings settings, std::string host, const Folder& folder,
                                                     std::vector<Witnessed> identities,
                                                     std::function<void(const Error& error)> trouble) {
  if (settings.host.empty()) settings.host = std::move(host);
  if (!DomainName::parse(settings.host))
    co_return fail(Failure::usage, "receiver.dns: the name server has no name: write \"host\" under \"receiver\"");
  auto impl = std::make_shared<Impl>(std::move(settings), folder, std::move(identities), std::move(trouble));
  if (auto done = impl->prepare(); !done) co_return std::unexpected(done.error());
  if (auto done = co_await listen(impl); !done) co_return std::unexpected(done.error());
  auto tasks = co_await Tasks::make();
  tasks.spawn(sign_every_day(std::weak_ptr(impl)));
  impl->tasks.emplace(std::move(tasks));
  co_return std::unique_ptr<Witness>(new Witness(std::move(impl)));
}

Witness::~Witness() { stop(); }

std::vector<std::string> Witness::places() const {
  std::vector<std::string> all;
  all.reserve(impl_->responders.size());
  for (std::size_t i = 0; i < impl_->responders.size(); ++i)
    all.push_back(impl_->settings.listen[i].address.text() + " port " + std::to_string(port(i)));
  return all;
}

std::uint16_t Witness::port(std::size_t place) const { return impl_->responders.at(place)->port(); }

std::vector<std::string> Witness::anchors() const {
  return impl_->responders.empty() ? std::vector<std::string>{} : impl_->responders.front()->anchors();
}

Result<void> Witness::reload() { return load_again(*impl_); }

void Witness::stop() {
  if (impl_->tasks) impl_->tasks->stop();
  for (const auto& responder : impl_->responders) responder->stop();
  impl_->write_dropped();
}

std::optional<dns::RateLimit> rate_limit_at(const IpAddress& address) {
  return address.loopback() ? std::nullopt : std::optional(dns::RateLimit{});
}

bool is_witness_held(const Folder& folder) { return is_held(folder.dns()); }

}  // namespace mailprobe::receiver
