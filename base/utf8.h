// One UTF-8 sequence at a time (RFC 3629): what escaping and IDN both need.
#pragma once

#include <cstddef>
#include <string_view>

namespace mailprobe {

struct CodePoint {
  char32_t value = 0;
  std::size_t length = 0;  // 0: not UTF-8 at this place
};

/// The sequence at the start of `text`: shortest form only, no surrogates.
CodePoint next_code_point(std::string_view text);

}  // namespace mailprobe
