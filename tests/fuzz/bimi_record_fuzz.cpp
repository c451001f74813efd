// BIMI records: what can be used prints to a record of the same meaning.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "auth/bimi_record.h"

using namespace mailprobe::auth;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto record = parse_bimi_record(text);
  if (!record) return 0;
  if (!is_bimi_record(text)) std::abort();
  const auto again = parse_bimi_record("v=BIMI1; l=" + record->location + "; a=" + record->authority);
  if (!again || again->location != record->location || again->authority != record->authority ||
      again->problems != record->problems)
    std::abort();
  return 0;
}
