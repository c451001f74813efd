// What the lab's servers look things up with: what is the probe's over the wire, so that its DNS sees who asked; all
// else out of the zones in memory.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "dns/resolver.h"

namespace mailprobe::lab {

/// `wire` for `domains` and what is below them, `memory` for the rest.
std::unique_ptr<dns::Resolver> probe_resolver(std::vector<std::string> domains, std::unique_ptr<dns::Resolver> wire,
                                              std::unique_ptr<dns::Resolver> memory);

}  // namespace mailprobe::lab
