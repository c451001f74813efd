// ARC sealing (RFC 8617 §5.1): makes one set of fields. Reads no file and no DNS, and believes the caller that the
// Authentication-Results of that authserv-id are its own (RFC 8601 §5: forged ones are removed on the way in).
#pragma once

#include <string>
#include <string_view>

#include "auth/dkim_sign.h"
#include "auth/results.h"

namespace mailprobe::auth {

/// The three fields, seal first, each with its final CRLF, to be put on top of `message` (CRLF line endings). `chain`
/// is what verify_arc() says of the same message: it becomes cv=. Failure::usage: the chain takes no further set.
Result<std::string> seal_arc(std::string_view message, const Arc& chain, const SigningKey& key,
                             const SignOptions& options, const std::string& authserv_id);

}  // namespace mailprobe::auth
