// Base64, base32, hexadecimal, SHA-256 and random bytes, by OpenSSL where it has them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mailprobe {

std::string base64(std::string_view bytes);
/// In lines of 76 characters, each with its CRLF (RFC 2045 §6.8).
std::string base64_lines(std::string_view bytes);
/// White space is skipped; anything else that is not base64 is nullopt.
std::optional<std::string> from_base64(std::string_view text);

/// Lower case, no padding (RFC 4648 §6).
std::string base32(std::string_view bytes);
std::string hex(std::string_view bytes);
std::optional<std::string> from_hex(std::string_view text);

std::string sha256(std::string_view bytes);  // 32 raw bytes
std::string random_bytes(std::size_t count);

}  // namespace mailprobe
