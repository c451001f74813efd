#include "probe/identifiers.h"

#include <algorithm>

#include "base/encoding.h"

namespace mailprobe::probe {

std::string new_probe_id() { return base32(random_bytes(16)); }

std::string new_run_id(Time started) {
  auto id = rfc3339(std::chrono::floor<std::chrono::seconds>(started));
  std::erase_if(id, [](char c) { return c == '-' || c == ':'; });
  return id + "-" + base32(random_bytes(4)).substr(0, 6);
}

}  // namespace mailprobe::probe
