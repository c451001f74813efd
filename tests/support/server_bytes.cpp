#include "tests/support/server_bytes.h"

#include <algorithm>

#include "base/encoding.h"

namespace mailprobe::test {

namespace {

std::string message(char type, std::string_view body) { return std::string(1, type) + counted(body, 3); }

std::string signature(std::uint16_t scheme) {
  return (scheme == 0 ? std::string{} : number(scheme, 2)) + counted(std::string(64, 's'), 2);
}

}  // namespace

std::string number(std::uint64_t value, int bytes) {
  std::string out;
  for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8) out += static_cast<char>(value >> shift & 0xffU);
  return out;
}

std::string counted(std::string_view bytes, int length_bytes) {
  return number(bytes.size(), length_bytes) + std::string(bytes);
}

std::string from_hex_words(std::string_view text) {
  std::string digits(text);
  std::erase_if(digits, [](char c) { return c == ' ' || c == '\n'; });
  std::string out;
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2)
    out += static_cast<char>(std::stoi(digits.substr(i, 2), nullptr, 16));
  return out;
}

std::string hello_message(const HelloBytes& hello) {
  std::string extensions;
  for (const auto& [type, body] : hello.extensions) extensions += number(type, 2) + counted(body, 2);
  const auto random = hello.retry ? from_hex_words("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c")
                                  : std::string(32, 'r');
  return message(2, number(hello.version, 2) + random + counted("", 1) + number(hello.suite, 2) +
                        number(hello.compression, 1) + (extensions.empty() ? "" : counted(extensions, 2)));
}

std::string certificate_message(const std::vector<std::string>& der) {
  std::string list;
  for (const auto& one : der) list += counted(one, 3);
  return message(11, counted(list, 3));
}

std::string status_message(std::string_view ocsp) { return message(22, "\1" + counted(ocsp, 3)); }

std::string ecdhe_message(std::uint16_t group, std::uint16_t scheme) {
  return message(12, "\3" + number(group, 2) + counted(std::string(32, 'p'), 1) + signature(scheme));
}

std::string dhe_message(std::size_t bits, std::uint16_t scheme) {
  std::string prime(bits / 8, '\xff');
  if (bits % 8 != 0) prime.insert(prime.begin(), static_cast<char>((1U << bits % 8) - 1));
  return message(12, counted(prime, 2) + counted("\2", 2) + counted(prime, 2) + signature(scheme));
}

std::string done_message() { return message(14, ""); }

std::string records(std::string_view messages, std::uint16_t version, std::size_t size) {
  std::string out;
  for (; !messages.empty(); messages.remove_prefix(std::min(size, messages.size())))
    out += "\x16" + number(version, 2) + counted(messages.substr(0, size), 2);
  return out;
}

std::string alert_record(std::uint8_t level, std::uint8_t description) {
  return from_hex_words("15 03 03 00 02") + number(level, 1) + number(description, 1);
}

}  // namespace mailprobe::test
