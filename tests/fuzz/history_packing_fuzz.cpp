// Evidence out of a history: whatever the bytes are, exactly as many come out as were said, or it is damaged.
#include <cstdlib>

#include "history/packing.h"

namespace {

void check(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const std::string text(bytes);
  check(mailprobe::history::unpacked(mailprobe::history::packed(text), text.size()).value_or("") == text);
  if (size < 2) return 0;
  const std::size_t said = data[0] * 256UL + data[1];
  const auto out = mailprobe::history::unpacked(bytes.substr(2), said);
  check(!out || out->size() == said);
  return 0;
}
