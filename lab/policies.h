// The MTA-STS policies of the lab's domains as a table, and what is wrong with each. Data only; tls/https_page.h serves
// them, lab/zones.h publishes their ids. RFC 8461.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/ip.h"
#include "base/vocabulary.h"
#include "tls/https_page.h"

namespace mailprobe::lab {

struct DomainPolicy {
  std::string domain;
  StsMode mode = StsMode::enforce;
  std::vector<std::string> mx;
  bool redirected = false;  // to another host, which must not be followed
};

const std::vector<DomainPolicy>& policies();

/// nullptr: the domain has none.
const DomainPolicy* policy_of(std::string_view domain);

/// Each policy host has an address of its own in 127/8.
IpAddress policy_host_address(const DomainPolicy& policy);

/// Changes with the policy.
std::string id_of(const DomainPolicy& policy);

tls::HttpsPage page_of(const DomainPolicy& policy);

}  // namespace mailprobe::lab
