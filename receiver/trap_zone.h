// What the DNS has to say of the traps: lines of a master file to paste, and the zone whose signature is wrong. Looks
// nothing up. RFC 1035 §5, RFC 4035 §5.2, RFC 6698, RFC 8461 §3.1, RFC 8460 §3.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "receiver/folder.h"
#include "receiver/traps.h"

namespace mailprobe::receiver {

struct TrapZone {
  std::string domain;
  std::vector<TrapHost> hosts;
  std::string spki_sha256;               // of the traps' own key
  std::optional<IpAddress> policy_host;  // that serves the MTA-STS policy
  std::optional<std::string> reports;    // address that TLS reports go to
  std::string name_server;               // of the zone that does not validate
};

/// What their records are made of; the traps' own key is made where there is none yet.
Result<TrapZone> trap_zone_of(const Settings& settings, const Folder& folder);

/// For the zone of `domain`, which has to be signed.
std::string trap_records(const TrapZone& zone);
/// Of trap-bogus.DOMAIN, to be served unsigned: its DS above belongs to no key. Empty: that trap is not configured.
std::string bogus_zone(const TrapZone& zone);
/// Where we answer DNS ourselves we serve that zone too: into `dns`. Failure::usage: it is served from a file already,
/// which would be signed.
Result<void> serve_bogus_zone(const TrapZone& zone, DnsSettings& dns);
/// One for both domains that have a policy: it lists their hosts.
std::string trap_policy(std::string_view domain);

}  // namespace mailprobe::receiver
