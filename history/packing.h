// Evidence as it lies in a history: deflated by zlib, unpacked to no more than was said. RFC 1950.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/error.h"

namespace mailprobe::history {

std::string packed(std::string_view text);

/// Exactly `size` bytes, which the caller has held against its limit; anything else is damaged.
Result<std::string> unpacked(std::string_view bytes, std::size_t size);

}  // namespace mailprobe::history
