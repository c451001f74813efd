#include "scenarios/load.h"

#include <algorithm>
#include <array>

#include "base/suggest.h"
#include "base/text.h"
#include "base/time.h"
#include "scenarios/checks.h"
#include "scenarios/expression.h"
#include "scenarios/format_fields.h"
#include "scenarios/known_paths.h"
#include "scenarios/substitution.h"

namespace mailprobe::scenarios {

namespace {

using yaml::Fields;
using yaml::Node;
using yaml::Place;
using yaml::Problems;

Place place_of(const auto& there) { return {.line = there.line, .column = there.column}; }

template <class T>
void read_map(const Node& node, const std::string& where, T& into, Problems& problems);

/// Reads each field of a map into the member of that name.
class Reader {
 public:
  explicit Reader(Fields& map) : map_(map) {}

  template <class T>
  void operator()(const std::string& key, T& into, const About& about) {
    read(key, into, about);
    if (about.required) map_.missing(key, std::string(about.text));
  }

  /// Free text: no message of ours quotes it.
  void text(const std::string& key, std::optional<std::string>& into, const About&) {
    const auto* node = map_.node(key);
    if (node == nullptr) return;
    if (node->kind != Node::Kind::scalar)
      problem(*node, in_quotes(key) + " is to be a text, not " + kind_of(*node));
    else
      into = node->text;
  }

  /// Free text of a header field: what ends its line would begin another field (RFC 5322 §2.2). A line end at its own
  /// end is that of a file, or of YAML's "|".
  void line(const std::string& key, std::optional<std::string>& into, const About& about) {
    text(key, into, about);
    if (!into) return;
    if (into->ends_with('\n')) into->resize(into->size() - (into->ends_with("\r\n") ? 2 : 1));
    if (!good_header_line(*into))
      problem(*map_.node(key), in_quotes(key) + " is to be a text of one line, without control characters");
  }

  void headers(const std::string& key, std::vector<Header>& into, const About&) {
    for (const auto& [name, line, column, value] : map_.members(key)) {
      if (auto wrong = wrong_header(name)) map_.problems().add(Place{line, column}, std::move(*wrong));
      const auto& values = value.kind == Node::Kind::list ? value.items : std::vector{value};
      for (const auto& one : values) {
        if (one.kind != Node::Kind::scalar)
          problem(one, "the value of " + in_quotes(name) + " is to be a text, not " + kind_of(one));
        else if (!good_header_value(one.text))
          problem(one, "the value of " + in_quotes(name) + " is to be a text without control characters");
        else
          into.emplace_back(name, one.text);
      }
    }
  }

  void expectations(const std::string& key, std::vector<Expected>& into, const About&) {
    const auto* node = map_.node(key);
    if (node == nullptr) return;
    if (node->kind != Node::Kind::list)
      return problem(*node, in_quotes(key) + " is to be a list of expectations, not " + kind_of(*node));
    for (const auto& item : node->items)
      if (auto text = expectation_text(item, map_.problems())) add_expectation(std::move(*text), place_of(item), into);
  }

  void taken(const std::string& key, Taken, const About&) { (void)map_.node(key); }

 private:
  void add_expectation(std::string text, Place at, std::vector<Expected>& into) {
    const auto expression = parse_expression(text);
    auto known = expression ? check_paths(*expression) : std::unexpected(expression.error());
    if (known)
      into.push_back({.text = to_text(*expression), .line = at.line, .column = at.column});
    else
      map_.problems().add(at, "expectation " + in_quotes(text) + ": " + known.error().message);
  }

  void problem(const auto& node, std::string what) { map_.problems().add(place_of(node), std::move(what)); }

  void read(const std::string& key, std::string& into, const About&) {
    if (auto value = map_.word(key)) into = std::move(value->text);
  }
  void read(const std::string& key, bool& into, const About&) {
    const auto value = map_.word(key);
    if (!value) return;
    if (value->text != "true" && value->text != "false")
      return problem(*value, in_quotes(key) + " is " + in_quotes(value->text) + ": true or false belongs here");
    into = value->text == "true";
  }
  void read(const std::string& key, std::int64_t& into, const About& about) {
    into = map_.number(key, static_cast<long>(into), static_cast<long>(about.min), static_cast<long>(about.max));
  }
  void read(const std::string& key, Size& into, const About&) {
    const auto value = map_.word(key);
    if (!value) return;
    const auto bytes = parse_size(value->text);
    if (!bytes)
      return problem(*value, in_quotes(key) + " is " + in_quotes(value->text) +
                                 ": a size like 500, 64KB or 1MB belongs here, 30MB at most");
    into.bytes = *bytes;
  }
  void read(const std::string& key, std::chrono::milliseconds& into, const About&) { into = map_.duration(key, into); }
  void read(const std::string& key, std::vector<std::string>& into, const About&) {
    for (auto& value : map_.words(key)) into.push_back(std::move(value.text));
  }
  template <Worded E>
  void read(const std::string& key, E& into, const About&) {
    if (const auto value = map_.word(key)) choose(key, *value, into);
  }
  template <Worded E>
  void read(const std::string& key, std::vector<E>& into, const About&) {
    for (const auto& value : map_.words(key)) choose(key, value, into.emplace_back());
  }
  template <class T>
  void read(const std::string& key, std::optional<T>& into, const About& about) {
    if (map_.node(key) == nullptr) return;
    T value{};
    read(key, value, about);
    into = std::move(value);
  }
  template <class T>
    requires std::is_class_v<T>
  void read(const std::string& key, T& into, const About&) {
    if (const auto* node = map_.node(key)) read_map(*node, below(key), into, map_.problems());
  }
  template <class T>
    requires std::is_class_v<T>
  void read(const std::string& key, std::vector<T>& into, const About&) {
    const auto* node = map_.node(key);
    if (node == nullptr) return;
    if (node->kind != Node::Kind::list)
      return problem(*node, in_quotes(key) + " is to be a list, not " + kind_of(*node));
    for (const auto& item : node->items) read_map(item, below(key), into.emplace_back(), map_.problems());
  }

  template <Worded E>
  void choose(const std::string& key, const yaml::Word& value, E& into) {
    if (const auto known = from_word<E>(value.text)) {
      into = *known;
      return;
    }
    std::vector<std::string> words;
    words.reserve(Words<E>::table.size());
    for (const auto& [each, text] : Words<E>::table) words.emplace_back(text);
    auto hint = did_you_mean(value.text, words);
    if (hint.empty()) hint = ": " + any_of(words) + " belongs here";
    problem(value, in_quotes(key) + " is " + in_quotes(value.text) + hint);
  }

  [[nodiscard]] std::string below(const std::string& key) const {
    return map_.where().empty() ? key : map_.where() + "." + key;
  }

  Fields& map_;
};

template <class T>
void read_map(const Node& node, const std::string& where, T& into, Problems& problems) {
  Fields map(node, where, problems);
  Reader reader(map);
  if constexpr (std::same_as<T, Probe>) {
    into.line = node.line;
    into.column = node.column;
  }
  fields(reader, into);
  check(into, map);
  map.finish();
}

Result<std::optional<Secret>> secret_of(Fields& source, const Outside& outside) {
  const auto environment = source.word("env"), file = source.word("file");
  if (environment && outside.environment) return outside.environment(environment->text);
  if (!file || !outside.file) return std::nullopt;
  auto read = outside.file(file->text);
  if (!read) return std::unexpected(read.error());
  return std::optional(std::move(*read));
}

std::optional<Variable> variable_of(const Node::Member& member, const Outside& outside, Problems& problems) {
  const auto given = outside.given.find(member.key);
  const bool plain = member.value.kind == Node::Kind::scalar;
  if (given != outside.given.end() && plain) return Variable{.value = given->second, .secret = false};
  if (plain) return Variable{.value = member.value.text, .secret = false, .open = place_of(member.value)};
  Fields source(member.value, "variables." + member.key, problems);
  const auto secret = secret_of(source, outside);
  source.finish();
  const auto wanted = [](const Node::Member& each) { return each.key == "env" || each.key == "file"; };
  if (std::ranges::count_if(member.value.members, wanted) != 1) {
    problems.add(place_of(member), in_quotes(member.key) + " has no value: write a text, {env: NAME} or {file: PATH}");
    return std::nullopt;
  }
  if (given != outside.given.end())
    problems.add(place_of(member), in_quotes(member.key) +
                                       " is a secret, which --set would show to everybody on this machine: leave " +
                                       "--set out, and give it as the file says");
  else if (!secret)
    problems.add(place_of(member), in_quotes(member.key) + ": " + secret.error().message);
  else if (!*secret)
    problems.add(place_of(member), in_quotes(member.key) + ": the environment has no such variable: set it");
  if (!secret || !*secret) return Variable{.value = {}, .secret = true};
  if (const auto length = trim((*secret)->reveal()).size(); length < least_secret)
    problems.add(place_of(member), in_quotes(member.key) + " is a secret of " + std::to_string(length) +
                                       " characters: " + std::to_string(least_secret) +
                                       " are the least, for a shorter one could not be kept out of what others quote");
  return Variable{.value = (*secret)->reveal(), .secret = true};
}

Variables variables_of(const Node& root, const Outside& outside, Problems& problems) {
  Variables variables;
  for (const auto& [name, value] : outside.given) variables[name] = {.value = value, .secret = false};
  const auto found = std::ranges::find(root.members, "variables", &Node::Member::key);
  if (found == root.members.end()) return variables;
  if (found->value.kind != Node::Kind::map && found->value.kind != Node::Kind::null)
    problems.add(place_of(*found), "\"variables\" is to be a map of names with values, not " + kind_of(found->value));
  for (const auto& member : found->value.members) {
    if (!good_name(member.key))
      problems.add(place_of(member), in_quotes(member.key) + " is no name: letters, digits, - and _ make one");
    if (member.key == "target")
      problems.add(place_of(member), "\"target\" is what --to says: give the variable another name");
    if (auto variable = variable_of(member, outside, problems)) variables[member.key] = std::move(*variable);
  }
  return variables;
}

/// Which messages hold one, and the values.
void note_secrets(const Expanded& whole, const Variables& variables, Scenario& scenario) {
  for (std::size_t i = 0; i < scenario.probes.size(); ++i) scenario.probes[i].secret = whole.with_secret.at(i);
  for (const auto& [name, variable] : variables)
    if (variable.secret && !whole.secrets.empty()) scenario.secrets.emplace_back(variable.value);
}

}  // namespace

Result<Scenario> load(std::string_view text, const std::string& name, const Outside& outside) {
  const auto root = yaml::parse(text, name, yaml::Places::columns);
  if (!root) return std::unexpected(root.error());
  Problems problems(name, yaml::Places::columns);
  auto variables = variables_of(*root, outside, problems);
  const auto whole = expand(*root, variables, problems);
  Scenario scenario;
  scenario.file = name;
  read_map(whole.root, "", scenario, problems);
  if (!problems.none()) return std::unexpected(problems.error());
  for (std::size_t i = 0; i < scenario.probes.size(); ++i)
    if (!whole.variations.at(i).empty()) scenario.probes[i].variation = whole.variations[i];
  scenario.uses = whole.used;
  if (const auto own = std::ranges::find(root->members, "variables", &Node::Member::key); own != root->members.end())
    for (const auto& member : own->value.members) scenario.uses.push_back(member.key);
  note_secrets(whole, variables, scenario);
  return scenario;
}

}  // namespace mailprobe::scenarios
