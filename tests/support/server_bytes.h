// What a TLS server sends first, written by hand: what the parser of tls/server_flight.h is held against. Messages are
// bodies with their header; records() wraps them. RFC 5246 §7.4, RFC 8446 §4.1.3.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mailprobe::test {

std::string number(std::uint64_t value, int bytes);
std::string counted(std::string_view bytes, int length_bytes);
/// "16 03 03" spelt out.
std::string from_hex_words(std::string_view text);

using Extensions = std::vector<std::pair<std::uint16_t, std::string>>;

struct HelloBytes {
  std::uint16_t version = 0x0303, suite = 0xc02f;
  std::uint8_t compression = 0;
  bool retry = false;
  Extensions extensions = {{0xff01, std::string(1, '\0')}, {23, ""}};
};
std::string hello_message(const HelloBytes& hello);
std::string certificate_message(const std::vector<std::string>& der);
std::string status_message(std::string_view ocsp);
/// ServerECDHParams with a signature; `scheme` 0: before TLS 1.2, where there is none.
std::string ecdhe_message(std::uint16_t group, std::uint16_t scheme);
std::string dhe_message(std::size_t bits, std::uint16_t scheme);
std::string done_message();

/// Handshake records of at most `size` bytes.
std::string records(std::string_view messages, std::uint16_t version = 0x0303, std::size_t size = 1U << 14U);
std::string alert_record(std::uint8_t level, std::uint8_t description);

}  // namespace mailprobe::test
