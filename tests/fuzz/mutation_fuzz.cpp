// Mutation analysis of two messages, the input cut in two at the first NUL: ranges lie within, diffs are capped, equal
// messages have none, and a changed body has at least one.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "auth/header_block.h"
#include "auth/limits.h"
#include "auth/mutation.h"

using namespace mailprobe::auth;

namespace {

void check(bool holds) {
  if (!holds) std::abort();
}

void check_range(const std::optional<ByteRange>& range, std::string_view message) {
  if (!range) return;
  check(range->first >= 0 && range->first <= range->second);
  check(static_cast<std::size_t>(range->second) <= message.size());
}

void check_diff(std::string_view diff) {
  check(diff.size() <= limits::diff_bytes);
  for (std::size_t at = 0; at < diff.size(); at = diff.find('\n', at) + 1) {
    check(diff[at] == '-' || diff[at] == '+' || diff[at] == ' ');
    if (diff.find('\n', at) == std::string_view::npos) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const auto cut = input.find('\0');
  const auto sent = input.substr(0, cut);
  const auto received = cut == std::string_view::npos ? std::string_view() : input.substr(cut + 1);
  bool body = false;
  for (const auto& mutation : find_mutations(sent, received)) {
    check(!mutation.kind.empty() && !mutation.part.empty());
    check_range(mutation.sent, sent);
    check_range(mutation.received, received);
    check_diff(mutation.diff);
    body |= mutation.part == "body" && !mutation.kind.starts_with("header");  // a field may have that name
  }
  check(body == (split_message(sent).body != split_message(received).body));
  check(find_mutations(sent, sent).empty());
  Dkim first;
  first.index = 1;
  for (const auto& mutation : find_mutations(sent, received, first)) check_range(mutation.received, received);
  return 0;
}
