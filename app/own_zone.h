// The records that an identity needs in its DNS, as lines of a master file to paste. Pure. RFC 1035 §5, RFC 7208,
// RFC 6376 §3.6.1, RFC 9989.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/ip.h"

namespace mailprobe::app {

struct OwnZone {
  std::string domain, helo;
  std::vector<IpAddress> ips;                       // of this host; none is known: a place to fill in
  std::map<std::string, std::string> dkim_records;  // selector → record
};

std::string zone_text(const OwnZone& zone);
/// What makes our own DNS a witness, to publish afterwards and in this order: the delegation, then SPF that leads
/// there. Before the DNS answers SPF would fail for everybody (RFC 7208 §2.6.6).
std::string witness_text(const OwnZone& zone);

/// What the suite "enforcement" needs: names that are to fail (evidence/negative_names.h), and a revoked key.
std::string negative_text(const OwnZone& zone);

/// A TXT record's data: strings of at most 255 octets in quotes, each on a line of its own where there are several.
std::string txt_data(const std::string& text);

}  // namespace mailprobe::app
