#include "scenarios/known_paths.h"

#include <algorithm>
#include <array>

#include "base/suggest.h"
#include "base/text.h"
#include "base/time.h"
#include "evidence/assess.h"
#include "evidence/paths.h"
#include "scenarios/values.h"

namespace mailprobe::scenarios {

namespace {

using evidence::Shape;

constexpr std::array<std::string_view, 4> mechanisms{"spf", "dkim", "dmarc", "arc"};
constexpr std::array<std::string_view, 4> tls_versions{"TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"};

std::string without_keys(const Path& path) {
  std::string text;
  for (const auto& step : path) text += (text.empty() ? "" : ".") + step.name;
  return text;
}

bool is_check(std::string_view id) { return evidence::find_check(id) != nullptr; }

Path below(std::string_view root, const Path& path) {
  Path longer{{.name = std::string(root), .key = {}}};
  longer.insert(longer.end(), path.begin(), path.end());
  return longer;
}

std::vector<std::string> names_of(const Shape& shape, bool at_root) {
  std::vector<std::string> names;
  names.reserve(shape.members.size());
  for (const auto& [name, member] : shape.members) names.push_back(name);
  if (!at_root) return names;
  names.emplace_back("latency");
  for (const auto name : mechanisms) names.emplace_back(name);
  for (const auto& check : evidence::catalogue()) names.emplace_back(check.id);
  return names;
}

std::unexpected<Error> unknown(const std::string& name, const std::string& where, const Shape& shape, bool at_root) {
  const auto names = names_of(shape, at_root);
  auto hint = did_you_mean(name, names);
  if (hint.empty())
    hint = at_root ? ": a path of the evidence of a probe, or the id of a check belongs here"
                   : ": there are " + any_of(names);
  return fail(Failure::usage,
              "there is no " + in_quotes(name) + (where.empty() ? "" : " in " + in_quotes(where)) + hint);
}

/// From the root of a probe.
Result<const Shape*> shape_at(const Path& path, std::size_t hidden) {
  const Shape* shape = &evidence::shape_of_probe();
  std::string where;
  for (std::size_t i = 0; i < path.size(); ++i) {
    const auto found = shape->members.find(path[i].name);
    if (found == shape->members.end()) {
      if (i <= hidden)
        return unknown(without_keys({path.begin() + static_cast<std::ptrdiff_t>(hidden), path.end()}), "", *shape,
                       true);
      return unknown(path[i].name, where, *shape, false);
    }
    shape = &found->second;
    if (i >= hidden) where += (where.empty() ? "" : ".") + path[i].name;
    if (path[i].key && shape->kind != Shape::Kind::list)
      return fail(Failure::usage, in_quotes(where) + " is no list: it takes no [" + *path[i].key + "]");
  }
  return shape;
}

Shape::Kind kind_of(const Shape& shape) { return shape.kind == Shape::Kind::list ? shape.element : shape.kind; }

bool orders(Operator op) {
  using enum Operator;
  return op == less || op == at_most || op == more || op == at_least;
}

Result<void> check_words(const Comparison& of, const std::vector<std::string>& words) {
  for (const auto& value : of.values)
    if (std::ranges::find(words, value) == words.end()) {
      const auto near = did_you_mean(value, words);
      return fail(Failure::usage, in_quotes(to_text(of.path)) + " is never " + in_quotes(value) +
                                      (near.empty() ? ": it is " + any_of(words) : near));
    }
  return {};
}

bool is_tls_version(const Path& path) {
  return path.size() > 1 && path.back().name == "version" && path[path.size() - 2].name == "tls";
}

/// "30s" of what is a time, 250 of anything.
bool is_number(const std::string& value, const Path& path) {
  return parse_number(value) || (is_time(path) && parse_duration(value));
}

std::unexpected<Error> no_number(const std::string& value, const Path& path) {
  return fail(Failure::usage,
              in_quotes(value) +
                  (is_time(path) ? " is no number of milliseconds and no duration in whole numbers, like 30s or 1m30s"
                                 : " is no number, which " + in_quotes(to_text(path)) + " is") +
                  ": one belongs here");
}

Result<void> check_value(const Comparison& of, const Shape& shape) {
  const auto kind = kind_of(shape);
  const bool compares = of.op == Operator::equal || of.op == Operator::unequal || of.op == Operator::in;
  if (kind == Shape::Kind::object && of.op != Operator::exists)
    return fail(Failure::usage,
                in_quotes(to_text(of.path)) + " has members: compare one of them: " + any_of(names_of(shape, false)));
  if (kind == Shape::Kind::word && compares) return check_words(of, shape.words);
  if (kind == Shape::Kind::flag && compares) return check_words(of, {"true", "false"});
  const bool number = kind == Shape::Kind::number;
  if (number && (compares || orders(of.op)))
    for (const auto& value : of.values)
      if (!is_number(value, of.path)) return no_number(value, of.path);
  if (is_tls_version(of.path) && (compares || orders(of.op)))
    return check_words(of, {tls_versions.begin(), tls_versions.end()});
  if (!orders(of.op) || number) return {};
  return fail(Failure::usage,
              in_quotes(to_text(of.path)) + " has no order: ==, !=, in, contains or matches belongs here");
}

Result<void> check_check(const Comparison& of, std::string_view check) {
  if (of.op == Operator::exists) return {};
  std::vector<std::string> grades, verdicts;
  for (const auto& [value, word] : Words<evidence::Grade>::table) grades.emplace_back(word);
  for (const auto& [value, word] : Words<evidence::Verdict>::table) verdicts.emplace_back(word);
  if (!has_grades(check)) {
    if (!orders(of.op)) return check_words(of, verdicts);
    return fail(Failure::usage,
                in_quotes(check) + " has no grade, and verdicts have no order: ==, != or in belongs here");
  }
  if (orders(of.op)) return check_words(of, grades);
  auto both = grades;
  both.insert(both.end(), verdicts.begin(), verdicts.end());
  return check_words(of, both);
}

Result<void> check_comparison(const Comparison& of) {
  const auto meaning = meaning_of(of.path);
  if (of.aggregate && (!meaning.check.empty() || !orders(of.op)))
    return fail(Failure::usage, "p95(…), min(…) and max(…) are of numbers, compared with <, <=, > or >=");
  if (!meaning.check.empty()) return check_check(of, meaning.check);
  const auto& way = meaning.ways.front();
  const auto shape = shape_at(way, way.size() > of.path.size() ? way.size() - of.path.size() : 0);
  if (!shape) return std::unexpected(shape.error());
  if (of.aggregate && kind_of(**shape) != Shape::Kind::number)
    return fail(Failure::usage,
                in_quotes(to_text(of.path)) + " is no number: p95(…), min(…) and max(…) are of numbers");
  return check_value(of, **shape);
}

}  // namespace

Meaning meaning_of(const Path& path) {
  if (auto id = without_keys(path); is_check(id)) return {.check = std::move(id), .ways = {}};
  const auto& first = path.front();
  if (path.size() == 1 && first.name == "latency") return {{}, {{{"mailbox", {}}, {"delay_ms", {}}}}};
  if (is_mechanism(first.name)) return {{}, {below("mailbox", path), below("reply", path)}};
  if (first.name == "replies" && !first.key) {  // of one there is no list
    auto only = path;
    only.front().name = "reply";
    return {{}, {path, std::move(only)}};
  }
  return {{}, {path}};
}

/// Those that witnesses of several kinds see: evidence/checks_evaluated, evidence/checks_traps.
bool has_grades(std::string_view check) {
  return check.ends_with("-evaluated") || check.ends_with("-enforced") || check == "outbound.dnssec-validates";
}

std::vector<std::string> known_roots() { return names_of(evidence::shape_of_probe(), true); }

bool is_mechanism(std::string_view name) { return std::ranges::find(mechanisms, name) != mechanisms.end(); }

bool is_about_each_probe(const Expression& expression) {
  if (expression.kind != Expression::Kind::comparison)
    return std::ranges::any_of(expression.parts, is_about_each_probe);
  const auto& of = expression.comparison;
  return !of.aggregate && !without_keys(of.path).starts_with("published.");
}

/// "text" is "text/utf-8#3 mx.example.org 192.0.2.1" too; "daily:" everything of that scenario.
bool is_of(std::string_view name, std::string_view of) {
  if (!name.starts_with(of)) return false;
  const auto rest = name.substr(of.size());
  return of.empty() || of.ends_with(':') || rest.empty() || std::string_view("/# ").contains(rest.front());
}

std::optional<std::size_t> rank_of(std::string_view word) {
  const auto version = std::ranges::find(tls_versions, word);
  if (version != tls_versions.end()) return static_cast<std::size_t>(version - tls_versions.begin());
  if (const auto grade = from_word<evidence::Grade>(word)) return static_cast<std::size_t>(*grade);
  return std::nullopt;
}

Result<void> check_signatures(const Expression& expression, const std::vector<std::string>& signatures) {
  for (const auto& part : expression.parts)
    if (auto ok = check_signatures(part, signatures); !ok) return ok;
  const auto& path = expression.comparison.path;
  if (path.empty() || path.front().name != "dkim" || !path.front().key) return {};
  const auto& key = *path.front().key;
  std::vector<std::string> known;
  for (const auto& signature : signatures) {  // "r1 rsa-sha256 relaxed/relaxed"
    const auto selector = signature.substr(0, signature.find(' '));
    auto one = key.contains(' ') ? selector + signature.substr(signature.rfind(' ')) : selector;
    if (std::ranges::find(known, one) == known.end()) known.push_back(std::move(one));
  }
  if (std::ranges::find(known, key) != known.end()) return {};
  return fail(Failure::usage, in_quotes(to_text(path)) + ": no signature of " + in_quotes(key) + " is sent" +
                                  (known.empty() ? ": the message has none" : ": there are " + any_of(known)) +
                                  "; \"mailbox.dkim\" has those of others too");
}

Result<void> check_paths(const Expression& expression) {
  if (expression.kind == Expression::Kind::comparison) return check_comparison(expression.comparison);
  for (const auto& part : expression.parts)
    if (auto ok = check_paths(part); !ok) return ok;
  return {};
}

}  // namespace mailprobe::scenarios
