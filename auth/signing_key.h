// What is behind a SigningKey, for those who sign: auth/dkim_sign and auth/arc_seal.
#pragma once

#include "auth/crypto.h"
#include "auth/dkim_sign.h"

namespace mailprobe::auth {

struct SigningKey::Impl {
  PrivateKey key;
};

}  // namespace mailprobe::auth
