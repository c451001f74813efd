// From which of our addresses a probe went out: each attempt has its own, with several `source_ips` another one each.
// Behind NAT the target saw another one. No look-ups. RFC 7208 §4.1 (the client that SPF judges).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/ip.h"
#include "evidence/document.h"

namespace mailprobe::evidence {

/// Of the last attempt that was connected; of documents that do not say it, the run's.
std::optional<IpAddress> own_address(const Document& document, const Probe& probe);

/// Of all attempts, each once.
std::vector<IpAddress> own_addresses(const Document& document, const Probe& probe);

/// Of nobody in the Internet: what we take for our address is another one outside (RFC 1918, RFC 4193, RFC 3927, RFC
/// 6598).
bool is_behind_nat(const IpAddress& address);

}  // namespace mailprobe::evidence
