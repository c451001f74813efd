// What of a probe the domain of its From stands for where DMARC passes: SPF for the envelope, a DKIM signature for the
// fields that it is over, and no other. So nobody makes a probe of somebody else's mail. Pure. RFC 9989 (DMARC), RFC
// 6376 §5.4.2 (which fields h= covers), §8.2 (l=).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "auth/header_block.h"
#include "auth/results.h"
#include "base/address.h"

namespace mailprobe::reflector {

class Vouched {
 public:
  /// Of a message whose DMARC passes; `dkim` is of its signatures. The references outlive it.
  Vouched(const auth::Message& message, const std::vector<auth::Dkim>& dkim, const auth::Dmarc& dmarc);

  /// That it is a probe, and asks for an answer.
  [[nodiscard]] bool request() const { return by_spf_ || !signed_by_.empty(); }
  /// That the reverse-path is its sender's: a signature says nothing of the envelope, but of Reply-To and From.
  [[nodiscard]] bool reverse_path(const Mailbox& address) const;
  /// That the listed addresses were listed by it.
  [[nodiscard]] bool list() const;

 private:
  using Names = std::vector<std::string>;  // of an h=, lower case
  [[nodiscard]] bool covers(const Names& names, std::string_view field) const;
  [[nodiscard]] bool is_signed(std::string_view field) const;

  const auth::Message& message_;
  bool by_spf_;
  std::vector<Names> signed_by_;  // of each signature that counts and is over what makes it a probe
};

}  // namespace mailprobe::reflector
