#include "scenarios/judge.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <boost/json.hpp>

#include "base/text.h"
#include "base/time.h"
#include "evidence/controls.h"
#include "evidence/json.h"
#include "evidence/pointer.h"
#include "scenarios/absence.h"
#include "scenarios/glob.h"
#include "scenarios/known_paths.h"

namespace mailprobe::scenarios {

namespace {

namespace json = boost::json;
using evidence::Document;
using evidence::Probe;
using evidence::Verdict;

constexpr std::size_t max_found = 5, max_pointers = 10;  // shown of one expectation

/// What a part of an expectation came to. Unknown is neither true nor false, and stays so under "not".
struct Result {
  Verdict verdict = Verdict::inconclusive;  // pass, fail, inconclusive
  std::string found;
  std::vector<std::string> evidence;
  std::optional<Cause> cause;
};

struct Value {
  const json::value* value;
  std::string pointer;
};

bool is_time(const Path& path) { return path.back().name.ends_with("_ms") || path.back().name == "latency"; }

std::string text_of(const json::value& value, bool time) {
  if (const auto* text = value.if_string()) return std::string(*text);
  if (time && value.is_int64())
    return duration_text(std::chrono::milliseconds(std::max<std::int64_t>(value.as_int64(), 0)));
  return json::serialize(value);
}

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

/// dkim[r1], dkim["r1 simple/simple"]; of other lists the elements that hold that text.
bool has_key(const json::value& element, const std::string& key) {
  const auto* object = element.if_object();
  if (object == nullptr) return text_of(element, false) == key;
  const auto text = [&](std::string_view name) {
    const auto* member = object->if_contains(name);
    return member != nullptr && member->is_string() ? std::string(member->as_string()) : std::string();
  };
  if (object->contains("selector"))
    return text("selector") == key || text("selector") + " " + text("canonicalization") == key;
  return std::ranges::any_of(*object, [&](const auto& member) {
    return member.value().is_string() && std::string_view(member.value().as_string()) == key;
  });
}

void collect(const json::value& at, const Path& path, std::size_t step, const std::string& pointer,
             std::vector<Value>& into) {
  if (const auto* list = at.if_array()) {
    const auto& key = path[step - 1].key;
    for (std::size_t i = 0; i < list->size(); ++i)
      if (const auto& element = list->at(i); !key || has_key(element, *key))
        collect(element, path, step, pointer + evidence::pointer_step(std::to_string(i)), into);
    return;
  }
  if (at.is_null()) return;
  if (step == path.size()) {
    into.push_back({&at, pointer});
    return;
  }
  const auto* object = at.if_object();
  const auto* member = object != nullptr ? object->if_contains(path[step].name) : nullptr;
  if (member != nullptr) collect(*member, path, step + 1, pointer + evidence::pointer_step(path[step].name), into);
}

std::string found_text(const std::vector<Value>& values, bool time) {
  std::vector<std::string> texts;
  for (const auto& each : values) {
    auto text = each.value->is_structured() ? std::string("something") : text_of(*each.value, time);
    if (std::ranges::find(texts, text) == texts.end()) texts.push_back(std::move(text));
  }
  std::string out;
  for (std::size_t i = 0; i < std::min(texts.size(), max_found); ++i) out += (i > 0 ? ", " : "") + texts[i];
  return texts.size() > max_found ? out + ", …" : out;
}

bool arrived(const Probe& probe) { return probe.mailbox || probe.reply || probe.forward; }

bool is_of(const Probe& probe, const std::string& of) {
  return of.ends_with(':') ? probe.name.starts_with(of) : evidence::base_name(probe.name) == of || probe.name == of;
}

class Judge {
 public:
  explicit Judge(const Document& document) : document_(document), root_(json::parse(evidence::to_json(document))) {}

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
  Result judged(const Expression& expression, const std::optional<std::string>& id) const {
    if (!id) return evaluated(expression, 0);
    const auto found = std::ranges::find(document_.probes, *id, &Probe::id);
    if (found == document_.probes.end())
      return {.verdict = Verdict::inconclusive, .found = "there is no such probe", .evidence = {}, .cause = {}};
    const auto controls = evidence::controls_of(document_, *found);
    if (!controls.empty() && std::ranges::none_of(controls, [](const Probe* each) { return arrived(*each); }))
      return {.verdict = Verdict::inconclusive,
              .found = "its control " + controls.front()->name + " did not arrive",
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
      if (whole.found.ends_with('.')) whole.found.pop_back();  // a sentence that goes on
      whole.found += (whole.found.empty() ? "" : "; ") + result.found;
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

  /// The first of the ways whose root is there; else the first.
  [[nodiscard]] const Path& way_to(const Meaning& meaning, std::size_t probe) const {
    for (const auto& way : meaning.ways)
      if (!probe_value(probe).at(way.front().name).is_null()) return way;
    return meaning.ways.front();
  }

  Result of_probe(const Comparison& of, std::size_t probe) const {
    if (probe >= document_.probes.size()) return {};
    const auto meaning = meaning_of(of.path);
    if (!meaning.check.empty()) return of_check(of, meaning.check, document_.probes[probe].name);
    const auto& way = way_to(meaning, probe);
    std::vector<Value> values;
    const auto at = evidence::pointer("probes", probe);
    collect(probe_value(probe), way, 0, at, values);
    if (values.empty()) return absent(of, way, probe, at);
    Result result{
        .verdict = Verdict::inconclusive, .found = found_text(values, is_time(of.path)), .evidence = {}, .cause = {}};
    for (const auto& each : values) result.evidence.push_back(each.pointer);
    // Of a list one element is enough to contain something; what is compared has to hold of all.
    const bool one = of.op == Operator::contains || of.op == Operator::matches;
    const auto fits = [&](const Value& each) { return holds(*each.value, of); };
    const bool positive = of.op != Operator::unequal && of.op != Operator::exists;
    const bool held = one ? std::ranges::any_of(values, fits) : std::ranges::all_of(values, fits);
    if (!held || !positive)
      for (const auto& each : values)
        if (const auto why = undetermined(document_.probes[probe], text_of(*each.value, false));
            why && of.op != Operator::exists && !(positive && fits(each))) {
          result.cause = why->cause;
          return result;
        }
    result.verdict = held ? Verdict::pass : Verdict::fail;
    return result;
  }

  Result absent(const Comparison& of, const Path& way, std::size_t probe, const std::string& at) const {
    const auto why = absence_of(document_.probes[probe], way, document_.run.interrupted);
    Result result{.verdict = Verdict::inconclusive,
                  .found = why.found,
                  .evidence = {at + evidence::pointer_step(way.front().name)},
                  .cause = why.cause};
    // What is not there is not equal to anything either.
    if (why.determined) result.verdict = of.op == Operator::unequal ? Verdict::pass : Verdict::fail;
    return result;
  }

  /// The grade where one is compared with, else the verdict; of every finding of the check that is about the probe.
  Result of_check(const Comparison& of, const std::string& check, const std::string& name) const {
    const bool graded = from_word<evidence::Grade>(of.values.empty() ? "" : of.values.front()).has_value();
    Result whole{.verdict = Verdict::pass, .found = {}, .evidence = {}, .cause = {}};
    bool any = false;
    for (std::size_t i = 0; i < document_.findings.size(); ++i) {
      const auto& finding = document_.findings[i];
      if (finding.check != check || (finding.probe && *finding.probe != name)) continue;
      any = true;
      const auto text = graded && finding.grade ? word(*finding.grade) : word(finding.verdict);
      whole.found += (whole.found.empty() ? "" : ", ") + std::string(text);
      whole.evidence.push_back(evidence::pointer("findings", i));
      const bool ok = of.op == Operator::exists || holds(json::string(text), of);
      if (ok) continue;
      if (!finding.summary.empty()) whole.found += ": " + finding.summary;
      if (!unknown(finding)) {
        whole.verdict = Verdict::fail;
      } else if (whole.verdict == Verdict::pass) {
        whole.verdict = Verdict::inconclusive;
        whole.cause = finding.cause;
      }
    }
    if (any) return whole;
    return {.verdict = Verdict::inconclusive, .found = "it was not judged", .evidence = {}, .cause = {}};
  }

  static bool unknown(const evidence::Finding& finding) {
    return finding.verdict == Verdict::inconclusive || finding.verdict == Verdict::error ||
           finding.verdict == Verdict::not_tested;
  }

  /// By the nearest rank. What was lost for certain has taken for ever.
  Result over_probes(const Comparison& of) const {
    std::vector<double> numbers;
    const auto meaning = meaning_of(of.path);
    Result result{.verdict = Verdict::inconclusive, .found = {}, .evidence = {}, .cause = {}};
    for (std::size_t i = 0; i < document_.probes.size(); ++i) {
      const auto& probe = document_.probes[i];
      if (of.aggregate->of && !is_of(probe, *of.aggregate->of)) continue;
      std::vector<Value> values;
      const auto& way = way_to(meaning, i);
      collect(probe_value(i), way, 0, evidence::pointer("probes", i), values);
      for (const auto& each : values)
        if (each.value->is_number()) numbers.push_back(each.value->to_number<double>());
      if (!values.empty()) continue;
      const auto why = absence_of(probe, way, document_.run.interrupted);
      if (!why.determined) {
        result.found = probe.name + ": " + why.found;
        result.cause = why.cause;
        return result;
      }
      numbers.push_back(std::numeric_limits<double>::infinity());
    }
    if (numbers.empty()) {
      result.found = "no probe has it";
      return result;
    }
    std::ranges::sort(numbers);
    const auto rank = std::ceil(of.aggregate->percent / 100.0 * static_cast<double>(numbers.size()));
    const auto value = numbers.at(static_cast<std::size_t>(std::max(rank, 1.0)) - 1);
    const bool time = is_time(of.path);
    const auto limit = number_of(of.values.front(), time);
    result.verdict = limit && in_order(of.op, value, *limit) ? Verdict::pass : Verdict::fail;
    result.found = std::isinf(value) ? "lost" : text_of(json::value(static_cast<std::int64_t>(value)), time);
    result.found += " of " + std::to_string(numbers.size());
    return result;
  }

  const Document& document_;
  json::value root_;
};

}  // namespace

std::vector<evidence::Expectation> judge(const Document& document, const std::vector<Awaited>& awaited) {
  std::vector<evidence::Expectation> made;
  if (awaited.empty()) return made;
  const Judge judge(document);
  made.reserve(awaited.size());
  for (const auto& each : awaited) made.push_back(judge.expectation(each));
  return made;
}

std::vector<evidence::Expectation> judge_again(const Document& document) {
  std::vector<Awaited> awaited;
  awaited.reserve(document.expectations.size());
  for (const auto& each : document.expectations) awaited.push_back({each.probe, each.text});
  return judge(document, awaited);
}

}  // namespace mailprobe::scenarios
