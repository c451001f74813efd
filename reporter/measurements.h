// The numbers of a run that monitoring draws curves of. Pure look-ups in the document; absent where unknown.
#pragma once

#include <cstdint>
#include <optional>

#include "evidence/document.h"

namespace mailprobe::reporter {

/// From the go-ahead for STARTTLS to the first command after the handshake.
std::optional<std::int64_t> handshake_ms(const evidence::Attempt& attempt);
/// Of the certificate that the server showed, counted from `at`; the first of the chain to expire.
std::optional<std::int64_t> certificate_days(const TlsFacts& tls, Time at);

}  // namespace mailprobe::reporter
