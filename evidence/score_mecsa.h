// The levels of the EU's MECSA for sets of protections, as its engine's table has them. Ours is the highest level of
// all sets in the table that are there whole, so that no protection more makes a level lower (MECSA itself gives 0 to a
// set that its table does not list). For evidence/scores.cpp and its tests.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "evidence/held.h"

namespace mailprobe::evidence {

/// Bit i of a set is the category's protection i.
using ProtectionSet = unsigned;

struct MecsaLevel {
  int level;
  std::string_view protections;  // names, with spaces between them
};

struct MecsaCategory {
  std::string_view name;
  std::vector<std::string_view> protections;
  std::vector<MecsaLevel> levels;
};

/// Confidential delivery, phishing and identity theft, integrity of messages.
const std::vector<MecsaCategory>& mecsa_categories();

/// 0 to 10.
int mecsa_level(const MecsaCategory& category, ProtectionSet set);

std::vector<Score> score_mecsa(const Document& document);

}  // namespace mailprobe::evidence
