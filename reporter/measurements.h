// The numbers of a run that monitoring draws curves of. Pure look-ups in the document; absent where unknown.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>

#include "evidence/document.h"

namespace mailprobe::reporter {

/// From the go-ahead for STARTTLS to what came after the handshake, counted from the attempt's start.
std::optional<std::pair<std::int64_t, std::int64_t>> handshake_span(const evidence::Attempt& attempt);
std::optional<std::int64_t> handshake_ms(const evidence::Attempt& attempt);
/// Of the certificate that the server showed, counted from `at`; the first of the chain to expire.
std::optional<std::int64_t> certificate_days(const TlsFacts& tls, Time at);
/// When the first certificate runs out that any address of the target showed, in a session or to the survey.
std::optional<Time> earliest_expiry(const evidence::Document& document);

}  // namespace mailprobe::reporter
