// What the lab's DNS publishes, as master files: the probe's own domain, a zone for each target domain, the names
// behind the addresses. Signs and serves nothing (dns/responder.h does). RFC 1035, 7208, 6376, 9989, 6698, 8461, 8460.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/ip.h"
#include "dns/responder.h"
#include "receiver/trap_zone.h"

namespace mailprobe::lab {

inline constexpr std::string_view probe_domain = "probe.test";
inline constexpr std::string_view weak_domain = "weak-probe.test";  // of keys that nobody is to accept
inline constexpr std::string_view probe_host = "mx.probe.test";
inline constexpr std::string_view imap_host = "imap.lab.test";
inline constexpr std::string_view relay_host = "relay.lab.test";

inline const IpAddress dns_address = IpAddress::v4({127, 53, 0, 1});
inline const IpAddress probe_address = IpAddress::v4({127, 53, 0, 2});
inline const IpAddress relay_address = IpAddress::v4({127, 53, 0, 3});
inline const IpAddress imap_address = IpAddress::v4({127, 53, 0, 4});
/// From which the targets ask for what is the probe's.
inline const IpAddress resolver_address = IpAddress::v4({127, 53, 0, 5});

/// What is known only when keys are made.
struct Keys {
  std::map<std::string, std::string> dkim_records;  // selector → what to publish
  std::string answer_record;                        // DKIM, of target.test
  std::map<std::string, std::string> spki_sha256;   // mail host → digest of the key that it shows
  std::optional<receiver::TrapZone> traps;          // of the probe; none: it has none
  dns::Zone::Made weak_names;                       // of the weak domain; none: there is no such domain
};

/// `many`: generated domains (lab/many.h). `witness`: SPF and a delegated zone of names that only one probe uses. All
/// zones are signed but "test", which only says what does not exist, and those that are there to be without, and the
/// root: nothing is asked of the world outside.
std::vector<dns::ZoneText> zones(const Keys& keys, std::size_t many = 0, bool witness = false);

}  // namespace mailprobe::lab
