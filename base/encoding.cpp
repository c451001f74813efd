#include "base/encoding.h"

#include <array>
#include <cstdint>
#include <stdexcept>

#include <openssl/evp.h>
#include <openssl/rand.h>

#include "base/text.h"

namespace mailprobe {

namespace {

const unsigned char* octets(std::string_view bytes) { return reinterpret_cast<const unsigned char*>(bytes.data()); }
unsigned char* octets(std::string& bytes) { return reinterpret_cast<unsigned char*>(bytes.data()); }

constexpr std::uint8_t no_digit = 64;
constexpr std::array<std::uint8_t, 256> base64_digits = [] {
  std::array<std::uint8_t, 256> table{};
  table.fill(no_digit);
  std::uint8_t value = 0;
  for (const char c : std::string_view("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"))
    table[static_cast<unsigned char>(c)] = value++;
  return table;
}();

}  // namespace

std::string base64(std::string_view bytes) {
  std::string out((bytes.size() + 2) / 3 * 4 + 1, '\0');  // EVP_EncodeBlock ends with NUL
  const int length = EVP_EncodeBlock(octets(out), octets(bytes), static_cast<int>(bytes.size()));
  out.resize(static_cast<std::size_t>(length));
  return out;
}

std::string base64_lines(std::string_view bytes) {
  constexpr std::size_t line = 76;
  const auto encoded = base64(bytes);
  std::string out;
  out.reserve(encoded.size() + encoded.size() / line * 2 + 2);
  for (std::size_t at = 0; at < encoded.size(); at += line) out += encoded.substr(at, line) + "\r\n";
  return out;
}

std::optional<std::string> from_base64(std::string_view text) {
  std::string out(text.size() / 4 * 3 + 3, '\0');
  auto to = out.begin();
  std::uint32_t bits = 0;
  std::size_t digits = 0, padding = 0;
  for (const char c : text) {
    const auto digit = base64_digits[static_cast<unsigned char>(c)];
    if (digit != no_digit && padding == 0) {
      bits = bits << 6U | digit;
      if (++digits % 4 != 0) continue;
      for (const auto shift : {16U, 8U, 0U}) *to++ = static_cast<char>(bits >> shift & 0xffU);
    } else if (c == '=') {
      ++padding;
    } else if (!is_space(c)) {
      return std::nullopt;
    }
  }
  const auto rest = digits % 4;
  if (rest == 1 || padding > 2 || (padding > 0 && padding != (4 - rest) % 4)) return std::nullopt;
  if (rest == 2) *to++ = static_cast<char>(bits >> 4U & 0xffU);
  if (rest == 3) {
    *to++ = static_cast<char>(bits >> 10U & 0xffU);
    *to++ = static_cast<char>(bits >> 2U & 0xffU);
  }
  out.erase(to, out.end());
  return out;
}

std::string base32(std::string_view bytes) {
  constexpr std::string_view alphabet = "abcdefghijklmnopqrstuvwxyz234567";
  std::string out;
  unsigned value = 0, bits = 0;
  for (const char c : bytes) {
    value = (value << 8U) | static_cast<unsigned char>(c);
    for (bits += 8; bits >= 5; bits -= 5) out += alphabet[(value >> (bits - 5)) & 31U];
    value &= 0xffU;
  }
  if (bits > 0) out += alphabet[(value << (5 - bits)) & 31U];
  return out;
}

std::string hex(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  out.reserve(bytes.size() * 2);
  for (const char c : bytes) {
    out += digits[static_cast<unsigned char>(c) >> 4U];
    out += digits[static_cast<unsigned char>(c) & 15U];
  }
  return out;
}

std::optional<std::string> from_hex(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  std::string out;
  const auto digit = [](char c) {
    return is_digit(c) ? c - '0' : (lower(c) >= 'a' && lower(c) <= 'f') ? lower(c) - 'a' + 10 : -1;
  };
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = digit(text[i]), low = digit(text[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    out += static_cast<char>(high * 16 + low);
  }
  return out;
}

std::string sha256(std::string_view bytes) {
  static const EVP_MD* const fetched = EVP_MD_fetch(nullptr, "SHA256", nullptr);  // what EVP_sha256() does each time
  std::string out(32, '\0');
  unsigned length = 0;
  if (EVP_Digest(bytes.data(), bytes.size(), octets(out), &length, fetched, nullptr) != 1)
    throw std::runtime_error("OpenSSL has no SHA-256");
  return out;
}

std::string random_bytes(std::size_t count) {
  std::string out(count, '\0');
  if (RAND_bytes(octets(out), static_cast<int>(count)) != 1) throw std::runtime_error("OpenSSL has no random numbers");
  return out;
}

}  // namespace mailprobe
