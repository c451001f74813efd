// Reports as they come, in mails and archives: whatever the bytes are, what unpacks is bounded and what is read says
// whose it is.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "reports/limits.h"
#include "reports/report.h"
#include "reports/unpack.h"

using namespace mailprobe::reports;

namespace {

void check(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto unpacked = unpack(bytes);
  if (unpacked && packing_of(bytes) != Packing::none)
    check(unpacked->size() <= limits::unpacked && packing_of(*unpacked) == Packing::none);
  const auto report = read_report(bytes);
  if (!report) return 0;
  check(!report->id().empty() && report->begin() <= report->end());
  for (const auto& note : report->notes) check(note.find_first_of("\r\n\x1b") == std::string::npos);
  return 0;
}
