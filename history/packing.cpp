#include "history/packing.h"

#include <zlib.h>

#include <new>

namespace mailprobe::history {

namespace {

constexpr int level = 3;  // evidence shrinks to a tenth; more effort wins a few per cent and costs each run

const Bytef* bytes_of(std::string_view text) { return reinterpret_cast<const Bytef*>(text.data()); }

}  // namespace

std::string packed(std::string_view text) {
  auto length = compressBound(text.size());
  std::string out(length, '\0');
  if (compress2(reinterpret_cast<Bytef*>(out.data()), &length, bytes_of(text), text.size(), level) != Z_OK)
    throw std::bad_alloc();  // nothing else can go wrong with a buffer of that size
  out.resize(length);
  return out;
}

Result<std::string> unpacked(std::string_view bytes, std::size_t size) {
  std::string out(size, '\0');
  uLongf length = size;
  uLong taken = bytes.size();
  const int status = uncompress2(reinterpret_cast<Bytef*>(out.data()), &length, bytes_of(bytes), &taken);
  if (status != Z_OK || length != size || taken != bytes.size())
    return fail(Failure::ours, "the evidence in it is damaged");
  return out;
}

}  // namespace mailprobe::history
