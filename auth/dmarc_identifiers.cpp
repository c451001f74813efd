#include "auth/dmarc_identifiers.h"

#include "base/text.h"

namespace mailprobe::auth {

Identifiers identifiers_of(const std::optional<Spf>& spf, const std::vector<Dkim>& dkim) {
  Identifiers out;
  out.spf_known = spf.has_value();
  // RFC 9989 §4.4.2: the MAIL FROM identity; of a null reverse-path that is the HELO name (RFC 7208 §2.4).
  if (spf && spf->result == SpfOutcome::pass) out.spf.insert(to_lower(spf->domain));
  if (spf && spf->result == SpfOutcome::temperror) out.open.insert(to_lower(spf->domain));
  for (const auto& one : dkim) {
    if (one.domain.empty()) continue;
    if (one.result == DkimOutcome::pass) out.dkim.insert(to_lower(one.domain));
    if (one.result == DkimOutcome::temperror) out.open.insert(to_lower(one.domain));
  }
  return out;
}

bool unrelated(const std::string& a, const std::string& b) {
  const auto top = [](const std::string& name) { return name.substr(name.rfind('.') + 1); };
  return top(a) != top(b);
}

}  // namespace mailprobe::auth
