// A line of `expect` as a tree: "dkim[r1].result == pass", "any(reply exists, p95(latency) < 30s)". Grammar only: which
// paths there are is scenarios/known_paths, what holds scenarios/judge. Pure and bounded.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/words.h"

namespace mailprobe::scenarios {

constexpr std::size_t max_expression_bytes = 8'000, max_expression_depth = 10, max_expression_nodes = 200;

struct Step {
  std::string name;
  std::optional<std::string> key;  // dkim[r1], dkim["r1 simple/simple"]
};
using Path = std::vector<Step>;

/// Over the probes of a run: "p95(latency)", "max(latency, plain)".
struct Aggregate {
  enum class Kind { percentile, min, max };
  Kind kind = Kind::percentile;
  int percent = 50;
  std::optional<std::string> of;  // probes of that name, with all their combinations and repeats
};

enum class Operator { equal, unequal, less, at_most, more, at_least, in, contains, matches, exists };

struct Comparison {
  std::optional<Aggregate> aggregate;
  Path path;
  Operator op = Operator::exists;
  std::vector<std::string> values;  // one; several with `in`; none with `exists`
};

struct Expression {
  enum class Kind { comparison, any, all, negation };
  Kind kind = Kind::comparison;
  Comparison comparison;
  std::vector<Expression> parts;
};

/// Failure::usage: what stands there, and what could stand there.
Result<Expression> parse_expression(std::string_view text);
/// p95(…), min(…) or max(…) stands in it.
bool has_aggregate(const Expression& expression);
/// As parse_expression reads it.
std::string to_text(const Expression& expression);
/// The same line where the probes of its scenario are called "PREFIX:name", beside those of others.
std::string with_prefix(const std::string& line, const std::string& prefix);
std::string to_text(const Path& path);
/// "== pass", "in [a, b]": what is expected, without of what.
std::string expected_text(const Comparison& comparison);

}  // namespace mailprobe::scenarios

namespace mailprobe {

template <>
struct Words<scenarios::Operator> {
  static constexpr std::array table{
      std::pair{scenarios::Operator::equal, std::string_view{"=="}},
      std::pair{scenarios::Operator::unequal, std::string_view{"!="}},
      std::pair{scenarios::Operator::less, std::string_view{"<"}},
      std::pair{scenarios::Operator::at_most, std::string_view{"<="}},
      std::pair{scenarios::Operator::more, std::string_view{">"}},
      std::pair{scenarios::Operator::at_least, std::string_view{">="}},
      std::pair{scenarios::Operator::in, std::string_view{"in"}},
      std::pair{scenarios::Operator::contains, std::string_view{"contains"}},
      std::pair{scenarios::Operator::matches, std::string_view{"matches"}},
      std::pair{scenarios::Operator::exists, std::string_view{"exists"}},
  };
};

}  // namespace mailprobe
