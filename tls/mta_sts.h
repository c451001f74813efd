// MTA-STS as text: the TXT record, the policy file, which MX a pattern means. Pure and bounded; fetches and keeps
// nothing (tls/https_fetch.h, probe/policy_cache.h do). RFC 8461 §3.1, §3.2, §4.1.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/vocabulary.h"

namespace mailprobe::tls {

/// Whether a TXT record at _mta-sts is one of MTA-STS. Exactly one must be (RFC 8461 §3.1).
bool is_sts_record(std::string_view text);

struct StsRecord {
  std::string id;
};
Result<StsRecord> parse_sts_record(std::string_view text);

struct StsPolicy {
  StsMode mode = StsMode::none;
  std::vector<std::string> mx;  // patterns, lower case: "mx.example.org", "*.example.org"
  std::uint32_t max_age = 0;    // seconds

  bool operator==(const StsPolicy&) const = default;
};
/// The body of https://mta-sts.DOMAIN/.well-known/mta-sts.txt. The error says in words why it is none.
Result<StsPolicy> parse_sts_policy(std::string_view text);
/// A policy file of the same meaning.
std::string print_sts_policy(const StsPolicy& policy);

/// Whether the pattern means the host: "*." is exactly one label. Case, a final dot and the spelling of IDNs do not
/// matter.
bool sts_matches(std::string_view pattern, std::string_view host);
bool sts_lists(const StsPolicy& policy, std::string_view host);

}  // namespace mailprobe::tls
