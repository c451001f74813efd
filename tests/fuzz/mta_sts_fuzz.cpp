// MTA-STS: records, policy files and patterns. A policy prints to a file of the same meaning.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "tls/mta_sts.h"

using namespace mailprobe;
using namespace mailprobe::tls;

namespace {

void check(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  if (const auto record = parse_sts_record(text)) {
    check(is_sts_record(text));
    check(!record->id.empty() && record->id.size() <= 32);
  }
  if (const auto policy = parse_sts_policy(text)) {
    check(!policy->mx.empty() || policy->mode == StsMode::none);
    const auto again = parse_sts_policy(print_sts_policy(*policy));
    check(again && *again == *policy);
    for (const auto& pattern : policy->mx) check(pattern.starts_with("*.") || sts_matches(pattern, pattern));
  }
  const auto line = text.find('\n');
  if (line != std::string::npos) (void)sts_matches(text.substr(0, line), text.substr(line + 1));
  return 0;
}
