#include "reporter/survival_told.h"

#include <algorithm>
#include <string_view>

#include "base/text.h"

namespace mailprobe::reporter {

namespace {

using evidence::Verdict;

const evidence::Finding* survival_of(const evidence::Probe& probe, const evidence::Document& document) {
  const auto found = std::ranges::find_if(document.findings, [&](const evidence::Finding& finding) {
    return finding.check == "path.dkim-survival" && finding.probe == probe.name;
  });
  return found == document.findings.end() ? nullptr : &*found;
}

bool is_loss(const evidence::Finding& finding) {
  return finding.verdict == Verdict::fail || finding.verdict == Verdict::warn;
}

}  // namespace

const evidence::Finding* not_all_survive(const evidence::Probe& probe, const evidence::Document& document) {
  const auto* finding = survival_of(probe, document);
  return finding != nullptr && is_loss(*finding) ? finding : nullptr;
}

std::size_t signatures_told_of(const evidence::Finding& finding) {
  constexpr std::string_view of = " of the ";
  auto rest = std::string_view(finding.summary).substr(0, finding.summary.find(':'));
  const auto at = rest.find(of);
  if (at == std::string_view::npos) return 1;
  rest.remove_prefix(at + of.size());
  return static_cast<std::size_t>(parse_number(rest.substr(0, rest.find(' '))).value_or(0));
}

std::optional<std::size_t> removed_from(const evidence::Probe& probe, const evidence::Document& document,
                                        const std::vector<evidence::OurSignature>& there) {
  const auto* finding = survival_of(probe, document);
  if (finding == nullptr) return std::nullopt;
  if (finding->verdict == Verdict::pass || finding->verdict == Verdict::not_applicable) return 0;
  if (!is_loss(*finding)) return std::nullopt;
  // Those over our limit are told of by themselves.
  const auto counted = static_cast<std::size_t>(std::ranges::count_if(there, [](const auto& each) {
    return each.found != nullptr && each.found->result != auth::DkimOutcome::neutral;
  }));
  const auto told = signatures_told_of(*finding);
  return told < counted ? std::nullopt : std::optional(told - counted);
}

}  // namespace mailprobe::reporter
