// Every signature that an identity makes: each key by each of its canonicalizations, all over the same message.
// Signing itself is auth/dkim_sign.
#pragma once

#include <string>

#include "base/error.h"
#include "probe/settings.h"

namespace mailprobe::probe {

/// The message with the signatures of `domain` on top.
Result<std::string> sign_with_keys(const std::string& message, const std::string& domain,
                                   const std::vector<DkimKey>& keys, Time time);
/// The message with its signatures on top, the first key's topmost.
Result<std::string> sign_with_all(const std::string& message, const Identity& identity, Time time);

}  // namespace mailprobe::probe
