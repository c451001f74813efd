// What one received message tells of a signature that does not hold, without the bytes sent: which part failed, and
// what its bh= proves of the body. Not auth/mutation, which compares with the bytes sent. RFC 6376 §3.4, §3.7.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "auth/header_block.h"
#include "auth/results.h"

namespace mailprobe::auth {

struct Known {
  std::vector<std::string> words;  // for people, escaped
  /// Those that bh= proves, of the kinds of docs/mutations.md; `sent` is not known.
  std::vector<Mutation> mutation;
};

/// Of each signature, in the same order; `raw` is the whole message, of which `message` is the parts. Nothing for one
/// that passes, and for all but the first few that do not: each costs hashes of the body.
std::vector<Known> known_alone(std::string_view raw, const Message& message, const std::vector<Dkim>& dkim);

}  // namespace mailprobe::auth
