#include "lab/imap_set.h"

#include <algorithm>

#include "base/text.h"
#include "lab/imap_limits.h"

namespace mailprobe::lab {

namespace {

std::optional<std::uint32_t> seq_number(std::string_view text) {
  if (text == "*") return 0;
  return nz_number(text);
}

}  // namespace

std::optional<std::uint32_t> nz_number(std::string_view text) {
  const auto number = parse_number(text);
  if (!number || *number == 0 || *number > 0xffff'ffffULL) return std::nullopt;
  return static_cast<std::uint32_t>(*number);
}

// sequence-set = (seq-number / seq-range) *("," sequence-set)                                            (RFC 3501 §9)
std::optional<NumberSet> NumberSet::parse(std::string_view text) {
  NumberSet set;
  for (const auto part : split(text, ',')) {
    const auto colon = part.find(':');
    const auto first = seq_number(part.substr(0, colon));
    const auto last = colon == std::string_view::npos ? first : seq_number(part.substr(colon + 1));
    if (!first || !last || set.ranges_.size() == max_imap_ranges) return std::nullopt;
    set.ranges_.emplace_back(*first, *last);
  }
  return set;
}

/// "Order doesn't matter": 4:2 is 2:4, and 100:* holds the last message however few there are (RFC 3501 §9).
bool NumberSet::contains(std::uint32_t number, std::uint32_t largest) const {
  return std::ranges::any_of(ranges_, [&](const auto& range) {
    const auto first = range.first ? range.first : largest;
    const auto last = range.second ? range.second : largest;
    const auto [low, high] = std::minmax(first, last);
    return low <= number && number <= high;
  });
}

}  // namespace mailprobe::lab
