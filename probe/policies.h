// What the target publishes about its mail: the SPF, DMARC and TLSRPT records, as found. Judging them is
// evidence/assess. RFC 7208 §4.5, RFC 8460 §3, RFC 9989 §4.10 (tree walk).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "dns/resolver.h"

namespace mailprobe::probe {

/// "spf", "dmarc", "tlsrpt": the record; null where there is none; no entry where the look-up failed. Several SPF
/// records are joined by LF (a permanent error, RFC 7208 §4.5). DOMAIN._report._dmarc.HOST: the agreement of a host
/// elsewhere that reports are to go to (RFC 9990 §3.5), likewise.
Task<std::map<std::string, std::optional<std::string>>> look_up_policies(std::string domain, dns::Resolver& resolver);

}  // namespace mailprobe::probe
