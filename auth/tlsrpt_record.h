// A TLS Reporting record as published at _smtp._tls: where reports about failed TLS are wanted. Pure; sends none.
// RFC 8460 §3.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace mailprobe::auth {

struct TlsrptRecord {
  std::vector<std::vector<std::string>> rua;  // field by field: the URIs of each
};

/// Whether a TXT record there is one of TLSRPT. Exactly one must be.
bool is_tlsrpt_record(std::string_view text);

/// The error says in words why it is not valid.
Result<TlsrptRecord> parse_tlsrpt_record(std::string_view text);

}  // namespace mailprobe::auth
