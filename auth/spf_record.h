// An SPF record as data (RFC 7208 §4.6, §5, §6). Pure: syntax only; auth/spf.h evaluates.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "auth/results.h"
#include "base/error.h"
#include "base/ip.h"

namespace mailprobe::auth {

enum class SpfMechanism { all, include, a, mx, ptr, ip4, ip6, exists };

struct SpfTerm {
  SpfMechanism mechanism = SpfMechanism::all;
  SpfOutcome qualifier = SpfOutcome::pass;  // + - ~ ?
  std::string domain_spec;                  // with macros; empty: the current domain
  IpAddress network;                        // ip4, ip6
  unsigned prefix4 = 32, prefix6 = 128;
  std::string text;  // as written, without the qualifier
};

struct SpfRecord {
  std::vector<SpfTerm> terms;
  std::optional<std::string> redirect, explanation;  // domain-specs
};

/// "v=spf1" alone or followed by a space: what makes a TXT record one of SPF (RFC 7208 §4.5).
bool is_spf(std::string_view text);
Result<SpfRecord> parse_spf(std::string_view text);

}  // namespace mailprobe::auth
