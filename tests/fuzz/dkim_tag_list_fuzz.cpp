// DKIM-Signature fields: print → parse → print, and what the parsed field promises.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "auth/dkim_signature.h"
#include "auth/tag_list.h"

using namespace mailprobe::auth;

namespace {

void check(bool holds) {
  if (!holds) std::abort();
}

std::string printed(const TagList& list) {
  std::string out;
  for (const auto& [name, value] : list.tags()) out += name + "=" + value + ";";
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  if (const auto list = TagList::parse(text)) {
    const auto once = printed(*list);
    if (const auto again = TagList::parse(once)) check(printed(*again) == once);
  }
  DkimSignature read;
  const auto signature = parse_dkim_signature(text, read);
  if (!signature) return 0;
  check(!signature->domain.empty() && !signature->selector.empty() && !signature->signature.empty());
  check(std::ranges::find(signature->headers, "from") != signature->headers.end());
  check(signature->identity_domain.ends_with(signature->domain));
  return 0;
}
