// Public keys by their bytes, decoded once: OpenSSL takes several times as long to decode an RSA key as to verify with
// it. Not a cache of DNS answers: which key counts is looked up for every signature.
#pragma once

#include <string_view>

#include "auth/crypto.h"

namespace mailprobe::auth {

/// PublicKey::parse(), or the key that it gave for these bytes before in this thread.
Result<PublicKey> decoded_key(KeyType type, std::string_view bytes);

}  // namespace mailprobe::auth
