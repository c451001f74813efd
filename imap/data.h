// The untagged data that finding a message needs, out of values: for imap/response.cpp alone. Pure. RFC 9051 §7.
#pragma once

#include <optional>

#include "imap/response.h"
#include "imap/value.h"

namespace mailprobe::imap {

/// 32 bits, decimal (RFC 9051 §9, number).
std::optional<std::uint32_t> number32(std::string_view text);

std::vector<std::string> names_of(const std::vector<Value>& values);
Result<Response> list_data(std::vector<Value> values);
Result<Response> status_data(std::vector<Value> values);
Result<Response> search_data(const std::vector<Value>& values);
Result<Response> esearch_data(const std::vector<Value>& values);
Result<Response> fetch_data(std::uint32_t number, std::vector<Value> values);

}  // namespace mailprobe::imap
