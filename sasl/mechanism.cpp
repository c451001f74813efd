#include "sasl/mechanism.h"

#include <algorithm>
#include <array>

#include <openssl/crypto.h>

#include "base/encoding.h"
#include "base/text.h"
#include "sasl/mechanisms.h"

namespace mailprobe::sasl {

namespace {

constexpr std::size_t nonce_bytes = 18;  // 24 characters of base64, no padding
constexpr std::size_t salt_bytes = 16;   // as RFC 7677 §3 shows

using Maker = std::unique_ptr<ClientMechanism> (*)(const Credentials&);

struct Entry {
  std::string_view name;
  Proof proof;
  Maker make;
};

/// Strongest first: SCRAM shows the password to nobody, PLAIN takes one round trip, LOGIN is PLAIN's poor relation.
constexpr std::array client_table{
    Entry{"SCRAM-SHA-256", Proof::password,
          [](const Credentials& who) { return scram_client(who, base64(random_bytes(nonce_bytes))); }},
    Entry{"PLAIN", Proof::password, [](const Credentials& who) { return plain_client(who); }},
    Entry{"LOGIN", Proof::password, [](const Credentials& who) { return login_client(who); }},
    Entry{"XOAUTH2", Proof::token, [](const Credentials& who) { return xoauth2_client(who); }},
};

/// NUL and ^A separate fields, CR and LF end lines: none can be part of a name or a secret on the wire.
bool has_control(std::string_view text) {
  return std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

}  // namespace

std::unique_ptr<ClientMechanism> client_mechanism(std::string_view name, const Credentials& credentials) {
  for (const auto& entry : client_table)
    if (iequals(entry.name, name) && entry.proof == credentials.proof) return entry.make(credentials);
  return nullptr;
}

Result<std::unique_ptr<ClientMechanism>> choose(const std::vector<std::string>& announced,
                                                const Credentials& credentials) {
  if (credentials.user.empty() || has_control(credentials.user) || has_control(credentials.secret.reveal()))
    return fail(Failure::usage, "the user name is empty, or it or the secret contains a control character");
  for (const auto& entry : client_table)
    for (const auto& name : announced)
      if (entry.proof == credentials.proof && iequals(name, entry.name)) return entry.make(credentials);
  std::string names;
  for (const auto& name : announced) names += (names.empty() ? "" : " ") + name;
  const bool token = credentials.proof == Proof::token;
  return fail(Failure::unsupported,
              token ? "the server does not announce XOAUTH2, which a token needs"
                    : "the server announces none of SCRAM-SHA-256, PLAIN and LOGIN",
              Cause::unsupported, names);
}

std::unique_ptr<ServerMechanism> server_mechanism(std::string_view name, PasswordOf password_of) {
  if (iequals(name, "SCRAM-SHA-256"))
    return scram_server(std::move(password_of), base64(random_bytes(nonce_bytes)), random_bytes(salt_bytes));
  if (iequals(name, "PLAIN")) return plain_server(std::move(password_of));
  if (iequals(name, "LOGIN")) return login_server(std::move(password_of));
  return nullptr;
}

bool same_secret(std::string_view a, std::string_view b) {
  const auto x = sha256(a), y = sha256(b);
  return CRYPTO_memcmp(x.data(), y.data(), x.size()) == 0;
}

}  // namespace mailprobe::sasl
