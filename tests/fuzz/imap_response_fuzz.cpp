// IMAP framing and grammar: whatever a server sends ends in values or an error, within bounds.
#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "imap/limits.h"
#include "imap/response.h"
#include "tests/imap/frames.h"

namespace {

using namespace mailprobe;

void check(bool holds) {
  if (!holds) std::abort();
}

/// No value is larger than what it was made of.
struct Bounds {
  std::size_t frame;
  void operator()(const imap::Status& status) const {
    check(status.tag.size() + status.code.size() + status.argument.size() + status.text.size() <= frame);
  }
  void operator()(const imap::ListData& data) const { check(data.name.size() <= frame); }
  void operator()(const imap::SearchData& data) const {
    check(data.numbers.size() <= std::max(imap::max_numbers, imap::max_values));
  }
  void operator()(const imap::FetchData& data) const {
    check(data.body.value_or("").size() + data.fields.value_or("").size() <= frame);
  }
  void operator()(const auto&) const {}
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto frames = test::frames(text);
  if (!frames) {
    check(!frames.error().message.empty());
    return 0;
  }
  for (const auto& frame : *frames) {
    check(frame.size() <= 2 * text.size());  // a bare LF becomes CRLF
    if (const auto response = imap::parse_response(frame))
      std::visit(Bounds{frame.size()}, *response);
    else
      check(response.error().kind == Failure::protocol && response.error().peer.size() <= 200);
  }
  return 0;
}
