// SMTP replies: line by line into a reply or an error; printed and parsed again it is the same.
#include <cstdint>
#include <cstdlib>

#include "base/text.h"
#include "smtp/capabilities.h"
#include "smtp/reply.h"
#include "smtp/reply_causes.h"

namespace {

using namespace mailprobe;

void check(bool holds) {
  if (!holds) std::abort();
}

/// nullopt: not whole.
std::optional<smtp::Reply> parse(std::string_view text) {
  smtp::ReplyParser parser;
  for (auto line : split(text, '\n')) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    const auto whole = parser.feed(line);
    if (!whole) return std::nullopt;
    if (*whole) return parser.take();
  }
  return std::nullopt;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto reply = parse({reinterpret_cast<const char*>(data), size});
  if (!reply) return 0;
  check(reply->code >= 200 && reply->code <= 599);
  check(reply->text.size() <= size);
  if (reply->code >= 400) (void)smtp::cause_of(*reply);
  const smtp::Capabilities capabilities(*reply);
  (void)capabilities.size_limit();
  (void)capabilities.auth_mechanisms();
  const auto again = parse(smtp::format(*reply));
  check(again.has_value());
  check(smtp::format(*again) == smtp::format(*reply));
  return 0;
}
