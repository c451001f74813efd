// Values that are not to be shown, wherever somebody quotes them: *** in their place, and in that of what base64 and
// quoted-printable make of them (RFC 2045 §6, RFC 2047 §4). Not for bytes that must stay what they are.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/secret.h"

namespace mailprobe {

class Hidden {
 public:
  static constexpr std::size_t least = 4;       // a shorter value is part of too many words
  static constexpr std::size_t least_line = 8;  // of one with several lines, each of which may be quoted alone

  void add(std::string_view secret);
  void add(const Hidden& others);
  [[nodiscard]] bool empty() const { return forms_.empty(); }
  /// `text` with *** for what is hidden, the longest first.
  [[nodiscard]] std::string masked(std::string_view text) const;

 private:
  void add_forms(std::string_view value);
  void put_in_order();

  std::vector<Secret> forms_;  // by what they begin with, the longest of those first; each once
};

}  // namespace mailprobe
