#include "scenarios/substitution.h"

#include <algorithm>

#include "base/suggest.h"
#include "base/text.h"
#include "scenarios/format.h"

namespace mailprobe::scenarios {

namespace {

using yaml::Node;
using yaml::Place;
using Values = std::vector<std::pair<std::string, std::vector<std::string>>>;
using Combination = std::vector<std::pair<std::string, std::string>>;

Place place_of(const auto& there) { return {.line = there.line, .column = there.column}; }

/// Of a wrong one it has been said that it is wrong.
std::vector<std::string> names_of(const Variables& variables) {
  std::vector<std::string> names;
  names.reserve(variables.size());
  for (const auto& [name, value] : variables)
    if (good_name(name)) names.push_back(name);
  return names;
}

/// Those that a text has between "${" and "}".
std::vector<std::string> names_in(std::string_view text) {
  std::vector<std::string> names;
  for (auto at = text.find("${"); at != std::string_view::npos; at = text.find("${", at + 2)) {
    if (at > 0 && text[at - 1] == '$') continue;
    const auto end = text.find('}', at);
    if (end == std::string_view::npos) break;
    names.emplace_back(text.substr(at + 2, end - at - 2));
    at = end - 1;  // what is behind it comes next
  }
  return names;
}

class Expander {
 public:
  explicit Expander(yaml::Problems& problems) : problems_(problems) {}

  /// In whatever order they stand.
  void nest(Variables& variables) {
    for (auto& [name, variable] : variables) settle(name, variable, variables);
    secrets.clear();  // none of them stands in the message by that
  }

  /// `free`: a text of the message, where secrets may stand. What "dkim" has below "headers" are names, and are quoted.
  Node node(const Node& from, const Variables& variables, bool free, bool names = false) {
    Node made = from;
    if (!take(from)) return made;
    if (made.kind == Node::Kind::scalar) made.text = text(from, variables, free);
    for (auto& item : made.items) item = node(item, variables, free, names);
    for (auto& member : made.members)
      member.value = node(member.value, variables, free || (!names && holds_text(member.key)),
                          !free && (names || member.key == "dkim"));
    return made;
  }

  Node probes(const Node& list, const Variables& variables) {
    if (list.kind != Node::Kind::list) return node(list, variables, false);
    Node made = list;
    made.items.clear();
    for (const auto& probe : list.items) add_combinations(probe, variables, made.items);
    return made;
  }

  std::vector<std::string> variations;
  std::vector<bool> with_secret;
  std::vector<SecretUse> secrets;
  std::vector<std::string> used;

 private:
  /// Those that it names first. What has a secret in it is one.
  void settle(const std::string& name, Variable& variable, Variables& variables) {
    if (!variable.open || !enter(name, *variable.open)) return;
    std::size_t depth = 1;
    for (const auto& other : names_in(variable.value)) {
      const auto found = variables.find(other);
      if (found == variables.end()) continue;
      settle(other, found->second, variables);
      variable.secret = variable.secret || found->second.secret;
      depth = std::max(depth, depths_[other] + 1);
    }
    chain_.pop_back();
    depths_[name] = depth <= max_nested_variables ? depth : 0;
    if (depth > max_nested_variables) tell_depth(*variable.open);
    Node from;
    from.kind = Node::Kind::scalar;
    from.text = std::move(variable.value);
    from.line = variable.open->line;
    from.column = variable.open->column;
    variable.value = take(from) ? text(from, variables, true) : std::string();
    variable.open.reset();
  }

  /// Whether it has neither itself in it nor too many, one in another.
  bool enter(const std::string& name, Place at) {
    const auto before = std::ranges::find(chain_, name);
    if (before == chain_.end() && chain_.size() < max_nested_variables) {
      chain_.push_back(name);
      return true;
    }
    std::string way;
    for (auto each = before; each != chain_.end(); ++each) way += *each + " -> ";
    if (before == chain_.end())
      tell_depth(at);
    else
      problems_.add(at, in_quotes(name) + " has itself in it: " + way + name);
    return false;
  }

  void tell_depth(Place at) {
    problems_.add(at, "variables stand in each other's values more than " + std::to_string(max_nested_variables) +
                          " deep: put some of them together");
  }

  static bool holds_text(std::string_view key) { return key == "body" || key == "subject" || key == "headers"; }

  bool take(const Node& from) {
    bytes_ += from.text.size();
    if (++nodes_ <= max_expanded_nodes && bytes_ <= max_expanded_bytes) return true;
    if (!told_) problems_.add(place_of(from), "this makes too much: fewer combinations, or smaller values");
    told_ = true;
    return false;
  }

  std::string text(const Node& from, const Variables& variables, bool free) {
    std::string out;
    std::string_view rest = from.text;
    for (auto at = rest.find("${"); at != std::string_view::npos; at = rest.find("${")) {
      const bool literal = at > 0 && rest[at - 1] == '$';  // $${ is ${
      const auto end = literal ? std::string_view::npos : rest.find('}', at);
      if (!literal && end == std::string_view::npos) {
        problems_.add(place_of(from), "\"${\" has no \"}\": write ${name}, or $${ for the characters themselves");
        return from.text;
      }
      out += rest.substr(0, literal ? at - 1 : at);
      if (literal)
        out += "${";
      else
        out += value(std::string(rest.substr(at + 2, end - at - 2)), from, variables, free);
      rest.remove_prefix(literal ? at + 2 : end + 1);
      if (out.size() > max_value_bytes) {
        problems_.add(place_of(from), "this value is larger than 1 MB with its variables put in");
        return {};
      }
    }
    bytes_ += out.size();
    return out.append(rest);
  }

  std::string value(const std::string& name, const Node& from, const Variables& variables, bool free) {
    const auto found = variables.find(name);
    if (found == variables.end()) {
      const auto names = names_of(variables);
      auto hint = did_you_mean(name, names);
      if (hint.empty()) hint = names.empty() ? ": none is defined" : ": defined are " + any_of(names);
      problems_.add(place_of(from), "there is no variable " + in_quotes(name) + hint);
      return {};
    }
    if (found->second.secret && !free) {
      problems_.add(place_of(from), in_quotes(name) + " is a secret: it may stand in body, subject and headers only, " +
                                        "which no message of ours quotes");
      return {};
    }
    secret_ = secret_ || found->second.secret;
    if (found->second.secret && std::ranges::find(secrets, name, &SecretUse::name) == secrets.end())
      secrets.push_back({.name = name, .at = place_of(from)});
    if (std::ranges::find(used, name) == used.end()) used.push_back(name);
    return found->second.value;
  }

  void add_combinations(const Node& probe, const Variables& variables, std::vector<Node>& into) {
    const auto matrix = std::ranges::find(probe.members, "matrix", &Node::Member::key);
    if (matrix == probe.members.end()) {
      into.push_back(whole_probe(probe, variables));
      variations.emplace_back();
      return;
    }
    const auto values = values_of(matrix->value, variables);
    std::size_t count = 1;
    for (const auto& [name, list] : values) count *= std::max<std::size_t>(list.size(), 1);
    if (count > max_combinations) {
      problems_.add(place_of(*matrix), "the matrix has " + std::to_string(count) +
                                           " combinations: " + std::to_string(max_combinations) + " are the most");
      return;
    }
    for (std::size_t i = 0; i < count; ++i) into.push_back(combined(probe, combination(values, i), variables));
  }

  Node whole_probe(const Node& probe, const Variables& variables) {
    secret_ = false;
    auto made = node(probe, variables, false);
    with_secret.push_back(secret_);
    return made;
  }

  /// Bounded before anything is multiplied.
  Values values_of(const Node& matrix, const Variables& variables) {
    Values values;
    if (matrix.kind != Node::Kind::map)
      problems_.add(place_of(matrix),
                    "\"matrix\" is to be a map of names with lists of values, not " + kind_of(matrix));
    for (const auto& [name, line, column, list] : matrix.members) {
      const Place at{.line = line, .column = column};
      if (!good_name(name)) problems_.add(at, in_quotes(name) + " is no name: letters, digits, - and _ make one");
      if (variables.contains(name)) problems_.add(at, in_quotes(name) + " is a variable already: another name");
      std::vector<std::string> texts;
      for (const auto& item : list.items)
        if (item.kind == Node::Kind::scalar) texts.push_back(text(item, variables, false));
      if (texts.empty() || texts.size() != list.items.size() || texts.size() > max_combinations) {
        problems_.add(at, in_quotes(name) + " is to be a list of 1 to " + std::to_string(max_combinations) +
                              " single values: write [a, b]");
        continue;
      }
      if (values.size() < max_dimensions)
        values.emplace_back(name, std::move(texts));
      else
        problems_.add(at, "a matrix has at most " + std::to_string(max_dimensions) + " names");
    }
    return values;
  }

  static Combination combination(const Values& values, std::size_t index) {
    Combination chosen;
    for (auto each = values.rbegin(); each != values.rend(); ++each) {
      chosen.emplace_back(each->first, each->second[index % each->second.size()]);
      index /= each->second.size();
    }
    std::ranges::reverse(chosen);
    return chosen;
  }

  Node combined(const Node& probe, const Combination& chosen, Variables variables) {
    std::string suffix, variation;
    for (const auto& [name, value] : chosen) {
      variables[name] = {.value = value, .secret = false};
      suffix += "/" + value;
      variation += (variation.empty() ? "" : " ") + name + "=" + value;
    }
    const auto own = std::ranges::find(probe.members, "name", &Node::Member::key);
    const bool named = own != probe.members.end() && own->value.text.contains("${");
    auto made = whole_probe(probe, variables);
    const auto name = std::ranges::find(made.members, "name", &Node::Member::key);
    if (name != made.members.end() && !named) name->value.text += suffix;
    variations.push_back(std::move(variation));
    return made;
  }

  static constexpr std::size_t max_dimensions = 6;

  std::vector<std::string> chain_;             // of variables, each of which has the next one in it
  std::map<std::string, std::size_t> depths_;  // 1: it has no other in it
  yaml::Problems& problems_;
  std::size_t nodes_ = 0, bytes_ = 0;
  bool told_ = false, secret_ = false;
};

}  // namespace

bool good_name(std::string_view text) {
  const auto good = [](char c) { return is_alpha(c) || is_digit(c) || c == '-' || c == '_'; };
  return !text.empty() && text.size() <= 60 && std::ranges::all_of(text, good);
}

Expanded expand(const Node& root, Variables& variables, yaml::Problems& problems) {
  Expander expander(problems);
  expander.nest(variables);
  Node made = root;
  for (auto& member : made.members) {
    if (member.key == "variables") continue;
    member.value = member.key == "probes" ? expander.probes(member.value, variables)
                                          : expander.node(member.value, variables, false);
  }
  return {.root = std::move(made),
          .variations = std::move(expander.variations),
          .with_secret = std::move(expander.with_secret),
          .secrets = std::move(expander.secrets),
          .used = std::move(expander.used)};
}

}  // namespace mailprobe::scenarios
