// A resolver that answers out of a master file (RFC 1035 §5) and asks nobody: `verify --zone`, tests.
#pragma once

#include <memory>
#include <string_view>

#include "base/error.h"
#include "dns/resolver.h"

namespace mailprobe::dns {

/// `text` is the file; an error names the line. CNAMEs and wildcards are followed; answers are `insecure`.
Result<std::unique_ptr<Resolver>> zone_resolver(std::string_view text);

}  // namespace mailprobe::dns
