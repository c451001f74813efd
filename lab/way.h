// Where mail of the lab's targets goes, and what it asks for on the way: the host of a domain, and the policy that DANE
// and MTA-STS make of it. Sends nothing (lab/responder.h does). RFC 5321 §5.1, RFC 7672 §2.2, RFC 8461 §4.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/address.h"
#include "base/ip.h"
#include "base/vocabulary.h"
#include "lab/world.h"
#include "tls/tlsa.h"

namespace mailprobe::lab {

struct Way {
  std::string host;
  IpAddress address;
  std::uint16_t port = 0;
  TlsFloor floor = TlsFloor::may;
  std::vector<tls::Tlsa> tlsa;  // that the server has to match; empty: none
};

/// To the best MX of the domain, whatever anybody publishes. nullopt: nothing leads there.
Task<std::optional<Way>> careless_way(const Path& to, World& world);

/// The same with a resolver that validates, under DANE or else MTA-STS, and over TLS in any case. nullopt: nothing
/// leads there that may be used.
Task<std::optional<Way>> obedient_way(const Path& to, World& world);

}  // namespace mailprobe::lab
