// Which findings are about an address, and whether that is the one which took a probe: what an address is that was
// tried and left for another does not count (docs/architecture.md, Which checks a command expects).
#pragma once

#include "evidence/document.h"

namespace mailprobe::evidence {

/// About a server's address, or a certificate shown there.
bool about_an_address(const Finding& finding);
/// About the address that decided about the probe.
bool about_address_of(const Finding& finding, const Probe& probe);

}  // namespace mailprobe::evidence
