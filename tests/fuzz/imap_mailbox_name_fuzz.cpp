// Modified UTF-7: what comes from the wire goes back to it unchanged, and the other way round.
#include <cstdint>
#include <cstdlib>

#include "imap/mailbox_name.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mailprobe::imap;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto utf8 = from_modified_utf7(text); utf8 && to_modified_utf7(*utf8) != text) std::abort();
  const auto wire = to_modified_utf7(text);
  if (wire && from_modified_utf7(*wire) != text) std::abort();
  return 0;
}
