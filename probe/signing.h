// Every signature that an identity makes: each key by each of its canonicalizations, all over the same message; or as a
// scenario asks for them, wrong on purpose where it says so.
// Signing itself is auth/dkim_sign.
#pragma once

#include <string>

#include "base/error.h"
#include "probe/settings.h"
#include "scenarios/format.h"

namespace mailprobe::probe {

/// The message with the signatures of `domain` on top.
Result<std::string> sign_with_keys(const std::string& message, const std::string& domain,
                                   const std::vector<DkimKey>& keys, Time time);
/// The keys that are asked for, with the canonicalizations that are. Failure::usage: the identity has no such key.
Result<std::vector<DkimKey>> keys_for(const Identity& identity, const scenarios::Dkim& wanted);
/// The message with its signatures on top, the first key's topmost.
Result<std::string> sign_with_all(const std::string& message, const Identity& identity, Time time);
/// With that key of `domain` alone.
Result<std::string> sign_alone(const std::string& message, const std::string& domain, DkimKey key,
                               const scenarios::Dkim& wanted, Time time);
Result<std::string> sign_as(const std::string& message, const Identity& identity, const scenarios::Dkim& wanted,
                            Time time);

}  // namespace mailprobe::probe
