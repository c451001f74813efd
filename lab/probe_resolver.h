// What the lab's servers look things up with: what is the probe's over the wire, so that its DNS sees who asked; all
// else out of the zones in memory.
#pragma once

#include <memory>

#include "dns/resolver.h"

namespace mailprobe::lab {

/// `wire` for `domain` and what is below it, `memory` for the rest.
std::unique_ptr<dns::Resolver> probe_resolver(std::string domain, std::unique_ptr<dns::Resolver> wire,
                                              std::unique_ptr<dns::Resolver> memory);

}  // namespace mailprobe::lab
