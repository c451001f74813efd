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
    {.name = "well-formed, easy to unsubscribe from", .check = "outbound.sender-rules"},
}};

/// p=none is enough for these.
Held watching_too(const Finding& finding) { return finding.verdict == Verdict::warn ? Held::yes : by_verdict(finding); }

}  // namespace

std::vector<Score> score_bulk_sender(const Document& document) {
  std::vector<Score> all;
  all.reserve(rules.size());
  for (const auto& rule : rules) {
    const auto one = rule.check == "published.dmarc" ? protection(document, rule.name, rule.check, watching_too)
                                                     : protection(document, rule.name, rule.check);
    all.push_back({.profile = "bulk-sender",
                   .category = std::string(rule.name),
                   .value = one.held == Held::yes ? 1.0 : 0.0,
                   .max = one.held == Held::unknown ? 0.0 : 1.0,
                   .why = {std::string(rule.check) + ": " + one.why.substr(rule.name.size() + 2)}});
  }
  return all;
}

}  // namespace mailprobe::evidence
