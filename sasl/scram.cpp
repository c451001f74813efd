#include "sasl/scram.h"

#include <algorithm>
#include <array>
#include <stdexcept>

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "base/encoding.h"

namespace mailprobe::sasl {

namespace {

constexpr std::size_t hash_size = 32;

const unsigned char* octets(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

std::string hmac(std::string_view key, std::string_view text) {
  std::string out(hash_size, '\0');
  unsigned length = 0;
  auto* to = reinterpret_cast<unsigned char*>(out.data());
  if (!HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), octets(text), text.size(), to, &length))
    throw std::runtime_error("HMAC-SHA-256 is not available");
  return out;
}

std::string exclusive_or(std::string a, std::string_view b) {
  std::ranges::transform(a, b, a.begin(), [](char x, char y) { return static_cast<char>(x ^ y); });
  return a;
}

}  // namespace

// The password goes as it is: SASLprep (RFC 4013) changes nothing in ASCII, and servers agree on nothing beyond it.
std::string salted_password(std::string_view password, std::string_view salt, unsigned long long iterations) {
  std::string out(hash_size, '\0');
  if (PKCS5_PBKDF2_HMAC(password.data(), static_cast<int>(password.size()), octets(salt), static_cast<int>(salt.size()),
                        static_cast<int>(iterations), EVP_sha256(), hash_size,
                        reinterpret_cast<unsigned char*>(out.data())) != 1)
    throw std::runtime_error("PBKDF2 is not available");
  return out;
}

ScramProofs scram_proofs(std::string_view salted, std::string_view auth_message) {
  const auto client_key = hmac(salted, "Client Key");
  const auto client_signature = hmac(sha256(client_key), auth_message);
  return {exclusive_or(client_key, client_signature), hmac(hmac(salted, "Server Key"), auth_message)};
}

// attr-val = ALPHA "=" value                                                                          (RFC 5802 §7)
std::optional<std::string_view> take_attribute(std::string_view& message, char name) {
  if (message.size() < 2 || message[0] != name || message[1] != '=') return std::nullopt;
  const auto comma = message.find(',');
  const auto value = message.substr(2, comma == std::string_view::npos ? comma : comma - 2);
  message.remove_prefix(comma == std::string_view::npos ? message.size() : comma + 1);
  return value;
}

// saslname = 1*(value-safe-char / "=2C" / "=3D")                                                      (RFC 5802 §7)
std::string to_saslname(std::string_view user) {
  std::string out;
  for (const char c : user) {
    if (c == ',')
      out += "=2C";
    else if (c == '=')
      out += "=3D";
    else
      out += c;
  }
  return out;
}

std::optional<std::string> from_saslname(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '=') {
      out += text[i];
      continue;
    }
    const auto code = text.substr(i, 3);
    if (code != "=2C" && code != "=3D") return std::nullopt;
    out += code == "=2C" ? ',' : '=';
    i += 2;
  }
  if (out.empty()) return std::nullopt;
  return out;
}

// printable = %x21-2B / %x2D-7E                                                                       (RFC 5802 §7)
bool is_nonce(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7f && c != ','; });
}

}  // namespace mailprobe::sasl
