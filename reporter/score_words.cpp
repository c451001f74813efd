#include "reporter/score_words.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "evidence/scores.h"

namespace mailprobe::reporter {

namespace {

using evidence::Score;

struct Known {
  std::string_view profile, title, about;
};

constexpr std::array<Known, 3> known{{
    {.profile = "mecsa",
     .title = "MECSA",
     .about = "Sets of protections by the table of the EU’s My Email Communications Security Assessment, 0 to 10."},
    {.profile = "internet-nl",
     .title = "internet.nl",
     .about = "How much is in place of what internet.nl’s mail test asks for; RPKI is left out."},
    {.profile = "bulk-sender",
     .title = "Rules for senders",
     .about = "What large mailbox providers ask of who sends to them; an answer has to have come to know most of it."},
}};

constexpr double per_cent = 100;  // the maximum of a share

std::string_view tone_of_line(std::string_view line) {
  if (evidence::is_undetermined(line)) return "mute";
  return line.ends_with(": in place") ? "pass" : "warn";
}

/// Nothing that is known gives a point, and what is not known may.
bool without_ground(const Score& score, bool rule) {
  if (score.max <= 0) return true;
  return !rule && score.max != per_cent && score.value <= 0 && !evidence::wholly_known(score);
}

double share(const Score& score) { return score.max > 0 ? std::clamp(score.value / score.max, 0.0, 1.0) : 0.0; }

std::string stars_of(const Score& score) {
  constexpr int all = 5;
  if (score.profile != "mecsa" || score.max <= 0) return {};
  const auto full = static_cast<int>(std::floor(share(score) * all));
  std::string text;
  for (int i = 0; i < all; ++i) text += i < full ? "★" : "☆";
  return text;
}

std::string value_of(const Score& score, bool rule) {
  if (without_ground(score, rule)) return "not determined";
  if (rule) return score.value >= score.max ? "kept" : "not kept";
  const bool partly = !evidence::wholly_known(score);
  if (score.max == per_cent) return fmt::format("{:g} %{}", score.value, partly ? " of what is known" : "");
  const std::string_view prefix = partly && score.value < score.max ? "at least " : "";
  return fmt::format("{}{:g} of {:g}", prefix, score.value, score.max);
}

std::string_view tone_of_score(const Score& score, bool rule) {
  constexpr double good = 0.8, poor = 0.5;
  if (without_ground(score, rule)) return "mute";
  if (share(score) >= (rule ? 1.0 : good)) return "pass";
  return share(score) < poor && evidence::wholly_known(score) ? "fail" : "warn";
}

std::string capital(std::string text) {
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 'a' + 'A');
  return text;
}

ScoreCategory category_of(const Score& score, bool rule) {
  ScoreCategory out{.name = capital(score.category),
                    .value = value_of(score, rule),
                    .stars = stars_of(score),
                    .percent = static_cast<unsigned>(std::lround(share(score) * 100)),
                    .tone = tone_of_score(score, rule),
                    .why = {}};
  out.why.reserve(score.why.size());
  for (const auto& line : score.why) out.why.push_back({line, tone_of_line(line)});
  return out;
}

ScoreProfile profile_of(const std::string& name) {
  const auto found = std::ranges::find(known, name, &Known::profile);
  if (found == known.end()) return {.title = name, .about = {}, .categories = {}};
  return {.title = std::string(found->title),
          .about = std::string(found->about),
          .rules = name == "bulk-sender",
          .categories = {}};
}

}  // namespace

std::vector<ScoreProfile> score_profiles(const evidence::Document& document) {
  std::vector<ScoreProfile> all;
  const std::string* current = nullptr;
  for (const auto& score : document.scores) {
    if (!current || *current != score.profile) all.push_back(profile_of(score.profile));
    current = &score.profile;
    all.back().categories.push_back(category_of(score, all.back().rules));
  }
  return all;
}

}  // namespace mailprobe::reporter
