#include "evidence/score_mecsa.h"

#include <algorithm>
#include <ranges>

#include "auth/spf_record.h"
#include "evidence/dmarc_held.h"
#include "evidence/findings.h"
#include "evidence/tried.h"

namespace mailprobe::evidence {

namespace {

constexpr std::size_t enough = 80;  // per cent of MX hosts and received mails: what MECSA counts as supported
constexpr int highest = 10;

std::vector<MecsaCategory> make_categories() {
  return {
      {.name = "confidential delivery",
       .protections = {"starttls", "x509", "dane", "dnssec", "mta-sts"},
       .levels = {{10, "starttls x509 mta-sts"},
                  {10, "starttls dane dnssec"},
                  {8, "starttls x509 dnssec"},
                  {7, "starttls x509"},
                  {6, "starttls dnssec"},
                  {6, "starttls dane"},
                  {6, "starttls mta-sts"},
                  {5, "starttls"}}},
      {.name = "phishing and identity theft",
       .protections = {"spf", "spf-policy", "dkim", "dmarc", "dmarc-policy", "dnssec"},
       .levels = {{10, "spf spf-policy dkim dmarc dmarc-policy dnssec"},
                  {9, "spf dkim dmarc dmarc-policy dnssec"},
                  {9, "spf spf-policy dkim dmarc dnssec"},
                  {8, "spf dkim dmarc dnssec"},
                  {8, "spf dmarc dmarc-policy dnssec"},
                  {8, "spf spf-policy dkim dnssec"},
                  {8, "spf spf-policy dkim dmarc dmarc-policy"},
                  {8, "dkim dmarc dmarc-policy dnssec"},
                  {7, "spf dmarc dmarc-policy"},
                  {7, "spf spf-policy dmarc dnssec"},
                  {7, "spf spf-policy dkim dmarc"},
                  {7, "dkim dmarc dmarc-policy"},
                  {6, "dkim dmarc dnssec"},
                  {6, "spf dkim dnssec"},
                  {6, "spf dkim dmarc"},
                  {6, "spf dmarc dnssec"},
                  {6, "spf spf-policy"},
                  {5, "spf dmarc"},
                  {5, "spf dkim"},
                  {5, "dkim dmarc"},
                  {4, "dkim dnssec"},
                  {4, "spf dnssec"},
                  {4, "dmarc dnssec"},
                  {3, "spf"},
                  {3, "dkim"},
                  {3, "dmarc"}}},
      {.name = "integrity of messages",
       .protections = {"dkim", "dmarc", "dmarc-policy", "dnssec"},
       .levels = {{10, "dkim dmarc dmarc-policy dnssec"},
                  {8, "dkim dnssec"},
                  {7, "dkim dmarc dmarc-policy"},
                  {6, "dkim dmarc"},
                  {4, "dmarc dnssec"},
                  {2, "dmarc"},
                  {2, "dnssec"}}},
  };
}

ProtectionSet set_of(const MecsaCategory& category, std::string_view names) {
  ProtectionSet set = 0;
  for (const auto part : std::views::split(names, ' ')) {
    const auto found = std::ranges::find(category.protections, std::string_view(part.begin(), part.end()));
    set |= 1U << static_cast<unsigned>(found - category.protections.begin());
  }
  return set;
}

// --- the protections ------------------------------------------------------------------------------------------------

/// With a weakness, but in place.
Held warned_too(const Finding& finding) { return finding.verdict == Verdict::warn ? Held::yes : by_verdict(finding); }

bool outdated_at(const Document& document, const std::string& subject) {
  return std::ranges::any_of(tried_addresses(document), [&](const Tried& tried) {
    const auto& tls = tried.attempt.tls;
    return tls && (tls->version == "TLSv1" || tls->version == "TLSv1.1") && address_subject(tried.attempt) == subject;
  });
}

/// From TLS 1.2 on, in our sessions with their servers and in theirs with ours.
Tally starttls(const Document& document) {
  auto out = tally(document, "inbound.starttls", [&](const Finding& finding) {
    return outdated_at(document, finding.subject) ? Held::no : by_verdict(finding);
  });
  out += tally(document, "outbound.tls-version");  // not there where STARTTLS is not
  out.no += tally(document, "outbound.starttls").no;
  return out;
}

/// A published record, read again: `holds` says what is asked of it. What could not be looked up is not known.
template <class Parse, class Holds>
Tally record(const Document& document, std::string_view name, std::string_view check, Parse parse, Holds holds) {
  const auto found = document.target.policies.find(std::string(name));
  if (found == document.target.policies.end() || !found->second) return tally(document, check);
  if (found->second->contains('\n')) return {.yes = 0, .no = 1};  // several are none
  const auto read = parse(*found->second);
  return read && holds(*read) ? Tally{.yes = 1, .no = 0} : Tally{.yes = 0, .no = 1};
}

template <class Holds>
Tally spf_record(const Document& document, Holds holds) {
  return record(document, "spf", "published.spf", auth::parse_spf, holds);
}

template <class Holds>
Tally dmarc_record(const Document& document, Holds holds) {
  return record(document, "dmarc", "published.dmarc", auth::parse_dmarc_record, holds);
}

/// -all or ~all, here or where the record leads.
bool has_policy(const auth::SpfRecord& spf) {
  const auto all = std::ranges::find(spf.terms, auth::SpfMechanism::all, &auth::SpfTerm::mechanism);
  if (all == spf.terms.end()) return spf.redirect.has_value();
  return all->qualifier == auth::SpfOutcome::fail || all->qualifier == auth::SpfOutcome::softfail;
}

bool enforces(const Target& target, const auth::DmarcRecord& dmarc) {
  return dmarc_policy_of(target, dmarc) != auth::DmarcPolicy::none && (!dmarc.rua.empty() || !dmarc.ruf.empty());
}

/// A record, and that the mail which came keeps it.
Tally spf(const Document& document) {
  auto out = spf_record(document, [](const auth::SpfRecord&) { return true; });
  if (out.yes > 0) out += tally(document, "outbound.spf");
  return out;
}

Tally tally_of(const Document& document, std::string_view name) {
  if (name == "starttls") return starttls(document);
  if (name == "x509") return tally(document, "inbound.certificate");
  if (name == "dane") return tally(document, "inbound.dane");
  if (name == "mta-sts") return tally(document, "published.mta-sts");
  if (name == "dnssec") return tally(document, "published.dnssec");
  if (name == "spf") return spf(document);
  if (name == "spf-policy") return spf_record(document, has_policy);
  if (name == "dkim") return tally(document, "outbound.dkim", warned_too);
  if (name == "dmarc") return dmarc_record(document, [](const auth::DmarcRecord&) { return true; });
  return dmarc_record(document, [&](const auth::DmarcRecord& dmarc) { return enforces(document.target, dmarc); });
}

Score score_category(const Document& document, const MecsaCategory& category) {
  Score out{.profile = "mecsa", .category = std::string(category.name)};
  ProtectionSet set = 0;
  bool known = false;
  for (std::size_t i = 0; i < category.protections.size(); ++i) {
    const auto counted = tally_of(document, category.protections[i]);
    const auto held = counted.held(enough);
    if (held == Held::yes) set |= 1U << i;
    known = known || held != Held::unknown;
    out.why.push_back(std::string(category.protections[i]) + ": " + standing(counted));
  }
  if (!known) return out;
  out.value = mecsa_level(category, set);
  out.max = highest;
  return out;
}

}  // namespace

const std::vector<MecsaCategory>& mecsa_categories() {
  static const auto all = make_categories();
  return all;
}

int mecsa_level(const MecsaCategory& category, ProtectionSet set) {
  int best = 0;
  for (const auto& row : category.levels) {
    const auto needed = set_of(category, row.protections);
    if ((set & needed) == needed) best = std::max(best, row.level);
  }
  return best;
}

std::vector<Score> score_mecsa(const Document& document) {
  std::vector<Score> all;
  for (const auto& category : mecsa_categories()) all.push_back(score_category(document, category));
  return all;
}

}  // namespace mailprobe::evidence
