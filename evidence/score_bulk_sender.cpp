#include "evidence/score_bulk_sender.h"

#include <array>

namespace mailprobe::evidence {

namespace {

struct Rule {
  std::string_view name, check;
};

constexpr std::array<Rule, 7> rules{{
    {.name = "SPF passes", .check = "outbound.spf"},
    {.name = "DKIM passes", .check = "outbound.dkim"},
    {.name = "DMARC passes, aligned with From", .check = "outbound.dmarc"},
    {.name = "forward-confirmed PTR", .check = "outbound.ptr"},
    {.name = "TLS is used", .check = "outbound.starttls"},
    {.name = "DMARC record published", .check = "published.dmarc"},
    {.name = "all of it together, well-formed and easy to unsubscribe from", .check = "outbound.sender-rules"},
}};

/// p=none is enough for these.
Held watching_too(const Finding& finding) { return finding.verdict == Verdict::warn ? Held::yes : by_verdict(finding); }

}  // namespace

std::vector<Score> score_bulk_sender(const Document& document) {
  std::vector<Score> all;
  all.reserve(rules.size());
  for (const auto& rule : rules) {
    const auto& judge = rule.check == "published.dmarc" ? watching_too : by_verdict;
    const auto one = protection(document, rule.check, rule.check, judge);
    all.push_back({.profile = "bulk-sender",
                   .category = std::string(rule.name),
                   .value = one.held == Held::yes ? 1.0 : 0.0,
                   .max = one.held == Held::unknown ? 0.0 : 1.0,
                   .why = {one.why}});
  }
  return all;
}

}  // namespace mailprobe::evidence
