// A YAML file as a tree with lines and columns, bounded: size, depth, number of nodes; no anchors, aliases, tags or
// second document. Not what the keys mean: that is for who reads them. YAML 1.2, by yaml-cpp's event parser.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"

namespace mailprobe::yaml {

struct Node {
  enum class Kind { null, scalar, list, map };
  struct Member;

  Kind kind = Kind::null;
  std::string text;          // of a scalar
  int line = 0, column = 0;  // from 1
  std::vector<Node> items;
  std::vector<Member> members;  // in the order of the file, each key once
};

struct Node::Member {
  std::string key;
  int line = 0, column = 0;
  Node value;
};

constexpr std::size_t max_bytes = 256 * 1024;  // a configuration of some hundred lines is long
constexpr std::size_t max_nodes = 10'000;
constexpr std::size_t max_depth = 20;

struct Place {
  int line = 0, column = 0;  // from 1; column 0: not known
  auto operator<=>(const Place&) const = default;
};

/// How much of a place messages name.
enum class Places { lines, columns };
/// "3", or "3:7".
std::string text_of(Place at, Places shown);

/// An error begins with "NAME:LINE: ", or "NAME:LINE:COLUMN: ".
Result<Node> parse(std::string_view text, const std::string& name, Places shown = Places::lines);

}  // namespace mailprobe::yaml
