#include "reflector/vouched.h"

#include <algorithm>

#include "auth/author.h"
#include "auth/dkim_signature.h"
#include "auth/public_suffix.h"
#include "base/text.h"
#include "probe/compose.h"

namespace mailprobe::reflector {

namespace {

/// RFC 6376 §8.2: what l= leaves open is as good as unsigned.
bool counts(const auth::Dkim& dkim, const std::string& organisation) {
  return dkim.result == auth::DkimOutcome::pass && !dkim.partial &&
         auth::registrable_domain(dkim.domain) == organisation;
}

/// The h= of the signature that was judged as `dkim`.
std::vector<std::string> headers_of(const auth::Message& message, const auth::Dkim& dkim) {
  const auto fields = message.all("DKIM-Signature");
  const auto at = static_cast<std::size_t>(dkim.index) - 1;
  auth::DkimSignature read;
  if (dkim.index < 1 || at >= fields.size() || !auth::parse_dkim_signature(fields[at]->value, read)) return {};
  return std::move(read.headers);
}

}  // namespace

Vouched::Vouched(const auth::Message& message, const std::vector<auth::Dkim>& dkim, const auth::Dmarc& dmarc)
    : message_(message), by_spf_(dmarc.aligned_spf == true) {
  const auto organisation = auth::registrable_domain(dmarc.domain);
  for (const auto& one : dkim) {
    if (!counts(one, organisation)) continue;
    auto names = headers_of(message, one);
    if (covers(names, probe::id_header) && covers(names, "Auto-Submitted")) signed_by_.push_back(std::move(names));
  }
}

/// RFC 6376 §5.4.2: h= selects as many of a field as it names it, from the bottom up.
bool Vouched::covers(const Names& names, std::string_view field) const {
  const auto named = std::ranges::count_if(names, [&](const auto& name) { return iequals(name, field); });
  return named > 0 && static_cast<std::size_t>(named) >= message_.all(field).size();
}

bool Vouched::is_signed(std::string_view field) const {
  return std::ranges::any_of(signed_by_, [&](const Names& names) { return covers(names, field); });
}

bool Vouched::reverse_path(const Mailbox& address) const {
  if (by_spf_) return true;
  for (const std::string_view name : {"Reply-To", "From"}) {
    if (!is_signed(name)) continue;
    for (const auto* field : message_.all(name))
      if (std::ranges::any_of(auth::addresses_of(field->value),
                              [&](const std::string& one) { return iequals(one, address.text()); }))
        return true;
  }
  return false;
}

bool Vouched::list() const { return is_signed(probe::also_answer_header); }

}  // namespace mailprobe::reflector
