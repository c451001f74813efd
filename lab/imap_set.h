// A sequence set: "1:5,7,10:*". Pure. RFC 3501 §9.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace mailprobe::lab {

class NumberSet {
 public:
  /// nullopt: malformed, or more ranges than the limit.
  static std::optional<NumberSet> parse(std::string_view text);
  /// `largest` is what "*" stands for.
  [[nodiscard]] bool contains(std::uint32_t number, std::uint32_t largest) const;

 private:
  std::vector<std::pair<std::uint32_t, std::uint32_t>> ranges_;  // 0 is "*"
};

/// nz-number: 32 bits, not zero.
std::optional<std::uint32_t> nz_number(std::string_view text);

}  // namespace mailprobe::lab
