// CAA record data off the wire: bounded, and what is without a problem comes back as it went.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "dns/caa.h"

using namespace mailprobe::dns;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string wire(reinterpret_cast<const char*>(data), size);
  const auto record = caa_from_wire(wire);
  if (record.value.size() > size || (record.tag.empty() && !record.problem)) std::abort();
  if (record.problem) return 0;
  const auto again = caa_from_wire(caa_to_wire(record));
  if (again.tag != record.tag || again.value != record.value || again.critical != record.critical) std::abort();
  const auto issuer = caa_issuer(record.value);
  if (issuer && caa_issuer(*issuer) != issuer) std::abort();
  return 0;
}
