// published.ptr, published.caa, published.bimi: records that help mail and protect none of it by themselves, so that
// none of them fails. RFC 1912 §2.1, RFC 8659, RFC 9495, draft-brand-indicators-for-message-identification.
#include <algorithm>

#include "auth/bimi_record.h"
#include "base/text.h"
#include "evidence/dmarc_held.h"
#include "evidence/findings.h"

namespace mailprobe::evidence {

namespace {

using enum Verdict;

/// None of them is expected of anybody, so that not knowing is no news either.
Judgement not_known(const std::string& what, const FailedLookUp* failure) {
  return {.verdict = not_tested,
          .summary = what + " could not be looked up" + (failure != nullptr ? ": " + plain(failure->problem, 300) : ""),
          .cause = failure != nullptr ? failure->cause : Cause::dns_failure};
}

// --- PTR ------------------------------------------------------------------------------------------------------------

Judgement judge_ptr(const Target& target, const MxAddress& address) {
  const auto ip = plain(address.ip, 60);
  if (!address.ptr_confirmed) return not_known("The name (PTR) of " + ip, failure_of(target, "ptr " + address.ip));
  if (!address.ptr)
    return {.verdict = info,
            .summary = ip + " has no name (PTR)",
            .advice = "Give the address a name: what sends from it without one is refused by many"};
  const auto name = plain(*address.ptr, 260);
  if (*address.ptr_confirmed)
    return {.verdict = pass, .summary = ip + " is called " + name + ", which leads back to it"};
  return {.verdict = warn,
          .summary = ip + " is called " + name + ", which does not lead back to it",
          .advice = "Publish an address record for " + name + ", or another PTR"};
}

void judge_ptrs(const Document& document, bool asked, Findings& findings) {
  for (std::size_t h = 0; h < document.target.mx.size(); ++h) {
    const auto& host = document.target.mx[h];
    for (std::size_t a = 0; a < host.addresses.size(); ++a) {
      const auto& address = host.addresses[a];
      if (!asked && !address.ptr_confirmed) continue;
      auto judgement = judge_ptr(document.target, address);
      judgement.evidence = {pointer("target", "mx", h, "addresses", a, "ptr")};
      findings.add("published.ptr", address_subject(host.host, address.ip), std::move(judgement));
    }
  }
}

// --- CAA ------------------------------------------------------------------------------------------------------------

/// "ca.example and other.example", "nobody", or nothing where no record is about that.
std::string issuers(const std::vector<CaaRecord>& records, std::string_view tag) {
  std::vector<std::string> names;
  bool any = false;
  for (const auto& record : records) {
    if (record.tag != tag || record.problem) continue;
    any = true;
    const auto name = trim(std::string_view(record.value).substr(0, record.value.find(';')));
    if (!name.empty()) names.push_back(plain(name, 120));
  }
  if (!any) return {};
  return names.empty() ? "nobody" : listed(names);
}

std::string problems_of(const std::vector<CaaRecord>& records) {
  std::string text;
  for (const auto& record : records)
    if (record.problem)
      text += (text.empty() ? "" : "; ") + plain(record.tag.empty() ? "a record" : record.tag, 40) + " " +
              quoted(record.value, 80) + ": " + plain(*record.problem, 120);
  return text;
}

Judgement judge_caa(const Target& target, const std::string& of, const std::optional<std::vector<CaaRecord>>& records) {
  const auto name = plain(of, 260);
  if (!records) return not_known("The CAA records of " + name, failure_of(target, "caa " + of));
  if (records->empty())
    return {.verdict = info,
            .summary = "No CAA record says which CA may issue for " + name,
            .advice = "Publish CAA records that name your CA"};
  if (const auto problems = problems_of(*records); !problems.empty())
    return {.verdict = warn,
            .summary = "The CAA records at " + plain(records->front().owner, 260) + " are not all right: " + problems,
            .advice = "Correct the record: a CA that cannot read it does not issue (RFC 8659 §4.2)"};
  const auto hosts = issuers(*records, "issue"), mail = issuers(*records, "issuemail");
  auto summary = "CAA at " + plain(records->front().owner, 260);
  if (hosts.empty() && mail.empty()) return {.verdict = info, .summary = summary + " limits no CA"};
  if (!hosts.empty()) summary += " lets " + hosts + " issue for hosts";
  if (!mail.empty()) summary += std::string(hosts.empty() ? " lets " : ", ") + mail + " for mailboxes (S/MIME)";
  return {.verdict = pass, .summary = summary};
}

/// Of each MX host, whose certificate it is about, and of the domain for its mailboxes' (RFC 9495).
void judge_caas(const Document& document, bool asked, Findings& findings) {
  const auto& target = document.target;
  for (std::size_t h = 0; h < target.mx.size(); ++h) {
    const auto& host = target.mx[h];
    if (!asked && !host.caa) continue;
    auto judgement = judge_caa(target, host.host, host.caa);
    judgement.evidence = {pointer("target", "mx", h, "caa")};
    findings.add("published.caa", mx_subject(host.host), std::move(judgement));
  }
  if (!target.caa || target.caa->empty()) return;
  auto judgement = judge_caa(target, target.domain, target.caa);
  judgement.evidence = {pointer("target", "caa")};
  findings.add("published.caa", domain_subject(target.domain), std::move(judgement));
}

// --- BIMI -----------------------------------------------------------------------------------------------------------

/// Receivers show a logo only where DMARC is enforced.
bool enforcing(const Target& target) {
  const auto found = target.policies.find("dmarc");
  if (found == target.policies.end()) return true;  // not known: nothing to hold against it
  if (!found->second) return false;
  const auto record = auth::parse_dmarc_record(*found->second);
  return record && dmarc_policy_of(target, *record) != auth::DmarcPolicy::none && record->percent == 100 &&
         !record->testing;
}

Judgement judge_bimi(const Target& target, const std::optional<std::string>& text) {
  if (!text) return {.verdict = info, .summary = "No BIMI record: no logo is asked to be shown"};
  if (text->contains('\n'))
    return {.verdict = warn, .summary = "There are several BIMI records, so none counts", .advice = "Keep one of them"};
  const auto record = auth::parse_bimi_record(*text);
  if (!record)
    return {.verdict = warn,
            .summary = "The BIMI record cannot be used: " + plain(record.error().message),
            .advice = "Correct it, or take it away"};
  if (!record->problems.empty())
    return {.verdict = warn,
            .summary = "The BIMI record has a fault: " + plain(listed(record->problems), 300),
            .advice = "Correct it, or take it away"};
  if (record->declines) return {.verdict = info, .summary = "The BIMI record asks that no logo be shown"};
  if (!enforcing(target))
    return {.verdict = warn,
            .summary = "There is a BIMI record, but without an enforced DMARC policy it is ignored",
            .advice = "Publish a DMARC policy of quarantine or reject first"};
  return {.verdict = pass,
          .summary = "The BIMI record leads to " + quoted(record->location) +
                     (record->authority.empty() ? ", without a mark certificate" : ", with a mark certificate")};
}

void judge_bimi_record(const Document& document, bool asked, Findings& findings) {
  const auto& target = document.target;
  const auto found = target.policies.find("bimi");
  if (found == target.policies.end()) {
    if (asked)
      findings.add("published.bimi", domain_subject(target.domain),
                   not_known("The BIMI record", failure_of(target, "bimi")));
    return;
  }
  auto judgement = judge_bimi(target, found->second);
  judgement.evidence = {pointer("target", "policies", "bimi")};
  findings.add("published.bimi", domain_subject(target.domain), std::move(judgement));
}

}  // namespace

void judge_records(const Document& document, Findings& findings) {
  const auto& target = document.target;
  if (of_doctor(document) || target.domain.empty() || target.shape == MxShape::nxdomain) return;
  const bool asked = of_inspect(document);
  judge_ptrs(document, asked, findings);
  judge_caas(document, asked, findings);
  judge_bimi_record(document, asked, findings);
}

}  // namespace mailprobe::evidence
