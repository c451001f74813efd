#include "reporter/survival_grid.h"

#include <algorithm>

#include <fmt/format.h>

#include "evidence/our_signatures.h"
#include "reporter/phrases.h"
#include "reporter/survival_told.h"

namespace mailprobe::reporter {

namespace {

constexpr std::size_t least_rows = 3;
constexpr std::size_t most_columns = 12;

using evidence::OurSignature;

struct Signed {
  const evidence::Probe* probe;
  std::size_t index;
  std::vector<OurSignature> signatures;
  std::optional<std::size_t> unnamed = 0;  // removed, and not among them; nullopt: not known
};

/// Without what was sent the signatures are those that arrived, and only how many more there were is known.
Signed signed_of(const evidence::Document& document, std::size_t index, const evidence::RawReader& raw) {
  const auto& probe = document.probes[index];
  const auto sent = raw(probe.sent->raw);
  Signed one{.probe = &probe, .index = index, .signatures = evidence::our_signatures(probe, sent), .unnamed = 0};
  if (!sent && probe.mailbox) one.unnamed = removed_from(probe, document, one.signatures);
  return one;
}

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

bool has(const Signed& one, const std::string& name) {
  return std::ranges::find(one.signatures, name, &OurSignature::name) != one.signatures.end();
}

std::size_t missing(const Signed& one, const std::vector<std::string>& columns) {
  return static_cast<std::size_t>(std::ranges::count_if(columns, [&](const auto& name) { return !has(one, name); }));
}

/// A column that it has not: where as many were removed as it lacks of what the others have, this one was.
SurvivalCell lacking(const Signed& one, const std::vector<std::string>& columns) {
  if (one.unnamed == 0U) return {.what = Survival::unknown, .text = "not signed so"};
  if (one.unnamed && *one.unnamed >= missing(one, columns)) return {.what = Survival::gone, .text = "removed"};
  return {.what = Survival::unknown, .text = "not known"};
}

/// Of a signature that it has.
SurvivalCell cell_of(const OurSignature& signature) {
  if (signature.found == nullptr) return {.what = Survival::gone, .text = "removed"};
  const auto& dkim = *signature.found;
  if (dkim.result == auth::DkimOutcome::pass) return {.what = Survival::survived, .text = "survived"};
  if (dkim.result == auth::DkimOutcome::fail) return {.what = Survival::broken, .text = cause_text(dkim)};
  return {.what = Survival::unknown, .text = cause_text(dkim)};
}

SurvivalCell cell_of(const Signed& one, const std::string& column, const std::vector<std::string>& columns) {
  if (!one.probe->mailbox) return {.what = Survival::unknown, .text = "not delivered"};
  const auto signature = std::ranges::find(one.signatures, column, &OurSignature::name);
  return signature == one.signatures.end() ? lacking(one, columns) : cell_of(*signature);
}

void add_rest(SurvivalGrid& grid, const Signed& one) {
  for (const auto& signature : one.signatures) {
    if (std::ranges::find(grid.signatures, signature.name) != grid.signatures.end()) continue;
    auto known = std::ranges::find(grid.rest, signature.name, &SurvivalRest::name);
    if (known == grid.rest.end()) known = grid.rest.insert(grid.rest.end(), {.name = signature.name});
    ++known->messages;
    known->survived += cell_of(signature).what == Survival::survived ? 1U : 0U;
  }
  const auto removed = one.unnamed.value_or(0), shown = missing(one, grid.signatures);
  grid.unnamed += removed >= shown ? removed - shown : removed;
}

}  // namespace

std::optional<SurvivalGrid> survival_grid(const evidence::Document& document, const evidence::RawReader& raw) {
  std::vector<Signed> all;
  all.reserve(document.probes.size());
  for (std::size_t i = 0; i < document.probes.size(); ++i)
    if (comparable(document.probes[i])) all.push_back(signed_of(document, i, raw));
  SurvivalGrid grid{.signatures = columns_of(all), .rows = {}, .rest = {}, .unnamed = 0};
  for (const auto& one : all) add_rest(grid, one);
  for (const auto& one : all) {
    SurvivalRow row{.index = one.index, .probe = one.probe->name, .cells = {}};
    for (const auto& column : grid.signatures) row.cells.push_back(cell_of(one, column, grid.signatures));
    grid.rows.push_back(std::move(row));
  }
  const bool any = std::ranges::any_of(document.probes, [](const auto& probe) { return probe.mailbox.has_value(); });
  if (!any || grid.rows.size() < least_rows || grid.signatures.empty()) return std::nullopt;
  return grid;
}

std::string survival_sentence(const SurvivalGrid& grid) {
  std::size_t survived = 0, known = grid.unnamed;
  for (const auto& row : grid.rows)
    for (const auto& cell : row.cells) {
      survived += cell.what == Survival::survived ? 1U : 0U;
      known += cell.what == Survival::unknown ? 0 : 1;
    }
  return fmt::format("{} of {} signatures survived the way.", survived, known);
}

std::string survival_rest(const SurvivalGrid& grid) {
  constexpr std::size_t most_named = 4;
  std::string text;
  for (std::size_t i = 0; i < std::min(grid.rest.size(), most_named); ++i) {
    const auto& one = grid.rest[i];
    text += fmt::format("{}{}, on {}, of which {} survived", i > 0 ? "; " : "", one.name,
                        count_of(one.messages, "message"), one.survived);
  }
  if (grid.rest.size() > most_named) text += fmt::format("; and {} more", grid.rest.size() - most_named);
  if (!text.empty()) text = "Not in the table, since most messages do not have it: " + text + ".";
  if (grid.unnamed > 0)
    text += fmt::format("{}{} removed on the way: which ones, this document does not tell.", text.empty() ? "" : " ",
                        grid.unnamed == 1 ? "One more was" : fmt::format("{} more were", grid.unnamed));
  return text;
}

}  // namespace mailprobe::reporter
