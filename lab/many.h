// Generated domains of the lab: d1.many.test, d2.many.test, … in four patterns that take turns, each MX host with a
// name of its own and one server a pattern. For measuring what many inspections cost. Data only.
#pragma once

#include <string>
#include <vector>

#include "base/ip.h"
#include "lab/faults.h"
#include "lab/policies.h"

namespace mailprobe::lab {

inline constexpr std::string_view many_zone = "many.test";

/// A server for each pattern: good, without STARTTLS, TLS 1.2 at most, with an expired certificate.
const std::vector<Host>& pattern_hosts();
IpAddress pattern_address(const Host& pattern);

/// "d7.many.test" is of the third pattern, and so on; the first is 1.
std::string many_domain(std::size_t number);
const Host& pattern_of(std::size_t number);
/// Its MX host: "d7.tls12.many.test". A wildcard certificate covers it.
std::string many_host(std::size_t number);

/// Those of the good pattern publish an MTA-STS policy, which is the same for all, at a host of one address.
bool many_has_policy(std::size_t number);
const DomainPolicy& many_policy();
inline const IpAddress many_policy_address = IpAddress::v4({127, 53, 3, 100});
/// "mta-sts.d1.many.test", "mta-sts.d5.many.test", … as the names of one certificate each.
std::vector<std::vector<std::string>> many_policy_names(std::size_t domains);

}  // namespace mailprobe::lab
