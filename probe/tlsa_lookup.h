// The TLSA records of a target's mail hosts: where they are, whether they count, and when no mail may go there. Looks
// up and judges nothing of TLS. RFC 7672 §2.2, RFC 6698 §3.
#pragma once

#include <cstdint>

#include "dns/resolver.h"
#include "evidence/document.h"

namespace mailprobe::probe {

/// Fills in tlsa and tlsa_lookup of every host that has an address, all at once. `port` is that of the service.
Task<void> look_up_tlsa(evidence::Target& target, std::uint16_t port, dns::Resolver& resolver);

}  // namespace mailprobe::probe
