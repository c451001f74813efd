#include "base/suggest.h"

#include <algorithm>

#include "base/safe_text.h"
#include "base/text.h"

namespace mailprobe {

namespace {

constexpr std::size_t max_shown = 200;  // bytes of what the user wrote
constexpr std::size_t max_word = 60;    // the distance costs the product of the lengths

/// "sned" for "send": swapped letters are one slip, though two edits.
bool same_letters(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::ranges::is_permutation(a, b);
}

std::size_t distance(std::string_view word, std::string_view candidate) {
  // "--out" for "--out-all", "pass" for "password_file": a beginning is near, however long the rest is.
  if (word.size() >= 3 && istarts_with(candidate, word)) return 1;
  if (word.size() >= 4 && same_letters(word, candidate)) return 1;
  return edit_distance(to_lower(word), to_lower(candidate));
}

}  // namespace

std::optional<std::string> nearest(std::string_view word, std::span<const std::string> candidates) {
  if (word.empty() || word.size() > max_word || candidates.empty()) return std::nullopt;
  const auto best = std::ranges::min_element(candidates, {}, [&](const auto& one) { return distance(word, one); });
  const auto edits = distance(word, *best);
  return edits <= std::max<std::size_t>(1, word.size() / 3) ? std::optional(*best) : std::nullopt;
}

std::string did_you_mean(std::string_view word, std::span<const std::string> candidates) {
  const auto near = nearest(word, candidates);
  return near ? ": did you mean \"" + *near + "\"?" : "";
}

std::string in_quotes(std::string_view text) { return "\"" + safe_text(text, max_shown) + "\""; }

std::string any_of(std::span<const std::string> words) {
  std::string out;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) out += i + 1 == words.size() ? " or " : ", ";
    out += words[i];
  }
  return out;
}

}  // namespace mailprobe
