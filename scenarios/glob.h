// "*" is any characters, "?" is one: what `matches` matches by. No regular expressions, whose cost has no bound.
#pragma once

#include <string_view>

#include "base/text.h"

namespace mailprobe::scenarios {

/// The whole text, without regard to ASCII case. The product of the lengths at most.
inline bool glob_matches(std::string_view text, std::string_view pattern) {
  std::size_t t = 0, p = 0, star = std::string_view::npos, mark = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      mark = t;
    } else if (p < pattern.size() && (pattern[p] == '?' || lower(pattern[p]) == lower(text[t]))) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++mark;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

}  // namespace mailprobe::scenarios
