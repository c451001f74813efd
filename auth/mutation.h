// What happened to a message on its way: named changes between the bytes sent and the bytes received, as
// docs/mutations.md lists them. Not a verdict: whether a signature still holds is auth/dkim_verify.
// The canonical forms are those of RFC 6376 §3.4; MIME structure is that of RFC 2045 and RFC 2046.
#pragma once

#include <string_view>
#include <vector>

#include "auth/canonical.h"
#include "auth/results.h"

namespace mailprobe::auth {

/// Changes that touch `signature`, one of `received` (its index counts there): the body's, and those of the fields
/// that its h= names and of the field itself. Empty where `sent` does not hold that signature: it is not ours.
/// What its own c= survives did not break it, and is named only where there is nothing else.
/// Each with the canonicalizations and the header list that would have survived it. Ranges are bytes of the whole
/// messages. Both have CRLF line endings.
std::vector<Mutation> find_mutations(std::string_view sent, std::string_view received, const Dkim& signature);

/// Every change, against no signature (so with no header list), of the body and of any field of `sent` that is no trace
/// field and no signature.
std::vector<Mutation> find_mutations(std::string_view sent, std::string_view received);

/// Every c= that survives a mutation of that kind, of a part that it covers: "relaxed/simple".
std::vector<std::string> surviving_canonicalizations(std::string_view kind);

/// Whether a signature with these canonicalizations survives a mutation of that kind, of a part that it covers.
bool survives(std::string_view kind, Canon header, Canon body);

}  // namespace mailprobe::auth
