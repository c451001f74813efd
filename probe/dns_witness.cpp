#include "probe/dns_witness.h"

#include <algorithm>
#include <set>

#include "auth/spf_record.h"
#include "base/text.h"
#include "dns/records.h"
#include "dns/witness_names.h"
#include "dns/zone_resolver.h"
#include "probe/dns_questions.h"
#include "probe/identifiers.h"
#include "probe/route.h"
#include "probe/signing.h"
#include "receiver/folder.h"
#include "receiver/questions.h"

namespace mailprobe::probe {

namespace {

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

/// Serves, where it is to and no other process does.
Task<void> DnsWitness::start(const Settings& settings, const Progress& progress) {
  const auto& wanted = settings.receiver.dns;
  const auto folder = receiver::Folder::beside(settings.runs);
  if (wanted.listen.empty() || receiver::is_witness_held(folder)) co_return;
  auto with = wanted;
  auto identities = witnessed(settings);
  auto host = settings.receiver.host.empty() ? settings.helo : settings.receiver.host;
  std::function<void(const Error&)> trouble = [progress](const Error& error) { progress.say(error.message); };
  auto opened = co_await receiver::Witness::open(std::move(with), std::move(host), folder, std::move(identities),
                                                 std::move(trouble));
  if (opened) {
    serving_ = std::move(*opened);
    co_return;
  }
  trouble_ = std::move(opened.error());
  if (!trouble_->cause) trouble_->cause = Cause::own_limit;
}

Task<void> DnsWitness::look_up(dns::Resolver& resolver) {
  control_ = dns::witness_domain(new_probe_id(), zone_);
  const auto key = co_await resolver.query(opening_question(*control_), dns::Type::txt);
  if (!key.found()) {
    const auto why = key.absent() ? "is not delegated to it, or not answered as it should be"
                                  : "cannot be looked up: " + failure_text(key);
    trouble_ = Error{Failure::ours, zone_ + " " + why + "; \"mailprobe doctor\" says more", failure_cause(key), {}};
    co_return;
  }
  auto domain = identity_->domain;
  const auto policy = co_await resolver.query(std::move(domain), dns::Type::txt);
  spf_ = has_term(policy, dns::witness_spf_term(zone_));
}

Task<DnsWitness> DnsWitness::open(const Settings& settings, const Identity& identity, dns::Resolver& resolver,
                                  Progress progress) {
  DnsWitness witness;
  witness.identity_ = witnessed_identity(settings, identity.domain);
  witness.wanted_ = settings.receiver.dns.wanted() && witness.identity_ != nullptr;
  if (!witness.wanted_) co_return witness;
  witness.zone_ = dns::witness_zone(identity.domain);
  co_await witness.start(settings, progress);
  if (const auto readable = receiver::can_be_read(questions_file(settings)); !readable && !witness.trouble_)
    witness.trouble_ = readable.error();
  if (!witness.trouble_) co_await witness.look_up(resolver);
  if (witness.trouble_) progress.say("our DNS is no witness of this run: " + witness.trouble_->message);
  co_return witness;
}

std::optional<evidence::DnsWitness> DnsWitness::of(const std::string& id) const {
  if (!wanted_) return std::nullopt;
  evidence::DnsWitness witness;
  witness.zone = zone_;
  witness.cause = trouble_ ? trouble_->cause : Cause::interrupted;
  witness.problem = trouble_ ? trouble_->message : "what it was asked has not been read yet";
  if (trouble_) return witness;
  witness.domain = dns::witness_domain(id, zone_);
  witness.spf = spf_;
  witness.control = control_;
  return witness;
}

Result<std::string> DnsWitness::sign(const std::string& message, const std::string& id, Time time) const {
  auto key = *witness_key(*identity_);
  key.selector = dns::witness_selector;
  key.canonicalizations = {{auth::Canon::relaxed, auth::Canon::relaxed}};
  return sign_with_keys(message, dns::witness_domain(id, zone_), {key}, time);
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
