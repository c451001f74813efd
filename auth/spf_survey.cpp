#include "auth/spf_survey.h"

#include <algorithm>

#include "auth/limits.h"
#include "auth/spf_domain.h"
#include "auth/spf_macro.h"
#include "auth/spf_record.h"
#include "base/safe_text.h"
#include "base/text.h"
#include "dns/records.h"

// Order of events:
//  1. the record of a domain: TXT, one that begins with v=spf1, its syntax
//  2. its terms from left to right, up to `all`: networks as they are, names looked up, includes from 1
//  3. redirect= where there was no `all`, from 1; else neutral (§4.7)

namespace mailprobe::auth {

namespace {

/// A record on the way: whose, what led to it, and what becomes of whom it lets in.
struct Part {
  std::string domain, by;                 // by: "include:example.net", empty for the first
  SpfOutcome outcome = SpfOutcome::pass;  // of an include's matches
  bool included = false;                  // its own `all` lets nobody in and keeps nobody out
  std::vector<std::string> above;         // domains, this one too
};

std::string network_text(const IpAddress& address, unsigned prefix4, unsigned prefix6) {
  const auto prefix = address.v6 ? prefix6 : prefix4;
  const auto whole = address.v6 ? 128U : 32U;
  return address.text() + (prefix == whole ? "" : "/" + std::to_string(prefix));
}

/// What a domain-spec in the record of `domain` names, whoever sends; nullopt: that depends on who does (RFC 7208
/// §7.2).
std::optional<std::string> name_of(std::string_view domain_spec, const std::string& domain) {
  if (domain_spec.empty()) return domain;
  if (!uses_domain_alone(domain_spec)) return std::nullopt;
  SpfMacroValues values;
  values.domain = domain;
  return as_a_labels(shortened(expand_macros(domain_spec, values, false)));
}

class Surveyor {
 public:
  explicit Surveyor(dns::Resolver& resolver) : resolver_(resolver) {}
  Task<SpfSurvey> run(std::string domain);

 private:
  Task<std::optional<SpfRecord>> fetch(Part part);
  Task<void> follow(Part part);
  Task<void> take(SpfTerm term, Part part, SpfOutcome outcome);
  Task<void> descend(Part part);
  Task<void> redirect(std::string spec, Part part);
  Task<void> follow_include(SpfTerm term, std::string name, Part part, SpfOutcome outcome);
  Task<void> add_hosts(SpfTerm term, std::string name, SpfSender& sender);
  Task<void> add_mx(SpfTerm term, std::string name, SpfSender& sender);
  Task<void> add_everybody(std::string name, SpfSender& sender);
  Task<std::pair<bool, bool>> add_addresses(SpfTerm term, std::string name, SpfSender& sender);

  bool count() { return ++survey_.lookups <= limits::spf_survey_terms; }
  void add(SpfSender sender) {
    if (survey_.senders.size() < limits::spf_survey_senders) survey_.senders.push_back(std::move(sender));
  }
  void wrong(std::string problem) { note(survey_.problems, std::move(problem)); }
  void failed(std::string_view name, const dns::Answer& answer) {
    const auto why = answer.why.empty() ? std::string("no usable answer") : answer.why;
    note(survey_.failures, "look-up of " + safe_text(name, 256) + " failed: " + why);
  }
  static void note(std::vector<std::string>& notes, std::string text) {
    if (notes.size() < limits::spf_survey_problems && std::ranges::find(notes, text) == notes.end())
      notes.push_back(std::move(text));
  }

  dns::Resolver& resolver_;
  SpfSurvey survey_;
};

Task<SpfSurvey> Surveyor::run(std::string domain) {
  Part first;
  first.domain = as_a_labels(domain);
  first.above.push_back(first.domain);
  co_await follow(std::move(first));
  co_return std::move(survey_);
}

Task<std::optional<SpfRecord>> Surveyor::fetch(Part part) {
  const auto answer = co_await resolver_.query(part.domain, dns::Type::txt);
  if (!answer.found() && !answer.absent()) {
    failed(part.domain, answer);
    co_return std::nullopt;
  }
  auto texts = dns::txt(answer);
  std::erase_if(texts, [](const std::string& text) { return !is_spf(text); });
  const auto whose = safe_text(part.domain, 256);
  if (texts.empty())  // RFC 7208 §5.2, §6.1
    wrong((part.by.empty() ? "" : safe_text(part.by, 256) + " leads to ") + whose + ", which has no SPF record");
  if (texts.size() > 1) wrong("there are " + std::to_string(texts.size()) + " SPF records at " + whose);  // §4.5
  if (texts.size() != 1) co_return std::nullopt;
  auto record = parse_spf(texts.front());
  if (record) co_return std::move(*record);
  wrong("the record of " + whose + ": " + record.error().message);
  co_return std::nullopt;
}

Task<void> Surveyor::follow(Part part) {
  const auto record = co_await fetch(part);
  if (!record) co_return;
  for (const auto& term : record->terms) {
    const bool lets_in = !part.included || term.qualifier == SpfOutcome::pass;  // RFC 7208 §5.2: only pass matches
    const auto outcome = !lets_in ? SpfOutcome::none : part.included ? part.outcome : term.qualifier;
    if (term.mechanism == SpfMechanism::all) {
      if (!part.included) survey_.rest = term.qualifier;
      if (part.included && lets_in) add({part.domain, term.text, outcome, {"0.0.0.0/0", "::/0"}});
      co_return;  // RFC 7208 §5.1: what follows is never tested
    }
    co_await take(term, part, outcome);
    if (survey_.lookups > limits::spf_survey_terms) co_return;
  }
  if (record->redirect)
    co_await redirect(*record->redirect, part);
  else if (!part.included)
    survey_.rest = SpfOutcome::neutral;  // RFC 7208 §4.7
}

/// Into the record of another domain, unless it is one of those that led here.
Task<void> Surveyor::descend(Part part) {
  if (std::ranges::find(part.above, part.domain) != part.above.end()) {
    wrong(safe_text(part.by, 256) + " leads back to where it came from");
    co_return;
  }
  part.above.push_back(part.domain);
  co_await follow(std::move(part));
}

Task<void> Surveyor::redirect(std::string spec, Part part) {
  auto name = name_of(spec, part.domain);
  if (!count() || !name) co_return;
  part.by = "redirect=" + spec;
  part.domain = std::move(*name);
  co_await descend(std::move(part));
}

Task<void> Surveyor::follow_include(SpfTerm term, std::string name, Part part, SpfOutcome outcome) {
  part.by = std::move(term.text);
  part.domain = std::move(name);
  part.outcome = outcome;
  part.included = true;
  co_await descend(std::move(part));
}

Task<void> Surveyor::take(SpfTerm term, Part part, SpfOutcome outcome) {
  using enum SpfMechanism;
  SpfSender sender{part.domain, term.text, outcome, {}};
  const bool fixed = term.mechanism == ip4 || term.mechanism == ip6;
  if (fixed) sender.networks.push_back(network_text(term.network, term.prefix4, term.prefix6));
  if (!fixed && !count()) co_return;
  const auto name = name_of(term.domain_spec, part.domain);
  if (!fixed && name && term.mechanism != ptr) {
    if (term.mechanism == SpfMechanism::include) {
      co_await follow_include(std::move(term), *name, std::move(part), outcome);
      co_return;
    }
    if (term.mechanism == a) co_await add_hosts(term, *name, sender);
    if (term.mechanism == mx) co_await add_mx(term, *name, sender);
    if (term.mechanism == exists) co_await add_everybody(*name, sender);
  }
  if (outcome != SpfOutcome::none) add(std::move(sender));
}

/// Whether there were any over IPv4, and over IPv6. A failure is not absence.
Task<std::pair<bool, bool>> Surveyor::add_addresses(SpfTerm term, std::string name, SpfSender& sender) {
  std::pair<bool, bool> any{true, true};
  if (!queryable(name)) co_return any;
  const auto v4 = co_await resolver_.query(name, dns::Type::a);
  const auto v6 = co_await resolver_.query(name, dns::Type::aaaa);
  for (const auto* answer : {&v4, &v6}) {
    if (!answer->found() && !answer->absent()) failed(name, *answer);
    for (const auto& address : dns::addresses(*answer))
      sender.networks.push_back(network_text(address, term.prefix4, term.prefix6));
  }
  any = {!v4.absent(), !v6.absent()};
  co_return any;
}

Task<void> Surveyor::add_hosts(SpfTerm term, std::string name, SpfSender& sender) {
  const auto any = co_await add_addresses(std::move(term), std::move(name), sender);
  if (!any.first) ++survey_.void_lookups;
  if (!any.second) ++survey_.void_lookups_ipv6;
}

Task<void> Surveyor::add_mx(SpfTerm term, std::string name, SpfSender& sender) {
  if (!queryable(name)) co_return;
  const auto answer = co_await resolver_.query(name, dns::Type::mx);
  if (!answer.found() && !answer.absent()) failed(name, answer);
  if (answer.absent()) {
    ++survey_.void_lookups;
    ++survey_.void_lookups_ipv6;
  }
  auto hosts = dns::mx(answer);
  if (hosts.size() > limits::spf_mx_hosts) {  // RFC 7208 §4.6.4
    wrong("more than 10 MX hosts at " + safe_text(name, 256));
    hosts.resize(limits::spf_mx_hosts);
  }
  for (const auto& host : hosts) (void)co_await add_addresses(term, host.exchange, sender);
}

/// An `exists` that names the same for all is there for everybody or for nobody (RFC 7208 §5.7).
Task<void> Surveyor::add_everybody(std::string name, SpfSender& sender) {
  if (!queryable(name)) co_return;
  const auto answer = co_await resolver_.query(name, dns::Type::a);
  if (!answer.found() && !answer.absent()) failed(name, answer);
  if (answer.found()) sender.networks = {"0.0.0.0/0", "::/0"};
  if (!answer.absent()) co_return;
  ++survey_.void_lookups;
  ++survey_.void_lookups_ipv6;
}

}  // namespace

Task<SpfSurvey> survey_spf(std::string domain, dns::Resolver& resolver) {
  Surveyor surveyor(resolver);
  co_return co_await surveyor.run(std::move(domain));
}

}  // namespace mailprobe::auth
