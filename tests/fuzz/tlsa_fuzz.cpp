// TLSA records: what is read prints to text and wire of the same record.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "tls/tlsa.h"

using namespace mailprobe;
using namespace mailprobe::tls;

namespace {

void check(bool holds) {
  if (!holds) std::abort();
}

void round_trip(const Tlsa& record) {
  const auto wire = tlsa_from_wire(tlsa_to_wire(record));
  check(wire && *wire == record);
  const auto text = tlsa_from_text(record.text());
  check(text && *text == record);
  const auto verdict = usable_for_smtp(record);
  check(verdict || !verdict.error().message.empty());
  if (verdict) check(record.usage == 2 || record.usage == 3);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  if (const auto record = tlsa_from_wire(bytes)) round_trip(*record);
  if (const auto record = tlsa_from_text(bytes)) round_trip(*record);
  return 0;
}
