// The ARC sets of a message as a chain: collected, their structure judged (RFC 8617 §5.2, steps 1 to 3), and the bytes
// that each seal covers. Pure and bounded; no signature is verified here.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "auth/arc_fields.h"
#include "auth/header_block.h"

namespace mailprobe::auth {

/// One instance; a field that is missing is null.
struct ArcSet {
  const HeaderField *results_field = nullptr, *signature_field = nullptr, *seal_field = nullptr;
  ArcAuthenticationResults results;
  ArcMessageSignature signature;
  ArcSeal seal;

  [[nodiscard]] bool whole() const {
    return results_field != nullptr && signature_field != nullptr && seal_field != nullptr;
  }
};

struct ArcChain {
  bool present = false;      // there is an ARC field at all
  std::vector<ArcSet> sets;  // sets[0] is i=1; up to the highest instance seen
  std::string objection;     // what is wrong with the structure; empty: nothing
};

/// The fields are those of `message`, which must outlive the result.
ArcChain read_arc_chain(const Message& message);

/// RFC 8617 §5.1.1: the sets in their order, each as results, signature, seal, all relaxed; the last without its b=
/// and its final CRLF. `first` is left out of what is below it: 0, or of a failed chain the last one alone (§5.1.2).
std::string sealed_bytes(const std::vector<ArcSet>& sets, std::size_t first, std::size_t last);

}  // namespace mailprobe::auth
