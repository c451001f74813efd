// Which DKIM signatures of a delivered copy are the ones that we sent, and what became of each. Not a verification:
// that is in the evidence already. RFC 6008 §4 (header.b tells signatures apart).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "evidence/assess.h"

namespace mailprobe::evidence {

struct OurSignature {
  std::string name;                   // "r1 rsa-sha256 relaxed/relaxed"
  const auth::Dkim* found = nullptr;  // in the copy; null: it was removed
};

/// The From's, one above it, the one that only this probe uses, or that of a key that was made for it.
bool is_our_domain(const Probe& probe, std::string_view domain);

/// In the order in which they were sent. Without the sent bytes: those of the copy that are of the From's domain,
/// or of the one that only this probe uses.
std::vector<OurSignature> our_signatures(const Probe& probe, const std::optional<std::string>& sent);
/// Of another copy, by what was found of it.
std::vector<OurSignature> our_signatures(const Probe& probe, const std::vector<auth::Dkim>& copy,
                                         const std::optional<std::string>& sent);

/// "48 bytes were added at the end of the body ("-- Checked by …")": the first few changes of the probe's message in
/// one sentence, joined by "and", with the bytes out of `received`; of a message that holds a secret without them.
std::string mutation_list(const Probe& probe, const std::vector<auth::Mutation>& changes,
                          const std::optional<std::string>& received);
/// "relaxed/relaxed", "simple/relaxed and relaxed/relaxed", "no canonicalization".
std::string would_have_survived(const std::vector<auth::Mutation>& changes);
/// What to do about them.
std::string mutation_advice(const std::vector<auth::Mutation>& changes);

}  // namespace mailprobe::evidence
