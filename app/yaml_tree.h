// A YAML file as a tree with lines, bounded: size, depth, number of nodes; no anchors, aliases, tags or second
// document. Not what the keys mean: that is app/config.h's and its sections'. YAML 1.2, by yaml-cpp's event parser.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"

namespace mailprobe::app {

struct YamlNode {
  enum class Kind { null, scalar, list, map };
  struct Member;

  Kind kind = Kind::null;
  std::string text;  // of a scalar
  int line = 0;      // from 1
  std::vector<YamlNode> items;
  std::vector<Member> members;  // in the order of the file, each key once
};

struct YamlNode::Member {
  std::string key;
  int line = 0;
  YamlNode value;
};

constexpr std::size_t max_yaml_bytes = 256 * 1024;  // a configuration of some hundred lines is long
constexpr std::size_t max_yaml_nodes = 10'000;
constexpr std::size_t max_yaml_depth = 20;

/// An error begins with "NAME:LINE: ".
Result<YamlNode> parse_yaml(std::string_view text, const std::string& name);

}  // namespace mailprobe::app
