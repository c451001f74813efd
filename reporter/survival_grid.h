// Which signatures of many messages survived the way, as a table: a row a message, a column a signature, in each cell
// that it survived, or what broke it. Of runs of scenarios with several signed messages. Pure. RFC 6376 §6.1.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "evidence/assess.h"

namespace mailprobe::reporter {

enum class Survival { survived, broken, gone, unknown };

struct SurvivalCell {
  Survival what = Survival::unknown;
  std::string text;  // "survived", "A footer was appended"
};

struct SurvivalRow {
  std::size_t index = 0;  // the probe's place in the document
  std::string probe;
  std::vector<SurvivalCell> cells;  // one a signature
};

/// Signatures of one name that too few messages have to make a column.
struct SurvivalRest {
  std::string name;
  std::size_t messages = 0, survived = 0;
};

struct SurvivalGrid {
  std::vector<std::string> signatures;  // "r1 rsa-sha256 relaxed/relaxed"
  std::vector<SurvivalRow> rows;
  std::vector<SurvivalRest> rest;
  std::size_t unnamed = 0;  // removed, and by the evidence alone nobody knows which
};

/// Signatures that most of the messages have; those that only one has are none of the table's. nullopt: there is
/// nothing to compare. `raw` reads what was sent; without it what was removed is known by the findings.
std::optional<SurvivalGrid> survival_grid(const evidence::Document& document, const evidence::RawReader& raw);

/// "83 of 84 signatures survived the way."
std::string survival_sentence(const SurvivalGrid& grid);
/// "Not in the table: probe ed25519-sha256 relaxed/relaxed, on 5 messages, of which 5 survived." What was removed
/// without a name, too; or empty.
std::string survival_rest(const SurvivalGrid& grid);

}  // namespace mailprobe::reporter
