// One DKIM-Signature field as data (RFC 6376 §3.5). Pure: what the field says, not whether it is true.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "auth/crypto.h"
#include "auth/dkim_sign.h"
#include "auth/tag_list.h"

namespace mailprobe::auth {

struct DkimSignature {
  std::string domain, selector, algorithm;  // lower case; "rsa-sha256"
  std::string identity_domain;              // of i=, d= where there is none
  Canon header = Canon::simple, body = Canon::simple;
  std::vector<std::string> headers;  // h=, lower case
  std::string signature, body_hash;  // b= and bh= decoded
  std::string b;                     // b= without white space, as written
  std::optional<std::uint64_t> length, signed_at, expires;

  [[nodiscard]] std::string canonicalization() const;
};

/// `value` is the field's value. What could be read is in `read` also where the field is bad, for the report.
Result<DkimSignature> parse_dkim_signature(std::string_view value, DkimSignature& read);

/// a=, b=, d= and s= of a field: all that ARC-Seal shares (RFC 8617 §4.1.3).
Result<void> read_signer(const TagList& tags, DkimSignature& read);
/// bh=, c=, h=, l=, q=, t= and x=: what ARC-Message-Signature shares too (RFC 8617 §4.1.2).
Result<void> read_coverage(const TagList& tags, DkimSignature& read);

std::string_view canon_word(Canon canon);

}  // namespace mailprobe::auth
