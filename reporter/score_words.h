// What the scores read like, for the terminal and the page: profiles with their categories, and how each line stands.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "evidence/document.h"

namespace mailprobe::reporter {

struct ScoreLine {
  std::string text;
  std::string_view tone;  // pass, warn, mute
};

struct ScoreCategory {
  std::string name;
  std::string value;      // "8 of 10", "75 %", "kept"; "at least …" where something is not known
  std::string stars;      // "★★★★☆"; empty: the profile has none
  unsigned percent = 0;   // for a bar
  std::string_view tone;  // pass, warn, fail, mute
  std::vector<ScoreLine> why;
};

struct ScoreProfile {
  std::string title, about;
  bool rules = false;  // each category is one rule, kept or not
  std::vector<ScoreCategory> categories;
};

/// In the document's order.
std::vector<ScoreProfile> score_profiles(const evidence::Document& document);

}  // namespace mailprobe::reporter
