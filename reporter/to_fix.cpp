#include "reporter/to_fix.h"

#include <algorithm>
#include <array>
#include <map>
#include <tuple>

#include "base/sort_stably.h"
#include "reporter/behind.h"
#include "reporter/escape.h"
#include "reporter/phrases.h"
#include "reporter/summary.h"

namespace mailprobe::reporter {

namespace {

using evidence::Document;
using evidence::Expectation;
using evidence::Finding;
using evidence::Verdict;

constexpr std::size_t most_at_the_top = 3;
constexpr std::size_t longest = 400;

std::string sentence_of(std::string_view text) {
  auto line = one_line(text, longest);
  return line.ends_with('.') ? line : line + ".";
}

// --- what is to be fixed --------------------------------------------------------------------------------------------

enum class Rank { failure, unknown, unexpected_failure, warning, unexpected_warning, nothing };

struct Ranked {
  Rank rank = Rank::failure;
  ToFix what;
  std::string kind;       // those of one kind are told once
  bool expected = false;  // not a finding: what stands behind it is not counted again
};

void add_finding(ToFix& into, const Document& document, const Finding& finding) {
  into.check = finding.check;
  into.sentence = sentence_of(finding.summary);
  into.advice = finding.advice.empty() ? "" : sentence_of(finding.advice);
  into.own_part = own_part(document, finding);
  if (is_wrong(finding.verdict) || finding.fix_by == evidence::FixBy::us) into.whose = fix_by_phrase(finding.fix_by);
}

/// One host's certificate has expired and another's is for another name: these are two things to fix.
std::string kind_of(const Finding& finding) {
  return finding.check + (finding.cause ? " " + std::string(word(*finding.cause)) : "");
}

Rank rank_of(Verdict verdict, bool counted) {
  if (verdict == Verdict::warn) return counted ? Rank::warning : Rank::unexpected_warning;
  if (verdict == Verdict::fail) return counted ? Rank::failure : Rank::unexpected_failure;
  return counted ? Rank::unknown : Rank::nothing;  // what nobody expects and could not be determined is no fault
}

Ranked ranked(const Document& document, const Finding& finding, bool counted) {
  Ranked out{.rank = rank_of(finding.verdict, counted), .what = {.verdict = finding.verdict}, .kind = kind_of(finding)};
  add_finding(out.what, document, finding);
  out.what.where = finding.subject;
  return out;
}

std::string found_words(const Expectation& expectation) {
  return "expected " + one_line(expectation.text, longest) + ", found " +
         (expectation.found.empty() ? "nothing" : one_line(expectation.found, longest));
}

std::string name_of(const evidence::Probe* probe) {
  if (probe == nullptr) return {};
  return one_line(probe->name.empty() ? probe->id : probe->name, longest);
}

std::string expected_words(const Expectation& expectation, const evidence::Probe* probe) {
  return "expected " + one_line(expectation.text, longest) + (probe == nullptr ? "" : " · probe " + name_of(probe));
}

/// Where the message is, and not something about it.
bool is_about_folder(const Expectation& expectation) {
  return std::ranges::any_of(expectation.evidence, [](const auto& at) { return at.ends_with("/mailbox/folder"); });
}

/// In the words of the expectation, but for a message that is wrong on purpose and arrived all the same.
void add_expectation(ToFix& into, const Expectation& expectation, const evidence::Probe* probe) {
  const auto cause = expectation.cause ? " (" + std::string(cause_phrase(*expectation.cause)) + ")" : std::string();
  const auto found = found_words(expectation) + cause;
  if (probe == nullptr) {
    into.sentence = sentence_of("E" + found.substr(1));
    return;
  }
  const auto who = "“" + name_of(probe) + "”" +
                   (probe->fault ? ", wrong on purpose (" + one_line(*probe->fault, longest) + ")" : "");
  const bool passed = is_let_pass(expectation, *probe);
  if (passed && is_about_folder(expectation)) {
    into.sentence = sentence_of(who + ", arrived in " + one_line(expectation.found, longest));
    into.where = "expected " + one_line(expectation.text, longest);
  } else {
    into.sentence = sentence_of(who + ": " + found);
  }
  if (!passed) return;
  into.whose = fix_by_phrase(let_pass_fix_by);
  into.advice = let_pass_advice;
}

Ranked ranked(const Document& document, const Expectation& expectation) {
  Ranked out{.rank = rank_of(expectation.verdict, true),
             .what = {.verdict = expectation.verdict},
             .kind = expectation.text,
             .expected = true};
  const auto* probe = probe_of(document, expectation);
  const auto* finding = behind(document, expectation);
  if (finding == nullptr) {
    add_expectation(out.what, expectation, probe);
    return out;
  }
  add_finding(out.what, document, *finding);
  out.kind = kind_of(*finding);
  out.what.where = expected_words(expectation, probe);
  return out;
}

bool only_cut_short(const Document& document, std::optional<Cause> cause) {
  return document.run.interrupted && cause == Cause::interrupted;
}

/// Those that read the same, and failed for the same, are one thing to fix.
void add_expectations(const Document& document, std::vector<Ranked>& all) {
  std::map<std::tuple<Verdict, std::string_view, std::string>, std::size_t> known;
  for (const auto& expectation : document.expectations) {
    if (!is_open(expectation.verdict) || only_cut_short(document, expectation.cause)) continue;
    auto one = ranked(document, expectation);
    const auto [place, added] =
        known.emplace(std::tuple(expectation.verdict, std::string_view(expectation.text), one.kind), all.size());
    if (added)
      all.push_back(std::move(one));
    else
      ++all[place->second].what.times;
  }
}

/// Of a run that has expectations only what is broken besides: none of it counts.
void add_findings(const Document& document, std::vector<Ranked>& all) {
  const bool asked = !document.expectations.empty();
  const auto bearing = asked ? std::vector<Bearing>{} : bearings(document, Strictness::warnings_too);
  for (const auto& group : tested_groups(document))
    for (const Finding& finding : group.findings) {
      if (!is_open(finding.verdict) || only_cut_short(document, finding.cause)) continue;
      if (asked && finding.verdict != Verdict::fail) continue;
      const auto index = static_cast<std::size_t>(&finding - document.findings.data());
      all.push_back(ranked(document, finding, !asked && bearing[index] != Bearing::none));
    }
}

std::string where_of(const ToFix& what) {
  auto text = what.check;
  if (what.times > 1)
    text = text.empty() ? std::to_string(what.times) + " expectations" : text + " ×" + std::to_string(what.times);
  if (!what.where.empty()) text += (text.empty() ? "" : " · ") + what.where;
  return text;
}

/// The first of each kind, with how many there are.
std::vector<ToFix> once_each(std::vector<Ranked>& all) {
  std::vector<Ranked> kinds;
  for (auto& each : all) {
    if (each.rank == Rank::nothing) continue;
    const auto same = std::ranges::find_if(kinds, [&](const Ranked& known) {
      return known.kind == each.kind && (known.what.verdict == each.what.verdict || known.expected);
    });
    if (same == kinds.end())
      kinds.push_back(std::move(each));
    else if (same->expected == each.expected)
      same->what.times += each.what.times;
  }
  std::vector<ToFix> out;
  out.reserve(kinds.size());
  for (auto& kind : kinds) {
    kind.what.where = where_of(kind.what);
    out.push_back(std::move(kind.what));
  }
  return out;
}

std::string title_of(Verdict verdict) {
  if (verdict == Verdict::fail) return "What to fix first";
  return verdict == Verdict::warn ? "What could be better" : "What stands in the way";
}

std::string rest_of(const std::vector<ToFix>& all) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 3> words{
      {{"more failure", "more failures"},
       {"more that is not determined", "more that are not determined"},
       {"more warning", "more warnings"}}};
  std::array<std::size_t, 3> counts{};
  for (std::size_t i = most_at_the_top; i < all.size(); ++i)
    counts.at(all[i].verdict == Verdict::fail ? 0 : all[i].verdict == Verdict::warn ? 2 : 1) += all[i].times;
  std::string text;
  for (std::size_t i = 0; i < counts.size(); ++i)
    if (counts.at(i) > 0)
      text += (text.empty() ? "" : ", ") + count_of(counts.at(i), words.at(i).first, words.at(i).second);
  return text.empty() ? "" : "And " + text + ", below.";
}

}  // namespace

std::vector<ToFix> all_to_fix(const Document& document) {
  if (overall_verdict(document) == Verdict::pass) return {};
  std::vector<Ranked> all;
  add_expectations(document, all);
  add_findings(document, all);
  sort_stably(all, &Ranked::rank);
  return once_each(all);
}

FirstToFix first_to_fix(const Document& document) {
  auto all = all_to_fix(document);
  if (all.empty()) return {};
  FirstToFix out{.title = title_of(all.front().verdict), .few = {}, .rest = rest_of(all)};
  all.resize(std::min(all.size(), most_at_the_top));
  out.few = std::move(all);
  return out;
}

}  // namespace mailprobe::reporter
