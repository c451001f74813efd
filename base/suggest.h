// "Did you mean …": the nearest of what there is. Text only.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace mailprobe {

/// The candidate with the fewest edits, where these are few for the word's length.
std::optional<std::string> nearest(std::string_view word, std::span<const std::string> candidates);
/// ": did you mean "send"?", or nothing.
std::string did_you_mean(std::string_view word, std::span<const std::string> candidates);
/// What the user wrote, as it is shown to them: escaped, cut, in quotes.
std::string in_quotes(std::string_view text);
/// "a, b or c".
std::string any_of(std::span<const std::string> words);

}  // namespace mailprobe
