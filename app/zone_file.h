// A master file (RFC 1035 §5) that answers instead of the DNS: --zone.
#pragma once

#include <memory>
#include <string>

#include "base/error.h"
#include "dns/resolver.h"

namespace mailprobe::app {

/// Failure::usage names the file, and the line where it cannot be read.
Result<std::unique_ptr<dns::Resolver>> resolver_of(const std::string& zone_file);

}  // namespace mailprobe::app
