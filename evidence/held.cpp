#include "evidence/held.h"

#include <cmath>

#include "evidence/findings.h"

namespace mailprobe::evidence {

Held Tally::held(std::size_t percent) const {
  if (yes + no == 0) return Held::unknown;
  return yes * 100 >= percent * (yes + no) ? Held::yes : Held::no;
}

Tally& Tally::operator+=(const Tally& other) {
  yes += other.yes;
  no += other.no;
  return *this;
}

Held by_verdict(const Finding& finding) {
  switch (finding.verdict) {
    case Verdict::pass: return Held::yes;
    case Verdict::inconclusive:
    case Verdict::error:
    case Verdict::not_tested: return Held::unknown;
    default: return Held::no;
  }
}

Tally tally(const Document& document, std::string_view check, const Judge& judge) {
  Tally out;
  for (const auto& finding : document.findings) {
    if (finding.check != check || of_trap(finding)) continue;
    const auto held = judge(finding);
    if (held == Held::yes) ++out.yes;
    if (held == Held::no) ++out.no;
  }
  return out;
}

std::string standing(const Tally& tally) {
  if (tally.yes + tally.no == 0) return "not determined";
  if (tally.no == 0) return "in place";
  if (tally.yes == 0) return "missing";
  return "at " + std::to_string(tally.yes) + " of " + std::to_string(tally.yes + tally.no);
}

Protection protection(std::string_view name, const Tally& counted) {
  return {.name = name, .held = counted.held(100), .why = std::string(name) + ": " + standing(counted)};
}

Protection protection(const Document& document, std::string_view name, std::string_view check, const Judge& judge) {
  return protection(name, tally(document, check, judge));
}

Score percentage(std::string profile, std::string category, const std::vector<Protection>& all) {
  Score out{.profile = std::move(profile), .category = std::move(category)};
  std::size_t yes = 0, known = 0;
  for (const auto& one : all) {
    if (one.held != Held::unknown) ++known;
    if (one.held == Held::yes) ++yes;
    out.why.push_back(one.why);
  }
  if (known == 0) return out;
  out.value = std::round(100.0 * static_cast<double>(yes) / static_cast<double>(known));
  out.max = 100;
  return out;
}

}  // namespace mailprobe::evidence
