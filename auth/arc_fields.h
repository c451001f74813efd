// The three header fields of an ARC set as data (RFC 8617 §4.1). Pure: what a field says, not whether it is true.
#pragma once

#include <string>
#include <string_view>

#include "auth/authentication_results.h"
#include "auth/dkim_signature.h"

namespace mailprobe::auth {

/// Each reads the field's value. `read` holds what could be read of a bad field too: instance is 0 where i= is no
/// number from 1 to 50.
struct ArcAuthenticationResults {
  int instance = 0;
  RecordedResults claims;  // empty where they cannot be read: the chain covers them whatever they say
};
Result<void> parse_arc_authentication_results(std::string_view value, ArcAuthenticationResults& read);

struct ArcMessageSignature {
  int instance = 0;
  DkimSignature signature;
};
Result<void> parse_arc_message_signature(std::string_view value, ArcMessageSignature& read);

struct ArcSeal {
  int instance = 0;
  DkimSignature signature;  // without h= and bh=
  std::string cv;           // "none", "pass", "fail"
};
Result<void> parse_arc_seal(std::string_view value, ArcSeal& read);

}  // namespace mailprobe::auth
