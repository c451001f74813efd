// DKIM verification: every signature of a message, each by itself (RFC 6376 §6, RFC 8301, RFC 8463).
// Header hash and body hash are judged apart, so that what broke is known. No I/O besides DNS.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "auth/body_hashes.h"
#include "auth/dkim_sign.h"
#include "auth/dkim_signature.h"
#include "auth/header_block.h"
#include "auth/results.h"
#include "base/task.h"
#include "dns/resolver.h"

namespace mailprobe::auth {

/// Topmost first. Those over limits::signatures are read, and neutral with that reason; the ones whose b= is in `first`
/// are over it last. `time` is the clock for x=. `bodies` are those of the message, where others hash them too.
Task<std::vector<Dkim>> verify_dkim(const Message& message, Time time, dns::Resolver& resolver,
                                    std::vector<std::string> first = {}, BodyHashes* bodies = nullptr);

/// A field that was read, in the message that it signs.
struct ReadSignature {
  const Message& message;
  const HeaderField& field;
  const DkimSignature& signature;
};

/// What the signatures of one message share: the body's hashes, and how much was spent on all of them.
struct SharedWork {
  SharedWork(BodyHashes& of_message, std::size_t keys) : bodies(of_message), most_keys(keys) {}
  BodyHashes& bodies;
  std::size_t most_keys, keys_tried = 0;
  std::size_t header_bytes = 0;
};

/// One signature, its result and reason into `dkim`: DKIM-Signature, or ARC-Message-Signature (RFC 8617 §4.1.2).
Task<void> verify_signature(Dkim& dkim, ReadSignature read, SharedWork& work, Time time, dns::Resolver& resolver);
/// A signature over `data` alone: ARC-Seal (RFC 8617 §4.1.3).
Task<void> verify_data(Dkim& dkim, const DkimSignature& signature, const std::string& data, SharedWork& work,
                       dns::Resolver& resolver);

/// The b= of each signature of a message, without white space.
std::vector<std::string> signatures_of(std::string_view message);

/// What h= selects, in its order, each name from the bottom up (RFC 6376 §5.4.2), as views of the raw fields.
std::vector<std::string_view> signed_fields(const Message& message, const std::vector<std::string>& names);

/// What a signature is over (RFC 6376 §3.7): the selected fields, then its own field `own` without the value of b= and
/// without the final CRLF, in their canonical form.
std::string signed_data(const std::vector<std::string_view>& selected, std::string_view own, Canon canon);

}  // namespace mailprobe::auth
