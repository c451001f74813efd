// A DKIM key record as published (RFC 6376 §3.6.1, RFC 8463 §4). Pure; who fetches it is auth/dkim_verify.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "auth/crypto.h"

namespace mailprobe::auth {

struct DkimKeyRecord {
  KeyType type = KeyType::rsa;
  std::string key;                  // p= decoded; empty: revoked
  std::vector<std::string> hashes;  // h=; empty: any
  bool email = true;                // s= allows mail
  bool testing = false;             // t=y
  bool strict_identity = false;     // t=s: i= must be d= itself

  [[nodiscard]] bool revoked() const { return key.empty(); }
};

/// The error says in words what is wrong with the record.
Result<DkimKeyRecord> parse_dkim_key(std::string_view text);

}  // namespace mailprobe::auth
