#include "base/come_back.h"

#include "base/text.h"

namespace mailprobe {

namespace {

using std::chrono::seconds;

constexpr unsigned long long most_asked = 24 * 60 * 60;  // seconds; more is no honest wish

/// What `unit` ("minutes", "s", "hour.") counts in.
std::optional<seconds> unit_of(std::string_view unit) {
  const auto letters = unit.substr(0, std::min(unit.size(), unit.find_first_of(".,;)")));
  if (iequals(letters, "s") || istarts_with(unit, "sec")) return seconds(1);
  if (iequals(letters, "m") || istarts_with(unit, "min")) return std::chrono::minutes(1);
  if (iequals(letters, "h") || istarts_with(unit, "hour") || istarts_with(unit, "hr")) return std::chrono::hours(1);
  return std::nullopt;
}

std::optional<seconds> within_bounds(unsigned long long total) {
  if (total == 0 || total > most_asked) return std::nullopt;
  return seconds(static_cast<seconds::rep>(total));
}

/// "00:04:59": hours, minutes and seconds, or the last two.
std::optional<seconds> clock_at(std::string_view word) {
  unsigned long long total = 0;
  for (const auto part : split(word, ':')) {
    const auto number = parse_number(part.substr(0, std::min(part.size(), part.find_first_not_of("0123456789"))));
    if (!number || *number > most_asked) return std::nullopt;
    total = total * 60 + *number;
  }
  return within_bounds(total);
}

/// "5 minutes", "300s", "00:04:59".
std::optional<seconds> duration_at(std::string_view word, std::string_view next) {
  const auto digits = std::min(word.size(), word.find_first_not_of("0123456789"));
  if (word.substr(digits).starts_with(':')) return clock_at(word);
  const auto count = parse_number(word.substr(0, digits));
  const auto unit = unit_of(digits < word.size() ? word.substr(digits) : next);
  if (!count || !unit || *count > most_asked) return std::nullopt;
  return within_bounds(*count * static_cast<unsigned long long>(unit->count()));
}

}  // namespace

std::optional<seconds> come_back_in(std::string_view reply_text) {
  const auto words = split(reply_text, ' ');
  for (std::size_t i = 0; i + 1 < words.size(); ++i) {
    if (!iequals(words[i], "in") && !iequals(words[i], "after") && !iequals(words[i], "for")) continue;
    const auto next = i + 2 < words.size() ? words[i + 2] : std::string_view{};
    if (const auto found = duration_at(words[i + 1], next)) return found;
  }
  return std::nullopt;
}

}  // namespace mailprobe
