#include "reporter/survival_grid.h"

#include <algorithm>

#include <fmt/format.h>

#include "evidence/our_signatures.h"
#include "reporter/phrases.h"

namespace mailprobe::reporter {

namespace {

constexpr std::size_t least_rows = 3;
constexpr std::size_t most_columns = 12;

using evidence::OurSignature;

struct Signed {
  const evidence::Probe* probe;
  std::vector<OurSignature> signatures;
};

bool comparable(const evidence::Probe& probe) { return probe.sent && !probe.fault; }

/// A signature that only one message has, as that of our DNS as a witness, makes no column.
std::vector<std::string> columns_of(const std::vector<Signed>& all) {
  std::vector<std::pair<std::string, std::size_t>> counts;
  for (const auto& one : all)
    for (const auto& signature : one.signatures) {
      const auto known = std::ranges::find(counts, signature.name, &std::pair<std::string, std::size_t>::first);
      if (known == counts.end())
        counts.emplace_back(signature.name, 1);
      else
        ++known->second;
    }
  std::vector<std::string> names;
  for (const auto& [name, count] : counts)
    if (count * 2 > all.size() && names.size() < most_columns) names.push_back(name);
  return names;
}

std::string cause_text(const auth::Dkim& dkim) {
  std::string text;
  for (const auto& change : dkim.mutation) {
    const auto title = mutation_phrase(change.kind, change.part).title;
    if (!text.contains(title)) text += (text.empty() ? "" : "; ") + title;
  }
  return text.empty() ? (dkim.reason.empty() ? std::string(word(dkim.result)) : dkim.reason) : text;
}

SurvivalCell cell_of(const Signed& one, const std::string& column) {
  if (!one.probe->mailbox) return {.what = Survival::unknown, .text = "not delivered"};
  const auto signature = std::ranges::find(one.signatures, column, &OurSignature::name);
  if (signature == one.signatures.end()) return {.what = Survival::unknown, .text = "not signed so"};
  if (signature->found == nullptr) return {.what = Survival::gone, .text = "removed"};
  const auto& dkim = *signature->found;
  if (dkim.result == auth::DkimOutcome::pass) return {.what = Survival::survived, .text = "survived"};
  if (dkim.result == auth::DkimOutcome::fail) return {.what = Survival::broken, .text = cause_text(dkim)};
  return {.what = Survival::unknown, .text = cause_text(dkim)};
}

}  // namespace

std::optional<SurvivalGrid> survival_grid(const evidence::Document& document, const evidence::RawReader& raw) {
  std::vector<Signed> all;
  for (const auto& probe : document.probes)
    if (comparable(probe)) all.push_back({&probe, evidence::our_signatures(probe, raw(probe.sent->raw))});
  SurvivalGrid grid{.signatures = columns_of(all), .rows = {}};
  for (const auto& one : all) {
    SurvivalRow row{.probe = one.probe->name, .cells = {}};
    for (const auto& column : grid.signatures) row.cells.push_back(cell_of(one, column));
    grid.rows.push_back(std::move(row));
  }
  const bool any = std::ranges::any_of(document.probes, [](const auto& probe) { return probe.mailbox.has_value(); });
  if (!any || grid.rows.size() < least_rows || grid.signatures.empty()) return std::nullopt;
  return grid;
}

std::string survival_sentence(const SurvivalGrid& grid) {
  std::size_t survived = 0, known = 0;
  for (const auto& row : grid.rows)
    for (const auto& cell : row.cells) {
      survived += cell.what == Survival::survived ? 1 : 0;
      known += cell.what == Survival::unknown ? 0 : 1;
    }
  return fmt::format("{} of {} signatures survived the way.", survived, known);
}

}  // namespace mailprobe::reporter
