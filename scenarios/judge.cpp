#include "scenarios/judge.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <boost/json.hpp>

#include "base/sort_stably.h"
#include "base/text.h"
#include "base/time.h"
#include "evidence/answered.h"
#include "evidence/controls.h"
#include "evidence/json.h"
#include "evidence/pointer.h"
#include "evidence/secrecy.h"
#include "evidence/trail.h"
#include "evidence/used_address.h"
#include "scenarios/absence.h"
#include "scenarios/glob.h"
#include "scenarios/known_paths.h"
#include "scenarios/own_signatures.h"
#include "scenarios/values.h"

namespace mailprobe::scenarios {

namespace {

namespace json = boost::json;
using evidence::Document;
using evidence::Probe;
using evidence::Verdict;

constexpr std::size_t max_pointers = 10;  // shown of one expectation
constexpr const char* removed_words = "removed from the header";
constexpr std::size_t no_probe = std::numeric_limits<std::size_t>::max();

/// What a part of an expectation came to. Unknown is neither true nor false, and stays so under "not".
struct Result {
  Verdict verdict = Verdict::inconclusive;  // pass, fail, inconclusive
  std::string found;
  std::vector<std::string> evidence;
  std::optional<Cause> cause;
};

std::optional<double> number_of(const std::string& text, bool time) {
  if (const auto length = time ? parse_duration(text) : std::nullopt) return static_cast<double>(length->count());
  if (const auto number = parse_number(text)) return static_cast<double>(*number);
  return std::nullopt;
}

bool in_order(Operator op, double a, double b) {
  switch (op) {
    case Operator::less: return a < b;
    case Operator::at_most: return a <= b;
    case Operator::more: return a > b;
    case Operator::at_least: return a >= b;
    case Operator::equal: return a == b;
    default: return false;
  }
}

bool equals(const json::value& value, const std::string& other, bool time) {
  if (!value.is_number()) return text_of(value, false) == other;
  const auto number = number_of(other, time);
  return number && value.to_number<double>() == *number;
}

bool holds(const json::value& value, const Comparison& of) {
  const bool time = is_time(of.path);
  const auto is = [&](const std::string& other) { return equals(value, other, time); };
  switch (of.op) {
    case Operator::exists: return true;
    case Operator::equal:
    case Operator::in: return std::ranges::any_of(of.values, is);
    case Operator::unequal: return !is(of.values.front());
    case Operator::contains: return ifind(text_of(value, false), of.values.front()) != std::string::npos;
    case Operator::matches: return glob_matches(text_of(value, false), of.values.front());
    default: break;
  }
  const auto other = number_of(of.values.front(), time);
  if (value.is_number() && other) return in_order(of.op, value.to_number<double>(), *other);
  const auto here = rank_of(text_of(value, false)), there = rank_of(of.values.front());
  return here && there && in_order(of.op, static_cast<double>(*here), static_cast<double>(*there));
}

/// RFC 8601 §2.7: there was nothing to evaluate, no ARC set and no record.
bool is_none(const Value& value) {
  const auto* object = value.value->if_object();
  const auto* result = object != nullptr ? object->if_contains("result") : nullptr;
  return result != nullptr && *result == json::value("none");
}

/// A part more of what was found; a sentence goes on.
void add_part(std::string& found, const std::string& part, std::string_view between) {
  const bool sentence = found.ends_with('.');
  if (sentence) found.pop_back();
  if (!found.empty()) found += sentence ? "; " : between;
  found += part;
}

/// What one probe adds to an aggregate.
struct Measured {
  double number = 0;
  std::string probe, pointer;
  std::string lost;  // why there is none: it has taken for ever
};

class Judge {
 public:
  Judge(const Document& document, const evidence::RawReader& raw)
      : document_(document), raw_(raw), root_(json::parse(evidence::to_json(document))) {}

  evidence::Expectation expectation(const Awaited& awaited) const {
    evidence::Expectation made{.probe = awaited.probe,
                               .text = awaited.text,
                               .verdict = Verdict::error,
                               .cause = {},
                               .expected = awaited.text,
                               .found = {},
                               .evidence = {}};
    const auto expression = parse_expression(awaited.text);
    if (!expression) {
      made.found = "this cannot be read: " + expression.error().message;
      return made;
    }
    if (expression->kind == Expression::Kind::comparison) made.expected = expected_text(expression->comparison);
    auto result = judged(*expression, awaited.probe);
    made.verdict = result.verdict;
    made.cause = made.verdict == Verdict::inconclusive ? result.cause : std::nullopt;
    made.found = std::move(result.found);
    made.evidence = std::move(result.evidence);
    if (made.evidence.size() > max_pointers) made.evidence.resize(max_pointers);
    return made;
  }

 private:
  static bool asks_for_folder(const Expression& expression) {
    const auto& path = expression.comparison.path;
    if (expression.kind != Expression::Kind::comparison) return std::ranges::any_of(expression.parts, asks_for_folder);
    return path.size() > 1 && path[0].name == "mailbox" && path[1].name == "folder";
  }

  Result judged(const Expression& expression, const std::optional<std::string>& id) const {
    if (!id) return evaluated(expression, no_probe);
    const auto found = std::ranges::find(document_.probes, *id, &Probe::id);
    if (found == document_.probes.end())
      return {.verdict = Verdict::inconclusive, .found = "there is no such probe", .evidence = {}, .cause = {}};
    const auto controls = evidence::controls_of(document_, *found);
    if (found->fault && controls.empty())  // or it has not been sent yet
      return {.verdict = Verdict::inconclusive,
              .found = "it has no control beside it",
              .evidence = {},
              .cause = Cause::no_control};
    if (!controls.empty() && std::ranges::none_of(controls, [](const Probe* each) { return evidence::arrived(*each); }))
      return {.verdict = Verdict::inconclusive,
              .found = "its control " + controls.front()->name + " did not arrive",
              .evidence = {},
              .cause = Cause::no_control};
    if (found->fault && evidence::lies_in_junk(*found) && !controls.empty() && asks_for_folder(expression) &&
        std::ranges::none_of(controls, [](const Probe* each) { return evidence::lies_outside_junk(*each); }))
      return {.verdict = Verdict::inconclusive,
              .found = "its control " + controls.front()->name + " lies in the junk folder too",
              .evidence = {},
              .cause = Cause::no_control};
    return evaluated(expression, static_cast<std::size_t>(found - document_.probes.begin()));
  }

  Result evaluated(const Expression& expression, std::size_t probe) const {
    switch (expression.kind) {
      case Expression::Kind::comparison:
        return expression.comparison.aggregate ? over_probes(expression.comparison)
                                               : of_probe(expression.comparison, probe);
      case Expression::Kind::negation: return negated(evaluated(expression.parts.front(), probe));
      case Expression::Kind::any: return joined(expression, probe, Verdict::pass, Verdict::fail);
      case Expression::Kind::all: return joined(expression, probe, Verdict::fail, Verdict::pass);
    }
    return {};
  }

  static Result negated(Result result) {
    if (result.verdict != Verdict::inconclusive)
      result.verdict = result.verdict == Verdict::pass ? Verdict::fail : Verdict::pass;
    return result;
  }

  /// One part that is `deciding` decides; without one, one that is unknown leaves the whole unknown.
  Result joined(const Expression& expression, std::size_t probe, Verdict deciding, Verdict otherwise) const {
    Result whole{.verdict = otherwise, .found = {}, .evidence = {}, .cause = {}};
    for (const auto& part : expression.parts) {
      auto result = evaluated(part, probe);
      if (result.verdict == deciding) return result;
      add_part(whole.found, result.found, "; ");
      whole.evidence.insert(whole.evidence.end(), result.evidence.begin(), result.evidence.end());
      if (result.verdict != Verdict::inconclusive) continue;
      whole.verdict = Verdict::inconclusive;
      if (!whole.cause) whole.cause = result.cause;
    }
    return whole;
  }

  [[nodiscard]] const json::value& probe_value(std::size_t probe) const {
    return root_.at("probes").as_array().at(probe);
  }

  /// The first of the ways whose root is there; else the first. No answer stands in for a copy that was looked for, nor
  /// for what became of a signature of ours: nobody else has its selector.
  [[nodiscard]] const Path& way_to(const Meaning& meaning, std::size_t probe) const {
    const auto& first = meaning.ways.front();
    const bool either = meaning.ways.size() > 1 && first.front().name == "mailbox";
    if (either && (document_.probes[probe].watch || first[1].key)) return first;
    for (const auto& way : meaning.ways) {
      const auto& root = probe_value(probe).at(way.front().name);
      if (!root.is_null() && root != json::array()) return way;
    }
    return meaning.ways.front();
  }

  Result of_probe(const Comparison& of, std::size_t probe) const {
    const auto meaning = meaning_of(of.path);
    if (!meaning.check.empty()) return of_check(of, meaning.check, probe);
    if (probe >= document_.probes.size())
      return {.verdict = Verdict::inconclusive, .found = "it is about no probe", .evidence = {}, .cause = {}};
    const auto& way = way_to(meaning, probe);
    const auto at = evidence::pointer("probes", probe);
    if (const auto why = unheard(document_.probes[probe], way))
      return {.verdict = Verdict::inconclusive,
              .found = why->found,
              .evidence = {at + evidence::pointer("smtp")},
              .cause = why->cause};
    auto values = values_at(probe_value(probe), way, at);
    const bool any = !values.empty();
    const bool removed = leave_ours(values, of.path, way, document_.probes[probe], raw_);
    if (values.empty() && (any || removed))
      return {.verdict = of.op == Operator::unequal ? Verdict::pass : Verdict::fail,
              .found = removed ? removed_words : "none of our signatures",
              .evidence = {at + evidence::pointer(way[0].name, way[1].name)},
              .cause = {}};
    if (way.front().name == "sessions") leave_strangers(values, document_.probes[probe]);
    if (of.op == Operator::exists && is_mechanism(way.back().name) && std::ranges::all_of(values, is_none) &&
        !values.empty())
      return {.verdict = Verdict::fail, .found = "none", .evidence = {values.front().pointer}, .cause = {}};
    if (document_.probes[probe].secret && of.op != Operator::exists)
      if (const auto* hidden = left_out(values))
        return {.verdict = Verdict::inconclusive,
                .found = std::string(evidence::not_shown),
                .evidence = {hidden->pointer},
                .cause = {}};
    return values.empty() ? absent(of, way, probe, at) : compared(of, values, probe, removed);
  }

  /// The first that the document does not show (evidence/secrecy.h).
  static const Value* left_out(const std::vector<Value>& values) {
    const auto found = std::ranges::find_if(values, [](const Value& each) {
      return each.value->is_string() && std::string_view(each.value->get_string()).contains(evidence::not_shown);
    });
    return found == values.end() ? nullptr : &*found;
  }

  /// Who may be anybody is no evidence of how the target sends.
  static void leave_strangers(std::vector<Value>& values, const Probe& probe) {
    std::erase_if(values, [&](const Value& each) {
      evidence::Trail trail(each.pointer);
      for (int steps = 0; steps < 3; ++steps) (void)trail.next();  // probes, which, sessions
      const auto* session = trail.of(probe.sessions);
      return session != nullptr && evidence::may_be_anybodys(probe, *session);
    });
  }

  /// `removed`: one of our signatures has no value any more.
  Result compared(const Comparison& of, const std::vector<Value>& values, std::size_t probe, bool removed) const {
    Result result{
        .verdict = Verdict::inconclusive, .found = found_text(values, is_time(of.path)), .evidence = {}, .cause = {}};
    result.evidence.reserve(values.size());
    for (const auto& each : values) result.evidence.push_back(each.pointer);
    // Of a list one element is enough to contain something; what is compared has to hold of all.
    const bool one = of.op == Operator::contains || of.op == Operator::matches;
    const auto fits = [&](const Value& each) { return holds(*each.value, of); };
    const bool positive = of.op != Operator::unequal && of.op != Operator::exists;
    const bool held = one ? std::ranges::any_of(values, fits) : std::ranges::all_of(values, fits);
    if (removed) result.found += std::string(", ") + removed_words;
    if (removed && positive && !one) {
      result.verdict = Verdict::fail;
      return result;
    }
    if (!held || !positive)
      for (const auto& each : values)
        if (const auto why = undetermined(document_.probes[probe], of.path, each.pointer, text_of(*each.value, false));
            why && of.op != Operator::exists && !(positive && fits(each))) {
          result.cause = why->cause;
          return result;
        }
    result.verdict = held ? Verdict::pass : Verdict::fail;
    return result;
  }

  /// Why nothing stands there. What is null is not known, but for what is known not to be.
  [[nodiscard]] Absence absence_at(std::size_t probe, const Path& way) const {
    auto why = absence_of(document_.probes[probe], way, document_.run.interrupted);
    if (!why.determined || is_known_to_be_missing(probe_value(probe), way)) return why;
    return {.determined = false, .found = "it is not known", .cause = {}};
  }

  Result absent(const Comparison& of, const Path& way, std::size_t probe, const std::string& at) const {
    const auto why = absence_at(probe, way);
    Result result{.verdict = Verdict::inconclusive,
                  .found = why.found,
                  .evidence = {at + evidence::pointer_step(way.front().name)},
                  .cause = why.cause};
    // What is not there is not equal to anything either.
    if (why.determined) result.verdict = of.op == Operator::unequal ? Verdict::pass : Verdict::fail;
    return result;
  }

  /// Of every finding of the check that is about the probe.
  Result of_check(const Comparison& of, const std::string& check, std::size_t probe) const {
    Result whole{.verdict = Verdict::pass, .found = {}, .evidence = {}, .cause = {}};
    bool any = false;
    for (std::size_t i = 0; i < document_.findings.size(); ++i) {
      const auto& finding = document_.findings[i];
      if (finding.check != check || !is_about(finding, probe)) continue;
      any = true;
      const auto [verdict, text] = judged(finding, of);
      add_part(whole.found, std::string(text), ", ");
      whole.evidence.push_back(evidence::pointer("findings", i));
      if (verdict == Verdict::pass) continue;
      if (!finding.summary.empty()) whole.found += ": " + finding.summary;
      if (verdict == Verdict::fail || whole.verdict == Verdict::pass) whole.verdict = verdict;
      if (verdict == Verdict::inconclusive && !whole.cause) whole.cause = finding.cause;
    }
    if (any) return whole;
    return {.verdict = Verdict::inconclusive, .found = "it was not judged", .evidence = {}, .cause = {}};
  }

  /// What each value is compared with: the grade where it is one, else the verdict.
  static std::string_view compared_with(const std::string& value, const evidence::Finding& finding) {
    return finding.grade && from_word<evidence::Grade>(value) ? word(*finding.grade) : word(finding.verdict);
  }

  /// And the word that decided. What was not determined equals nothing but its own word, and is not unequal to
  /// anything.
  static std::pair<Verdict, std::string_view> judged(const evidence::Finding& finding, const Comparison& of) {
    if (of.values.empty()) return {unknown(finding) ? Verdict::inconclusive : Verdict::pass, word(finding.verdict)};
    const auto fits = [&](const std::string& value) {
      auto one = of;
      one.values = {value};
      return holds(json::string(compared_with(value, finding)), one);
    };
    const auto found = std::ranges::find_if(of.values, fits);
    const bool ok = found != of.values.end();
    const auto text = compared_with(ok ? *found : of.values.front(), finding);
    if (unknown(finding) && (!ok || of.op == Operator::unequal)) return {Verdict::inconclusive, text};
    return {ok ? Verdict::pass : Verdict::fail, text};
  }

  /// Of a check of addresses: about the one that decided about the probe.
  [[nodiscard]] bool is_about(const evidence::Finding& finding, std::size_t probe) const {
    if (probe >= document_.probes.size()) return !finding.probe;
    if (finding.probe) return *finding.probe == document_.probes[probe].name;
    return !evidence::about_an_address(finding) || evidence::about_address_of(finding, document_.probes[probe]);
  }

  static bool unknown(const evidence::Finding& finding) {
    return finding.verdict == Verdict::inconclusive || finding.verdict == Verdict::error ||
           finding.verdict == Verdict::not_tested;
  }

  /// By the nearest rank. What was lost for certain has taken for ever.
  Result over_probes(const Comparison& of) const {
    std::vector<Measured> all;
    all.reserve(document_.probes.size());
    for (std::size_t i = 0; i < document_.probes.size(); ++i) {
      const auto& probe = document_.probes[i];
      if (probe.fault || !is_of(probe.name, of.aggregate->of.value_or(""))) continue;  // it may be refused, rightly
      if (auto unknown = measure(of, i, all)) return std::move(*unknown);
    }
    if (all.empty()) return {.verdict = Verdict::inconclusive, .found = "no probe has it", .evidence = {}, .cause = {}};
    sort_stably(all, &Measured::number);
    const auto rank = std::ceil(of.aggregate->percent / 100.0 * static_cast<double>(all.size()));
    return decided(of, all.at(static_cast<std::size_t>(std::max(rank, 1.0)) - 1), all.size());
  }

  /// A value that is no answer, as the code of a greylisting, and is not what is wanted.
  [[nodiscard]] std::optional<Result> left_open(const Comparison& of, std::size_t probe, const Value& each) const {
    const auto value = text_of(*each.value, false);
    const auto why = undetermined(document_.probes[probe], of.path, each.pointer, value);
    if (!why || holds(*each.value, of)) return std::nullopt;
    return Result{.verdict = Verdict::inconclusive,
                  .found = document_.probes[probe].name + ": " + why->found,
                  .evidence = {each.pointer},
                  .cause = why->cause};
  }

  /// Into `all`; what is not known of one leaves the whole open.
  [[nodiscard]] std::optional<Result> measure(const Comparison& of, std::size_t probe,
                                              std::vector<Measured>& all) const {
    const auto& name = document_.probes[probe].name;
    const auto meaning = meaning_of(of.path);
    const auto& way = way_to(meaning, probe);
    const auto at = evidence::pointer("probes", probe);
    const auto values = values_at(probe_value(probe), way, at);
    for (const auto& each : values) {
      if (!each.value->is_number()) continue;
      all.push_back({each.value->to_number<double>(), name, each.pointer, {}});
      if (auto open = left_open(of, probe, each)) return open;
    }
    if (!values.empty()) return std::nullopt;
    auto why = absence_at(probe, way);
    auto pointer = at + evidence::pointer_step(way.front().name);
    if (!why.determined)
      return Result{.verdict = Verdict::inconclusive,
                    .found = name + ": " + why.found,
                    .evidence = {std::move(pointer)},
                    .cause = why.cause};
    all.push_back({std::numeric_limits<double>::infinity(), name, std::move(pointer), std::move(why.found)});
    return std::nullopt;
  }

  static Result decided(const Comparison& of, const Measured& by, std::size_t count) {
    const bool time = is_time(of.path), lost = !by.lost.empty();
    const auto limit = number_of(of.values.front(), time);
    const bool held = limit && in_order(of.op, by.number, *limit);
    const auto number = lost ? "lost" : text_of(json::value(static_cast<std::int64_t>(by.number)), time);
    return {.verdict = held ? Verdict::pass : Verdict::fail,
            .found = number + " of " + std::to_string(count) + " (" + by.probe + (lost ? ": " + by.lost : "") + ")",
            .evidence = {by.pointer},
            .cause = {}};
  }

  const Document& document_;
  const evidence::RawReader& raw_;
  json::value root_;
};

}  // namespace

std::vector<evidence::Expectation> judge(const Document& document, const std::vector<Awaited>& awaited,
                                         const evidence::RawReader& raw) {
  std::vector<evidence::Expectation> made;
  if (awaited.empty()) return made;
  const Judge judge(document, raw);
  made.reserve(awaited.size());
  for (const auto& each : awaited) made.push_back(judge.expectation(each));
  return made;
}

std::vector<evidence::Expectation> judge_again(const Document& document, const evidence::RawReader& raw) {
  std::vector<Awaited> awaited;
  awaited.reserve(document.expectations.size());
  for (const auto& each : document.expectations) awaited.push_back({each.probe, each.text});
  return judge(document, awaited, raw);
}

}  // namespace mailprobe::scenarios
