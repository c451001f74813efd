// Keys, options and signed messages for tests. The keys are made once a process.
#pragma once

#include <string>
#include <string_view>

#include "auth/crypto.h"
#include "auth/dkim_sign.h"

namespace mailprobe::test {

inline const auth::SigningKey& signing_key(auth::KeyType type = auth::KeyType::ed25519) {
  static const auto rsa = auth::SigningKey::from_pem(auth::PrivateKey::generate(auth::KeyType::rsa).value()).value();
  static const auto ed25519 =
      auth::SigningKey::from_pem(auth::PrivateKey::generate(auth::KeyType::ed25519).value()).value();
  return type == auth::KeyType::rsa ? rsa : ed25519;
}

inline auth::SignOptions options() {
  auth::SignOptions options;
  options.domain = "example.org";
  options.selector = "s1";
  options.time = Time(std::chrono::seconds(1'700'000'000));
  return options;
}

inline std::string signed_message(const std::string& message, const auth::SignOptions& options,
                                  const auth::SigningKey& key = signing_key()) {
  return auth::sign(message, key, options).value() + message;
}

}  // namespace mailprobe::test
