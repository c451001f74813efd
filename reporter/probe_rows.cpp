#include "reporter/probe_rows.h"

#include <algorithm>
#include <array>
#include <tuple>
#include <unordered_map>

#include "reporter/headline.h"
#include "reporter/phrases.h"

namespace mailprobe::reporter {

namespace {

using evidence::Document;
using evidence::Probe;
using evidence::Verdict;

constexpr std::array order{Verdict::fail, Verdict::error, Verdict::inconclusive, Verdict::warn,
                           Verdict::pass, Verdict::info,  Verdict::not_tested,   Verdict::not_applicable};

auto rank(Verdict verdict) { return std::ranges::find(order, verdict) - order.begin(); }

using Worst = std::unordered_map<std::string, Verdict>;

void note(Worst& worst, const std::optional<std::string>& probe, Verdict verdict) {
  if (!probe) return;
  const auto [place, added] = worst.emplace(*probe, verdict);
  if (!added && rank(verdict) < rank(place->second)) place->second = verdict;
}

std::string name_of(const Probe& probe) { return probe.name.empty() ? probe.id : probe.name; }

/// What was expected names a probe by its id, a finding by its name.
struct Judged {
  Worst expected, found;

  explicit Judged(const Document& document) {
    for (const auto& each : document.expectations) note(expected, each.probe, each.verdict);
    for (const auto& finding : document.findings) note(found, finding.probe, finding.verdict);
  }
  /// By what was expected of it, where something was: a refusal may be what is right.
  [[nodiscard]] Verdict of(const Probe& probe) const {
    if (const auto own = expected.find(probe.id); own != expected.end()) return own->second;
    const auto own = found.find(name_of(probe));
    return own == found.end() ? Verdict::info : own->second;
  }
};

void add(std::string& text, std::string_view part) {
  if (part.empty()) return;
  text.append(text.empty() ? "" : " · ").append(part);
}

std::string where(const Probe& probe) {
  if (probe.mailbox) return folder_phrase(*probe.mailbox);
  if (!probe.smtp) return "not sent";
  if (probe.smtp->reply && probe.smtp->outcome != Outcome::accepted)
    return "refused: " + std::to_string(probe.smtp->reply->code);
  return handed_over(probe) ? "accepted" : "not sent";
}

std::string facts_of(const Probe& probe) {
  std::string text = where(probe);
  if (probe.mailbox) add(text, duration(probe.mailbox->delay_ms));
  if (probe.smtp) add(text, probe.smtp->tls ? tls_name(probe.smtp->tls->version) : "no TLS");
  if (!probe.replies.empty()) add(text, count_of(probe.replies.size(), "answer"));
  return text;
}

}  // namespace

std::vector<ProbeRow> probe_rows(const Document& document, const std::vector<std::string>& first) {
  const Judged judged(document);
  std::vector<ProbeRow> rows;
  rows.reserve(document.probes.size());
  for (std::size_t i = 0; i < document.probes.size(); ++i) {
    const auto& probe = document.probes[i];
    rows.push_back({i, judged.of(probe), name_of(probe), facts_of(probe)});
  }
  const auto asked = [&](const ProbeRow& row) { return std::ranges::find(first, row.name) != first.end(); };
  std::ranges::sort(rows, {},
                    [&](const ProbeRow& row) { return std::tuple(!asked(row), rank(row.verdict), row.index); });
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i].whole = i < most_whole_probes;
  return rows;
}

}  // namespace mailprobe::reporter
