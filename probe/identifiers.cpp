#include "probe/identifiers.h"

#include <algorithm>

#include "base/encoding.h"

namespace mailprobe::probe {

std::string new_probe_id() { return base32(random_bytes(16)); }

/// Sorting by name is sorting by time: two letters say which millisecond of the second it was.
std::string new_run_id(Time started) {
  constexpr std::string_view digits = "234567abcdefghijklmnopqrstuvwxyz";  // in the order of their codes
  const auto second = std::chrono::floor<std::chrono::seconds>(started);
  const auto millisecond =
      static_cast<std::size_t>(std::chrono::floor<std::chrono::milliseconds>(started - second).count());
  auto id = rfc3339(second);
  std::erase_if(id, [](char c) { return c == '-' || c == ':'; });
  return id + "-" + digits[millisecond / digits.size()] + digits[millisecond % digits.size()] +
         base32(random_bytes(4)).substr(0, 4);
}

}  // namespace mailprobe::probe
