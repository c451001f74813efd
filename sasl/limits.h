// Limits of the mechanisms, each with its reason.
#pragma once

#include <cstddef>

namespace mailprobe::sasl {

/// RFC 7677 §4: "SHOULD be at least 4096"; fewer make a captured exchange cheap to guess from.
constexpr unsigned long long least_iterations = 4096;
/// A hostile server must not buy our CPU: about a third of a second.
constexpr unsigned long long most_iterations = 600'000;
/// What a server announces (RFC 7677 §4).
constexpr unsigned long long our_iterations = 4096;
/// A message of a mechanism; the longest honest one is a bearer token.
constexpr std::size_t max_message = 16 * 1024;

}  // namespace mailprobe::sasl
