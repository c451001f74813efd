// ${name} in the values of a YAML tree: variables put in, and a probe with a matrix become one for every combination.
// Bounded. Not what the keys mean, but for those whose values may hold secrets: body, subject, headers (not those of
// `dkim`, which names fields).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "yaml/fields.h"

namespace mailprobe::scenarios {

struct Variable {
  std::string value;
  bool secret = false;                   // may stand in the message only, and is never shown
  std::optional<yaml::Place> open = {};  // where it stands, while the others that it names are not put in
};
using Variables = std::map<std::string, Variable>;

constexpr std::size_t max_value_bytes = 1'000'000;      // of one value, with what was put in
constexpr std::size_t max_expanded_bytes = 16'000'000;  // of all of them
constexpr std::size_t max_expanded_nodes = 200'000;
constexpr std::size_t max_nested_variables = 20;  // one within the value of another, and so on

/// Letters, digits, - and _.
bool good_name(std::string_view text);

/// Where the value of a secret was put in.
struct SecretUse {
  std::string name;
  yaml::Place at;
};

struct Expanded {
  yaml::Node root;
  std::vector<std::string> variations;  // of each of `probes`: "charset=utf-8 size=1MB", or empty
  std::vector<bool> with_secret;        // of each of `probes`: whether the value of a secret was put in
  std::vector<SecretUse> secrets;       // each once, where it first stands
  std::vector<std::string> used;        // every variable that was put in
};

/// Everything put in, first into `variables` what they have of each other: what has a secret in it is one. What is
/// wrong is noted, and left as it is.
Expanded expand(const yaml::Node& root, Variables& variables, yaml::Problems& problems);

}  // namespace mailprobe::scenarios
