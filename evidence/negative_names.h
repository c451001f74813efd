// The names below a domain of ours from which a suite sends what is to fail, and what is published for each: by `init`,
// by the lab, looked up by `doctor`. RFC 7208, RFC 9989.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mailprobe::evidence {

/// Its record says that the key is revoked (RFC 6376 §3.6.1: an empty p=).
constexpr std::string_view revoked_selector = "revoked", revoked_key = "v=DKIM1; p=";

struct NegativeName {
  std::string label;  // "spf-fail"
  std::string spf;
  std::string dmarc;  // at _dmarc; empty: that of the domain counts
};

std::vector<NegativeName> negative_names(std::string_view domain);

}  // namespace mailprobe::evidence
