// Frames between the program and its resolver's process: what is read is put and read again as the same.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "dns/frames.h"

using namespace mailprobe::dns;

namespace {

void check(bool holds) {
  if (!holds) std::abort();
}

template <class Frame>
std::string content_of(const Frame& frame) {
  std::string out;
  put_frame(out, frame);
  return out.substr(4);
}

void round_trip(std::string_view content) {
  if (const auto question = read_question(content)) check(content_of(*question) == content);
  const auto frame = read_answer(content);
  if (!frame || frame->answer.why.size() > 2'000) return;
  check(content_of(*frame) == content);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  round_trip(bytes);
  Frames in;
  for (std::size_t at = 0; at < size; at += 7) {
    in.add(std::string_view(bytes).substr(at, 7));
    while (const auto content = in.next()) {
      check(content->size() <= max_frame);
      round_trip(*content);
    }
  }
  return 0;
}
