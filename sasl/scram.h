// What both ends of SCRAM compute, and the messages' attributes. RFC 5802 §3 and §7, with SHA-256 as RFC 7677 has it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mailprobe::sasl {

constexpr std::string_view gs2_header = "n,,";      // RFC 5802 §7: no channel binding, no authorisation identity
constexpr std::string_view gs2_in_base64 = "biws";  // c= of it

std::string salted_password(std::string_view password, std::string_view salt, unsigned long long iterations);

struct ScramProofs {
  std::string client_proof;      // raw
  std::string server_signature;  // raw
};
/// RFC 5802 §3, from SaltedPassword to ServerSignature.
ScramProofs scram_proofs(std::string_view salted, std::string_view auth_message);

/// The value of the attribute that must be the next one in `message`; taken off with its comma.
std::optional<std::string_view> take_attribute(std::string_view& message, char name);
/// "," and "=" as saslname spells them, and back; nullopt: not a saslname.
std::string to_saslname(std::string_view user);
std::optional<std::string> from_saslname(std::string_view text);
/// nonce characters: printable but not a comma.
bool is_nonce(std::string_view text);

}  // namespace mailprobe::sasl
