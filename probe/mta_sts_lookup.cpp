#include "probe/mta_sts_lookup.h"

#include <algorithm>
#include <array>

#include "dns/records.h"
#include "probe/beside.h"
#include "probe/public_address.h"
#include "probe/route.h"
#include "probe/shares.h"
#include "receiver/folder.h"
#include "tls/https_fetch.h"

namespace mailprobe::probe {

using evidence::MtaSts;

namespace {

constexpr std::uint16_t https_port = 443;
constexpr auto refresh_time = std::chrono::seconds(10);  // where what was kept holds anyway
constexpr auto refresh_age = std::chrono::hours(24);     // RFC 8461 §10.2
constexpr auto connect_time = std::chrono::seconds(10);  // an address, where its share is more
constexpr std::size_t max_addresses = 4;                 // tried
constexpr std::string_view well_known = "/.well-known/mta-sts.txt";

std::uint16_t port_for(const IpAddress& address, const Settings& settings) {
  const auto mapped = settings.ports.find(https_port);
  return address.loopback() && mapped != settings.ports.end() ? mapped->second : https_port;
}

/// What the TXT answer says: the record as found, its id, or what is wrong.
void read_record(const dns::Answer& answer, StsFound& found) {
  auto& sts = found.sts;
  if (!answer.found() && !answer.absent()) {
    sts.problem = "the TXT record could not be looked up: " + failure_text(answer);
    sts.cause = failure_cause(answer);
    return;
  }
  std::vector<std::string> records;
  for (auto& text : dns::txt(answer))
    if (tls::is_sts_record(text)) records.push_back(std::move(text));
  found.record.emplace();
  for (const auto& text : records) *found.record = *found.record ? **found.record + "\n" + text : text;
  if (records.empty()) return;
  if (records.size() > 1) {  // RFC 8461 §3.1
    sts.problem = "there are " + std::to_string(records.size()) + " MTA-STS records, so none counts";
    return;
  }
  const auto record = tls::parse_sts_record(records.front());
  if (record)
    sts.id = record->id;
  else
    sts.problem = "the TXT record is not valid: " + record.error().message;
}

void set_policy(MtaSts& sts, const CachedPolicy& entry, std::string_view source) {
  sts.mode = entry.policy.mode;
  sts.mx = entry.policy.mx;
  sts.max_age = entry.policy.max_age;
  sts.source = source;
  sts.fetched = entry.fetched;
  sts.fetched_from = entry.from;
}

/// RFC 8461 §10.2: an attacker who keeps us from fetching must not do so until the policy is over.
bool wants_refresh(const CachedPolicy& entry) {
  const auto half = std::chrono::seconds(entry.policy.max_age / 2);
  return now() - entry.fetched >= std::min<std::chrono::seconds>(refresh_age, half);
}

/// Of several addresses that all fail the one is told whose failure says most: its certificate, else that it answered,
/// else that it refused; who says nothing comes after it, and last what we lack ourselves.
enum class Telling { ours, silence, refusal, answer, certificate };

Telling telling(Cause cause, bool secured) {
  switch (cause) {
    case Cause::expired:
    case Cause::wrong_name:
    case Cause::self_signed:
    case Cause::unknown_ca: return Telling::certificate;
    case Cause::refused: return secured ? Telling::answer : Telling::refusal;
    case Cause::protocol_error: return Telling::answer;
    case Cause::no_ipv6:
    case Cause::own_limit:
    case Cause::interrupted: return Telling::ours;
    default: return Telling::silence;  // or rate-limited: no more is known by it
  }
}

/// The way of one policy into the evidence:
///   1 the TXT record   2 the copy that was kept, where its id is the same and it is not old   3 else the file by
///   HTTPS, which is kept   4 where that fails, the copy that was kept all the same (RFC 8461 §5.1)
class Search {
 public:
  Search(std::string domain, StsMeans means)
      : domain_(std::move(domain)), host_("mta-sts." + domain_), means_(std::move(means)) {}

  Task<StsFound> go();

 private:
  [[nodiscard]] std::optional<CachedPolicy> kept() const;
  Task<bool> fetch(std::chrono::milliseconds time);
  Task<std::vector<IpAddress>> addresses();
  Task<bool> fetch_from(IpAddress address, Steady deadline);
  bool take(tls::HttpsFetch fetched, const IpAddress& address);
  void failed(const IpAddress& address, std::optional<TlsFacts> tls, const Error& error, Cause otherwise);
  void keep(const CachedPolicy& entry) const;
  void wrong(std::string problem, std::optional<Cause> cause) {
    found_.sts.problem = std::move(problem);
    found_.sts.cause = cause;
  }
  void say(const std::string& line) const {
    if (means_.progress != nullptr) means_.progress->say(line);
  }

  std::string domain_, host_;
  StsMeans means_;
  std::optional<CachedPolicy> before_;  // kept from an earlier run
  std::optional<Telling> told_;         // of the address that is told
  StsFound found_;
};

std::optional<CachedPolicy> Search::kept() const {
  if (means_.cache == nullptr) return std::nullopt;
  auto entry = means_.cache->find(domain_, now());
  if (entry) return std::move(*entry);
  say("warning: " + entry.error().message);
  return std::nullopt;
}

void Search::keep(const CachedPolicy& entry) const {
  if (means_.cache == nullptr) return;
  if (auto done = means_.cache->keep(domain_, entry); !done) say("warning: " + done.error().message);
}

Task<std::vector<IpAddress>> Search::addresses() {
  const auto host = co_await look_up_host(host_, means_.resolver);
  std::vector<IpAddress> all;
  std::string refused;
  for (const auto& listed : host.addresses) {
    const auto address = IpAddress::parse(listed.ip);
    if (!address) continue;
    if (may_fetch_from(*address, means_.settings))
      all.push_back(*address);
    else
      refused += (refused.empty() ? "" : ", ") + listed.ip;
  }
  if (all.size() > max_addresses) all.resize(max_addresses);
  if (!all.empty()) co_return all;
  if (!refused.empty())
    wrong(host_ + " has an address that is not public, so nothing was fetched: " + refused, Cause::own_limit);
  else
    wrong(host_ + (host.problem ? " cannot be looked up: " + *host.problem : " has no address"), Cause::dns_failure);
  co_return all;
}

void Search::failed(const IpAddress& address, std::optional<TlsFacts> tls, const Error& error, Cause otherwise) {
  const auto cause = error.cause.value_or(otherwise);
  const auto says = telling(cause, tls.has_value());
  if (told_ && *told_ >= says) return;
  told_ = says;
  found_.sts.tls = std::move(tls);
  found_.sts.fetched_from = address.text();
  wrong(error.message, cause);
}

bool Search::take(tls::HttpsFetch fetched, const IpAddress& address) {
  if (fetched.error) {
    failed(address, std::move(fetched.tls), *fetched.error, Cause::protocol_error);
    return false;
  }
  found_.sts.tls = std::move(fetched.tls);
  found_.sts.fetched_from = address.text();
  auto policy = tls::parse_sts_policy(fetched.body);
  if (!policy) {
    wrong("the policy file is not valid: " + policy.error().message, Cause::protocol_error);
    return true;  // another address would say the same
  }
  const CachedPolicy entry{*found_.sts.id, std::move(*policy), now(), address.text()};
  found_.sts.changed_under_id = before_ && before_->id == entry.id && before_->policy != entry.policy;  // RFC 8461 §3.1
  keep(entry);
  found_.sts.problem.reset();
  found_.sts.cause.reset();
  set_policy(found_.sts, entry, "fetched");
  return true;
}

/// The address that was checked is the one that is connected to: no name is looked up again.
Task<bool> Search::fetch_from(IpAddress address, Steady deadline) {
  const auto soon = std::min(deadline, means_.network.steady() + connect_time);
  const auto port = port_for(address, means_.settings);
  auto stream = co_await means_.network.connect(address, port, std::nullopt, soon);
  if (!stream) {
    failed(address, std::nullopt, stream.error(), Cause::unreachable);
    co_return false;
  }
  (*stream)->deadline(deadline);
  auto fetched = co_await tls::https_get(**stream, means_.context, host_, std::string(well_known));
  co_return take(std::move(fetched), address);
}

/// True: the file was read, good or not. RFC 8461 §3.3 has a minute for the fetch; one address that takes its time
/// leaves some of it to each of those after it.
Task<bool> Search::fetch(std::chrono::milliseconds time) {
  const auto deadline = means_.network.steady() + time;
  const auto all = co_await addresses();
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto begun = means_.network.steady();
    if (begun >= deadline) break;
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - begun);
    if (co_await fetch_from(all[i], begun + share_of(left, all.size() - i))) co_return true;
  }
  co_return false;
}

Task<StsFound> Search::go() {
  const auto name = "_mta-sts." + domain_;
  const auto answer = co_await means_.resolver.query(name, dns::Type::txt);
  read_record(answer, found_);
  if (co_await cancelled()) wrong("interrupted", Cause::interrupted);
  before_ = kept();
  const auto& entry = before_;
  auto& sts = found_.sts;
  const bool same = sts.id && entry && entry->id == *sts.id;  // RFC 8461 §3.1: the id says whether the policy changed
  if (same && !means_.fresh && !wants_refresh(*entry)) {
    set_policy(sts, *entry, "cache");
    co_return std::move(found_);
  }
  const auto time =
      same && !means_.fresh ? std::min<std::chrono::milliseconds>(refresh_time, means_.patience) : means_.patience;
  if (sts.id) (void)co_await fetch(time);
  if (!sts.mode && entry) {  // RFC 8461 §5.1: what holds is not undone by a fault, nor by an attacker who makes one
    set_policy(sts, *entry, "cache");
    if (!sts.problem) sts.problem = "the TXT record is gone, but a policy that was fetched before still holds";
  }
  co_return std::move(found_);
}

}  // namespace

Task<StsFound> look_up_mta_sts(std::string domain, StsMeans means) {
  Search search(std::move(domain), std::move(means));
  co_return co_await search.go();
}

std::optional<tls::StsPolicy> policy_of(const MtaSts& sts) {
  if (!sts.mode) return std::nullopt;
  return tls::StsPolicy{*sts.mode, sts.mx, static_cast<std::uint32_t>(sts.max_age.value_or(0))};
}

void keep_mta_sts(evidence::Target& target, MtaSts sts) {
  if (const auto policy = policy_of(sts); policy && policy->mode != StsMode::none)
    for (const auto& host : target.mx)
      if (!tls::sts_lists(*policy, host.host)) sts.unlisted.push_back(host.host);
  target.mta_sts = std::move(sts);
}

std::filesystem::path policy_folder(const Settings& settings) { return receiver::home_of(settings.runs) / "mta-sts"; }

bool may_fetch_from(const IpAddress& given, const Settings& settings) {
  const auto address = given.unmapped();
  if (address.loopback()) return settings.ports.contains(https_port);
  if (settings.private_policy_hosts) return true;
  return is_public(address);
}

}  // namespace mailprobe::probe
