// Whether our DNS can be a witness: its zone is delegated and answers for the names of one probe, SPF
// leads there, and what is asked gets into the log.
#include "auth/dkim_key.h"
#include "auth/spf_record.h"
#include "base/text.h"
#include "dns/records.h"
#include "dns/witness_names.h"
#include "probe/dns_questions.h"
#include "probe/dns_witness.h"
#include "probe/identifiers.h"
#include "probe/own_records.h"
#include "probe/route.h"
#include "receiver/folder.h"
#include "receiver/weak_keys.h"

namespace mailprobe::probe {

using evidence::OwnRecord;

namespace {

std::string unanswered(const dns::Answer& answer, const std::string& otherwise) {
  return answer.absent() ? otherwise : "could not be looked up: " + failure_text(answer);
}

}  // namespace

Task<OwnRecord> check_witness_zone(Identity identity, std::string server, dns::Resolver& resolver) {
  const auto zone = dns::witness_zone(identity.domain);
  auto record = own_record("witness", zone, "NS", server.empty() ? "the name server that is to be a witness" : server);
  const auto apex = co_await resolver.query(zone, dns::Type::ns);
  if (apex.found()) record.found = dns::names(apex);
  if (!apex.found()) {
    record.problem = unanswered(apex, "is not delegated");
    if (!apex.absent()) record.cause = failure_cause(apex);
    co_return record;
  }
  // A token that no probe has: only the zone itself can answer for it.
  const auto name = std::string(dns::witness_selector) + "._domainkey." + dns::witness_domain(new_probe_id(), zone);
  const auto key = co_await resolver.query(name, dns::Type::txt);
  const auto* own = witness_key(identity);
  const auto published = key.found() ? auth::parse_dkim_key(dns::txt(key).front()) : std::unexpected(Error{});
  const auto ours = own != nullptr ? auth::parse_dkim_key(own->key.dns_record()) : std::unexpected(Error{});
  record.holds = published && ours && published->key == ours->key;
  if (record.holds) co_return record;
  record.problem = key.found() ? "answers with another key than ours for " + name
                               : unanswered(key, "is delegated, but does not answer for " + name);
  if (!key.found() && !key.absent()) record.cause = failure_cause(key);
  co_return record;
}

Task<OwnRecord> check_witness_spf(Identity identity, dns::Resolver& resolver) {
  const auto term = dns::witness_spf_term(dns::witness_zone(identity.domain));
  auto record = own_record("witness spf", identity.domain, "TXT", "v=spf1 " + term + " …, before what gives a pass");
  const auto answer = co_await resolver.query(record.name, dns::Type::txt);
  const auto texts = answer.found() ? dns::txt(answer) : std::vector<std::string>{};
  for (const auto& text : texts)
    if (auth::is_spf(text)) record.found.push_back(text);
  record.holds = !record.found.empty() && ifind(record.found.front(), term) != std::string::npos;
  if (!record.holds)
    record.problem = record.found.empty() ? unanswered(answer, "is not published") : "does not lead to the witness";
  if (!answer.found() && !answer.absent()) record.cause = failure_cause(answer);
  co_return record;
}

Task<OwnRecord> check_weak_domain(const Settings& settings, dns::Resolver& resolver) {
  const auto selector = new_probe_id();
  const auto name = selector + "._domainkey." + settings.receiver.dns.weak_domain.value_or("");
  auto record = own_record("weak keys", name, "TXT", "v=DKIM1; k=rsa; p=");
  const auto published =
      receiver::WeakKeys(receiver::Folder::beside(settings.runs).weak_keys()).publish(selector, record.wanted);
  if (!published) {
    record.problem = published.error().message;
    record.cause = Cause::own_limit;
    co_return record;
  }
  const auto answer = co_await resolver.query(name, dns::Type::txt);
  if (answer.found()) record.found = dns::txt(answer);
  record.holds = record.found == std::vector{record.wanted};
  if (record.holds) co_return record;
  record.problem = answer.found() ? "is answered by somebody else: let the domain be delegated to receiver.dns"
                                  : unanswered(answer, "is not found: let the domain be delegated to receiver.dns");
  if (!answer.found() && !answer.absent()) record.cause = failure_cause(answer);
  co_return record;
}

Task<OwnRecord> check_witness_log(const Settings& settings, std::string domain, dns::Resolver& resolver,
                                  Network network) {
  auto zone = dns::witness_zone(domain);
  auto record =
      own_record("witness log", zone, {}, "Let receiver.dns.log name the log of the server that answers for " + zone);
  if (!settings.receiver.dns.log) record.wanted = "Let mailprobe reflect write " + questions_file(settings).string();
  const auto why = co_await unheard(settings, std::move(zone), resolver, std::move(network));
  record.holds = !why;
  if (!why) co_return record;
  record.problem = why->message;
  if (why->cause != Cause::own_limit) record.cause = why->cause;  // that is what is wrong
  co_return record;
}

}  // namespace mailprobe::probe
