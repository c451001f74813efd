#include "probe/dns_witness.h"

#include <algorithm>
#include <set>

#include "auth/spf_record.h"
#include "base/text.h"
#include "dns/records.h"
#include "dns/witness_names.h"
#include "dns/zone_resolver.h"
#include "probe/signing.h"
#include "receiver/query_log.h"

namespace mailprobe::probe {

namespace {

constexpr std::size_t max_questions = 500;  // of one probe

std::filesystem::path questions_file(const Settings& settings) {
  const auto& log = settings.receiver.dns.log;
  return log ? std::filesystem::path(*log) : receiver::Folder::beside(settings.runs).queries();
}

evidence::DnsQuery evidence_of(const receiver::SeenQuery& query, Time start, std::string_view zone) {
  using std::chrono::duration_cast, std::chrono::milliseconds;
  evidence::DnsQuery out{.t_ms = duration_cast<milliseconds>(query.time - start).count(),
                         .name = query.name,
                         .type = query.type,
                         .from = query.from,
                         .use = {},
                         .seen = {}};
  const auto name = dns::parse_witness_name(query.name, zone);
  if (!name) return out;
  if (name->use == dns::WitnessUse::spf) out.use = "spf";
  if (name->use == dns::WitnessUse::dkim) out.use = "dkim";
  if (name->use == dns::WitnessUse::dmarc) out.use = "dmarc";
  if (name->seen) out.seen = name->seen->text();
  return out;
}

/// Fixed names: a resolver that also asked for the probe's own names was at work for it, most likely.
std::optional<std::string> use_of_fixed(const receiver::SeenQuery& query, const std::string& domain) {
  const auto& name = query.name;
  if (query.type != "TXT") return std::nullopt;
  if (name == domain) return "spf";
  if (name == "_dmarc." + domain) return "dmarc";
  if (name.ends_with("._domainkey." + domain)) return "dkim";
  return std::nullopt;
}

bool has_term(const dns::Answer& answer, const std::string& term) {
  const auto texts = dns::txt(answer);
  return std::ranges::any_of(
      texts, [&](const std::string& text) { return auth::is_spf(text) && ifind(text, term) != std::string::npos; });
}

class UnseenResolver final : public dns::Resolver {
 public:
  UnseenResolver(std::vector<dns::Zone> zones, dns::Resolver& others) : zones_(std::move(zones)), others_(others) {}

  Task<dns::Answer> query(std::string name, dns::Type type) override {
    const auto labels = dns::labels_from_text(name);
    const auto* zone = labels ? dns::zone_for(zones_, *labels, static_cast<std::uint16_t>(type)) : nullptr;
    if (zone == nullptr || labels->size() == zone->origin().size()) co_return co_await others_.query(name, type);
    co_return dns::answer_from(*zone, *labels, type);
  }

 private:
  std::vector<dns::Zone> zones_;
  dns::Resolver& others_;
};

}  // namespace

const DkimKey* witness_key(const Identity& identity) {
  const auto rsa = [](const DkimKey& key) { return key.key.algorithm() == "rsa-sha256"; };
  const auto found = std::ranges::find_if(identity.dkim, rsa);
  if (found != identity.dkim.end()) return &*found;
  return identity.dkim.empty() ? nullptr : &identity.dkim.front();
}

std::vector<receiver::Witnessed> witnessed(const Settings& settings) {
  std::vector<receiver::Witnessed> all;
  std::set<std::string> domains;  // two identities of one domain: the first one's key
  for (const auto& [name, identity] : settings.identities)
    if (const auto* key = witness_key(identity); key != nullptr && domains.insert(identity.domain).second)
      all.push_back({identity.domain, key->key.dns_record()});
  return all;
}

namespace {

/// Of several identities of one domain the one whose key is published.
const Identity* witnessed_identity(const Settings& settings, const std::string& domain) {
  for (const auto& [name, identity] : settings.identities)
    if (identity.domain == domain && witness_key(identity) != nullptr) return &identity;
  return nullptr;
}

}  // namespace

Task<DnsWitness> DnsWitness::open(const Settings& settings, const Identity& identity, dns::Resolver& resolver,
                                  Progress progress) {
  DnsWitness witness;
  const auto& wanted = settings.receiver.dns;
  const auto* signer = witnessed_identity(settings, identity.domain);
  if (!wanted.wanted() || signer == nullptr) co_return witness;
  const auto folder = receiver::Folder::beside(settings.runs);
  if (!wanted.listen.empty() && !receiver::is_witness_held(folder)) {
    auto identities = witnessed(settings);
    auto with = wanted;
    auto host = settings.receiver.host.empty() ? settings.helo : settings.receiver.host;
    std::function<void(const Error&)> trouble = [progress](const Error& error) { progress.say(error.message); };
    auto opened = co_await receiver::Witness::open(std::move(with), std::move(host), folder, std::move(identities),
                                                   std::move(trouble));
    if (!opened) {
      progress.say("our DNS is no witness of this run: " + opened.error().message);
      co_return witness;
    }
    witness.serving_ = std::move(*opened);
  }
  if (const auto readable = receiver::can_be_read(questions_file(settings)); !readable) {
    progress.say("our DNS is no witness of this run: " + readable.error().message);
    co_return witness;
  }
  const auto zone = dns::witness_zone(identity.domain);
  const auto apex = co_await resolver.query(zone, dns::Type::soa);
  if (!apex.found()) {
    progress.say("our DNS is no witness of this run: " + zone + " cannot be looked up; \"mailprobe doctor\" says more");
    co_return witness;
  }
  const auto policy = co_await resolver.query(identity.domain, dns::Type::txt);
  witness.identity_ = signer;
  witness.zone_ = zone;
  witness.spf_ = has_term(policy, dns::witness_spf_term(zone));
  co_return witness;
}

std::optional<evidence::DnsWitness> DnsWitness::of(const std::string& id) const {
  if (!zone_) return std::nullopt;
  return evidence::DnsWitness{.zone = *zone_, .domain = dns::witness_domain(id, *zone_), .spf = spf_};
}

Result<std::string> DnsWitness::sign(const std::string& message, const std::string& id, Time time) const {
  auto key = *witness_key(*identity_);
  key.selector = dns::witness_selector;
  key.canonicalizations = {{auth::Canon::relaxed, auth::Canon::relaxed}};
  return sign_with_keys(message, dns::witness_domain(id, *zone_), {key}, time);
}

namespace {

constexpr auto before_a_probe = std::chrono::minutes(1);  // open() looks for the zone that long before, at most

/// Who asked for the zone itself before the probe went out: our own resolver.
std::set<std::string> our_resolvers(const std::vector<receiver::SeenQuery>& queries, std::string_view zone,
                                    Time start) {
  std::set<std::string> all;
  for (const auto& query : queries)
    if (query.name == zone && query.type == "SOA" && query.time < start) all.insert(query.from);
  return all;
}

}  // namespace

std::vector<evidence::DnsQuery> dns_questions(const Settings& settings, const evidence::Probe& probe) {
  if (!probe.dns_witness || probe.attempts.empty()) return {};
  const auto start = probe.attempts.front().started;
  const auto& zone = probe.dns_witness->zone;
  const auto domain = zone.substr(dns::witness_label.size() + 1);
  const auto queries = receiver::queries_with(domain, questions_file(settings), start - before_a_probe);
  const auto ours = our_resolvers(queries, zone, start);
  const auto is_own = [&](const auto& query) { return ifind(query.name, probe.id) != std::string_view::npos; };
  std::vector<evidence::DnsQuery> all;
  std::set<std::string> resolvers;
  for (const auto& query : queries) {
    if (query.time < start || !is_own(query)) continue;
    if (!ours.contains(query.from)) resolvers.insert(query.from);
    all.push_back(evidence_of(query, start, zone));
  }
  for (const auto& query : queries) {
    auto use = use_of_fixed(query, domain);
    const bool in_time = query.time >= start && query.time <= start + settings.limits.wait;
    if (!use || !in_time || is_own(query) || !resolvers.contains(query.from)) continue;
    all.push_back(evidence_of(query, start, zone));
    all.back().use = std::move(use);
  }
  std::ranges::sort(all, {}, &evidence::DnsQuery::t_ms);
  if (all.size() > max_questions) all.resize(max_questions);
  return all;
}

bool note_dns_questions(const Settings& settings, const Progress& progress, evidence::Probe& probe) {
  if (!probe.dns_witness) return false;
  if (const auto readable = receiver::can_be_read(questions_file(settings)); !readable) {
    progress.say("our DNS is no witness of this run: " + readable.error().message);
    probe.dns_witness.reset();
    return false;
  }
  auto questions = dns_questions(settings, probe);
  if (questions.size() <= probe.dns.size()) return false;
  probe.dns = std::move(questions);
  return true;
}

std::unique_ptr<dns::Resolver> unseen_by_witness(const Settings& settings, dns::Resolver& resolver) {
  std::vector<dns::Zone> zones;
  for (const auto& [domain, record] : witnessed(settings)) {
    const auto origin = dns::labels_from_text(dns::witness_zone(domain));
    if (!origin || !settings.receiver.dns.wanted()) continue;
    zones.emplace_back(*origin);
    zones.back().make_up(dns::witness_names(record));
  }
  return std::make_unique<UnseenResolver>(std::move(zones), resolver);
}

}  // namespace mailprobe::probe
