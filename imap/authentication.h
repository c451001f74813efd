// The login over a connection that is encrypted and verified already: SASL (RFC 9051 §6.2.2, RFC 4959) or LOGIN.
// Chooses the way; tries no second one, since servers count failures.
#pragma once

#include "imap/capabilities.h"
#include "imap/connection.h"
#include "sasl/credentials.h"

namespace mailprobe::imap {

/// Failure::refused with the server's words where it said no; Failure::connection where it says that this is temporary.
Task<Result<void>> log_in(Connection& connection, Capabilities capabilities, sasl::Credentials credentials);

}  // namespace mailprobe::imap
