#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "reporter/expectations.h"
#include "reporter/headline.h"
#include "reporter/phrases.h"
#include "reporter/reporter.h"
#include "reporter/summary.h"
#include "reporter/survival_grid.h"
#include "reporter/terminal_page.h"
#include "reporter/terminal_sections.h"
#include "reporter/terminal_servers.h"
#include "reporter/to_fix.h"

namespace mailprobe::reporter {

namespace {

using evidence::Document;
using evidence::Finding;
using evidence::Verdict;

std::string upper(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
  return out;
}

std::string exit_words(const Document& document, const TerminalStyle& style) {
  const auto status = style.exit ? style.exit : document.run.exit;
  if (!status) return {};
  return " · exit status " + std::to_string(*status) + (style.exit ? ": here a warning counts too" : "");
}

void show_head(TerminalPage& page, const Document& document, const TerminalStyle& style) {
  const auto head = headline(document);
  const auto label = upper(verdict_label(head.verdict));
  page.line({{label, ink_of(head.verdict)}, {"  "}, {head.sentence, Ink::bold}}, 0, display_width(label) + 2);
  const auto whom = addressee(document);
  std::string facts = (whom.empty() ? "" : whom + " · ") + moment(document.run.started);
  if (document.run.finished) {
    const auto took = *document.run.finished - document.run.started;
    facts += " · took " + duration(took.count());
  }
  facts += exit_words(document, style);
  page.line({{facts, Ink::dim}});
  if (!head.counts.empty()) page.line({{head.counts, Ink::dim}});
}

/// What to fix first, and who can.
void show_first(TerminalPage& page, const Document& document) {
  const auto first = first_to_fix(document);
  if (first.few.empty()) return;
  page.heading(first.title);
  for (const auto& each : first.few) {
    page.line({{std::string(page.mark(each.verdict)), ink_of(each.verdict)}, {" "}, {each.sentence, Ink::bold}}, 2, 2);
    if (!each.where.empty()) page.line({{each.where, Ink::dim}}, 4, 2);
    if (!each.own_part.empty()) page.line({{"May come from us: ", Ink::dim}, {each.own_part}}, 4, 2);
    if (!each.advice.empty()) page.line({{"Advice: ", Ink::dim}, {each.advice}}, 4, 2);
    if (!each.whose.empty()) page.line({{"To be fixed by: ", Ink::dim}, {each.whose}}, 4, 2);
  }
  if (!first.rest.empty()) page.line({{first.rest, Ink::dim}}, 2);
}

constexpr std::size_t most_whole = 6;  // probes that are shown with all of their sections

bool is_quiet(const Finding& finding) { return finding.verdict == Verdict::pass || finding.verdict == Verdict::info; }

constexpr std::size_t most_subjects = 4;  // named of those that a finding is alike for

/// "probe a, probe b and 7 more"
std::string subjects_of(const Alike& which) {
  const auto& all = which.subjects;
  const auto shown = all.size() > most_subjects ? most_subjects - 1 : all.size();
  std::string text;
  for (std::size_t i = 0; i < shown; ++i) text += (i > 0 ? ", " : "") + all[i];
  return shown == all.size() ? text : text + fmt::format(" and {} more", all.size() - shown);
}

std::string times_of(const Alike& which) {
  return which.subjects.size() > 1 ? fmt::format(" ×{}", which.subjects.size()) : "";
}

void show_finding(TerminalPage& page, const Document& document, const Alike& which, bool verbose) {
  const Finding& finding = which.first;
  const bool quiet = is_quiet(finding);
  page.line({{std::string(page.mark(finding.verdict)), ink_of(finding.verdict)},
             {" "},
             {finding.check + times_of(which), quiet ? Ink::plain : Ink::bold},
             {"  "},
             {finding.summary}},
            2, 2);
  if (const auto whose = subjects_of(which); !whose.empty() && (!quiet || verbose))
    page.line({{whose, Ink::dim}}, 4, 2);
  if (!quiet) {
    if (finding.cause) page.line({{"Cause: ", Ink::dim}, {std::string(cause_phrase(*finding.cause))}}, 4, 2);
    if (const auto ours = own_part(document, finding); !ours.empty())
      page.line({{"May come from us: ", Ink::dim}, {ours}}, 4, 2);
    if (!finding.advice.empty()) page.line({{"Advice: ", Ink::dim}, {finding.advice}}, 4, 2);
    if (const auto whose = fix_by_phrase(finding.fix_by); !whose.empty())
      page.line({{"To be fixed by: ", Ink::dim}, {std::string(whose)}}, 4, 2);
    if (!finding.reference.empty()) page.line({{finding.reference, Ink::dim}}, 4, 2);
  }
  if (!verbose) return;
  for (const auto& pointer : finding.evidence) page.line({{pointer, Ink::dim}}, 4, 2);
}

/// What holds, in one paragraph: the names say enough. The path's own checks are the story and keep their sentences.
void show_names(TerminalPage& page, const Group& group, Verdict verdict) {
  std::vector<std::pair<std::string, std::size_t>> names;
  for (const Finding& finding : group.findings) {
    if (finding.verdict != verdict) continue;
    if (names.empty() || names.back().first != finding.check) names.emplace_back(finding.check, 0);
    ++names.back().second;
  }
  std::string text;
  for (const auto& [name, times] : names)
    text += (text.empty() ? "" : ", ") + name + (times > 1 ? fmt::format(" ×{}", times) : "");
  if (!text.empty()) page.line({{std::string(page.mark(verdict)), ink_of(verdict)}, {" "}, {text}}, 2, 2);
}

/// Of many probes most say the same; --verbose shows where each stands.
std::vector<Alike> lines_of(const FindingRefs& findings, bool verbose) {
  if (!verbose) return alike(findings);
  std::vector<Alike> all;
  all.reserve(findings.size());
  for (const Finding& finding : findings) all.push_back({.first = finding, .subjects = {finding.subject}});
  return all;
}

void show_group(TerminalPage& page, const Document& document, const Group& group, bool verbose) {
  page.heading(direction_title(group.direction));
  const bool whole = verbose || group.direction == "path";
  for (const auto& which : lines_of(group.findings, verbose))
    if (whole || !is_quiet(which.first)) show_finding(page, document, which, verbose);
  if (whole) return;
  show_names(page, group, Verdict::info);
  show_names(page, group, Verdict::pass);
}

void show_untested(TerminalPage& page, const Document& document) {
  const auto all = untested(document);
  if (all.empty()) return;
  page.heading("What this run did not test, and why");
  for (const auto& which : alike(all)) {
    const Finding& finding = which.first;
    const auto why = !finding.summary.empty() ? finding.summary
                     : finding.cause          ? std::string(cause_phrase(*finding.cause))
                                              : std::string(verdict_label(finding.verdict));
    page.line({{std::string(page.mark(finding.verdict)), ink_of(finding.verdict)},
               {" "},
               {finding.check + times_of(which)},
               {"  "},
               {why, Ink::dim}},
              2, 2);
  }
}

/// What holds is a count; what does not, or all of it with --verbose, is shown with what was found, and where.
void show_expectations(TerminalPage& page, const Document& document, bool verbose) {
  if (document.expectations.empty()) return;
  page.heading("What was expected");
  for (const auto& row : expectation_rows(document)) {
    const bool held = row.verdict == Verdict::pass;
    if (held && !verbose) continue;
    const auto whose = row.probe.empty() ? "" : row.probe + ": ";
    page.line({{std::string(page.mark(row.verdict)), ink_of(row.verdict)},
               {" "},
               {whose},
               {row.text, held ? Ink::plain : Ink::bold}},
              2, 2);
    page.line({{"Found: ", Ink::dim}, {row.found.empty() ? "nothing" : row.found}}, 4, 2);
    if (!row.cause.empty()) page.line({{"Cause: ", Ink::dim}, {row.cause}}, 4, 2);
    for (const auto& pointer : row.evidence) page.line({{pointer, Ink::dim}}, 4, 2);
  }
  page.line({{expectation_counts(document)}}, 2, 2);
}

Ink ink_of(Survival what) {
  if (what == Survival::survived) return Ink::green;
  return what == Survival::unknown ? Ink::dim : Ink::red;
}

/// Where all survived, the sentence says it; else a line a message, with what became of each signature.
void show_survival(TerminalPage& page, const Document& document, const evidence::RawReader& raw, bool verbose) {
  const auto grid = survival_grid(document, raw);
  if (!grid) return;
  page.heading("Which signatures survived");
  for (const auto& row : grid->rows) {
    const auto survived = [](const SurvivalCell& cell) { return cell.what == Survival::survived; };
    if (!verbose && std::ranges::all_of(row.cells, survived)) continue;
    page.line({{row.probe, Ink::bold}}, 2, 2);
    for (std::size_t i = 0; i < row.cells.size(); ++i)
      page.line({{grid->signatures[i] + "  "}, {row.cells[i].text, ink_of(row.cells[i].what)}}, 4, 2);
  }
  page.line({{survival_sentence(*grid)}}, 2, 2);
  if (const auto rest = survival_rest(*grid); !rest.empty()) page.line({{rest, Ink::dim}}, 2, 2);
}

/// Of many probes a line each.
void show_probe_lines(TerminalPage& page, const Document& document) {
  page.heading(count_of(document.probes.size(), "probe"));
  for (const auto& probe : document.probes)
    page.line({{probe.name, Ink::bold}, {"  " + probe_sentence(probe, document)}}, 2, 2);
}

void show_probes(TerminalPage& page, const Document& document, bool verbose) {
  if (document.probes.size() > most_whole && !verbose) return show_probe_lines(page, document);
  for (const auto& probe : document.probes) {
    if (document.probes.size() > 1) {
      page.heading("Probe " + probe.name);
      page.line({{probe_sentence(probe, document)}}, 2);
    }
    show_probe(page, document, probe, verbose);
  }
}

void show_end(TerminalPage& page, const Document& document, const TerminalStyle& style) {
  page.blank();
  for (const auto& file : style.written) page.row("Written", {{file}});
  if (const auto& id = document.run.id) page.row("Run", {{*id}, {"  (mailprobe report " + *id + ")", Ink::dim}});
}

}  // namespace

std::string terminal(const Document& document, const TerminalStyle& style, const evidence::RawReader& raw) {
  TerminalPage page(style);
  show_head(page, document, style);
  show_first(page, document);
  show_expectations(page, document, style.verbose);
  show_survival(page, document, raw, style.verbose);
  show_enforcement(page, document);
  show_probes(page, document, style.verbose);
  show_servers(page, document, style.verbose);
  if (document.probes.empty()) show_senders(page, document.target, style.verbose);
  for (const auto& group : tested_groups(document)) show_group(page, document, group, style.verbose);
  show_scores(page, document, style.verbose);
  if (document.comparison) {
    page.heading("Since last time");
    show_comparison(page, *document.comparison, style.verbose);
  }
  show_untested(page, document);
  show_end(page, document, style);
  return page.text();
}

}  // namespace mailprobe::reporter
