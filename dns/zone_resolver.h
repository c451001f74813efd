// A resolver that answers out of a master file (RFC 1035 §5) and asks nobody: `verify --zone`, tests.
#pragma once

#include <memory>
#include <string_view>

#include "base/error.h"
#include "dns/resolver.h"
#include "dns/zone.h"

namespace mailprobe::dns {

/// `text` is the file; an error names the line. CNAMEs and wildcards are followed; answers are `insecure`.
Result<std::unique_ptr<Resolver>> zone_resolver(std::string_view text);

/// One step in one zone, as an answer: for zones whose names are made up. A CNAME is not followed.
Answer answer_from(const Zone& zone, const Labels& name, Type type);

}  // namespace mailprobe::dns
