// The AUTH exchange (RFC 4954 §4) over a connection that is encrypted and verified already. Chooses the mechanism.
#pragma once

#include "sasl/credentials.h"
#include "smtp/capabilities.h"
#include "smtp/connection.h"

namespace mailprobe::smtp {

/// The reply that ended it: 235, or the refusal. An error: the mechanism or the server broke off.
Task<Result<Reply>> authenticate(Connection& connection, Capabilities capabilities, sasl::Credentials credentials,
                                 int seconds);

}  // namespace mailprobe::smtp
