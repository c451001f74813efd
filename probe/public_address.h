// Whether an address is one of the Internet, as opposed to a private, link-local or otherwise special one. A table;
// looks nothing up. RFC 6890 and its registries.
#pragma once

#include "base/ip.h"

namespace mailprobe::probe {

/// False for loopback, too.
bool is_public(const IpAddress& address);

}  // namespace mailprobe::probe
