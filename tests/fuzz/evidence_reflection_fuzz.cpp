// A reflector's answer read back: whatever comes, it is a reflection within its bounds or an error in printable words.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "evidence/json.h"
#include "evidence/reflection.h"

using namespace mailprobe;

namespace {

void check(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view raw(reinterpret_cast<const char*>(data), size);
  const auto read = evidence::read_reflection(raw);
  if (!read) {
    check(!read.error().message.empty());
    for (const char c : read.error().message) check(static_cast<unsigned char>(c) >= 0x20 && c != 0x7f);
    return 0;
  }
  check(read->schema == evidence::reflection_schema);
  check(read->headers.size() <= evidence::max_reflected_headers);
  check(evidence::reflection_from_json(evidence::to_json(*read)).has_value());
  return 0;
}
