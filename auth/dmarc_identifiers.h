// What SPF and DKIM came to, as DMARC sees it: the domains that were authenticated (RFC 9989 §4.3), and those that a
// temporary error left open. Pure.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "auth/results.h"

namespace mailprobe::auth {

struct Identifiers {
  bool spf_known = false;
  std::set<std::string> spf, dkim;  // pass; lower case
  std::set<std::string> open;       // of either: temperror, so that a later attempt might pass
};

Identifiers identifiers_of(const std::optional<Spf>& spf, const std::vector<Dkim>& dkim);

/// No domain of one of them can be an organisational domain of both: nothing needs to be looked up.
bool unrelated(const std::string& a, const std::string& b);

/// Which kinds have an aligned pass, which have only an aligned temporary error.
struct Alignment {
  bool spf = false, dkim = false, open = false;
  std::string failure;  // a look-up that alignment needed failed
  [[nodiscard]] bool pass() const { return spf || dkim; }
};

}  // namespace mailprobe::auth
