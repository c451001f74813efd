#include "probe/consent.h"

#include <algorithm>
#include <set>

#include "dns/records.h"
#include "scenarios/faults.h"

namespace mailprobe::probe {

namespace {

/// Those that something wrong is said to be from.
std::set<std::string> domains_of(const Settings& settings, const scenarios::Plan& plan) {
  std::set<std::string> domains;
  for (const auto& planned : plan.probes)
    if (scenarios::fault_of(planned.send)) domains.insert(settings.identities.at(planned.identity).domain);
  return domains;
}

std::string wanted_record(const std::string& name, const std::string& domain) {
  return name + " IN TXT \"" + consent_text(domain) + "\"";
}

}  // namespace

std::string consent_text(const std::string& own_domain) { return "mailprobe-consent=" + own_domain; }

Task<std::optional<Error>> missing_consent(const Settings& settings, const scenarios::Plan& plan,
                                           dns::Resolver& resolver, evidence::Target& into) {
  const auto domains = domains_of(settings, plan);
  if (domains.empty()) co_return std::nullopt;
  const auto name = std::string(consent_label) + "." + plan.target;
  auto asked = name;
  const auto answer = co_await resolver.query(std::move(asked), dns::Type::txt);
  if (!answer.found() && !answer.absent())
    co_return Error{Failure::connection,
                    "whether " + plan.target + " agrees to mail that is wrong on purpose is not known: " + name +
                        " cannot be looked up" + (answer.why.empty() ? "" : " (" + answer.why + ")"),
                    answer.dnssec == Dnssec::bogus ? Cause::bogus : Cause::dns_failure,
                    {}};
  const auto texts = dns::txt(answer);
  for (const auto& domain : domains) {
    if (std::ranges::find(texts, consent_text(domain)) != texts.end()) continue;
    co_return Error{Failure::usage,
                    "some of this is wrong on purpose, and " + plan.target +
                        " does not say that it agrees. Whoever runs it publishes: " + wanted_record(name, domain),
                    Cause::no_consent,
                    {}};
  }
  into.policies["consent"] = consent_text(*domains.begin());
  co_return std::nullopt;
}

}  // namespace mailprobe::probe
