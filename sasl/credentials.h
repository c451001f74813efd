// Who logs in and with what: shared by SMTP submission and IMAP.
#pragma once

#include <string>

#include "base/secret.h"

namespace mailprobe::sasl {

enum class Proof { password, token };  // a token is an OAuth 2.0 bearer token: XOAUTH2 only

struct Credentials {
  std::string user;
  Secret secret;
  Proof proof = Proof::password;
};

}  // namespace mailprobe::sasl
