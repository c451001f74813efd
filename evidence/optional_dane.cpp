#include "evidence/optional_dane.h"

#include <algorithm>
#include <string>

namespace mailprobe::evidence {

bool dane_is_optional(const Target& target, const MxHost& host) {
  if (target.shape == MxShape::server || target.dnssec == Dnssec::secure) return false;
  if (!host.tlsa_lookup || host.tlsa_lookup->state != TlsaState::insecure) return false;
  return host.tlsa_lookup->dnssec == Dnssec::secure && !host.tlsa.empty() &&
         std::ranges::all_of(host.addresses, [](const auto& address) { return address.dnssec == Dnssec::secure; });
}

bool is_unusable(const TlsaLookup& lookup, std::string_view record) {
  return std::ranges::any_of(lookup.unusable,
                             [&](const auto& each) { return each.starts_with(std::string(record) + ":"); });
}

bool has_usable_tlsa(const MxHost& host) {
  return host.tlsa_lookup &&
         std::ranges::any_of(host.tlsa, [&](const auto& record) { return !is_unusable(*host.tlsa_lookup, record); });
}

}  // namespace mailprobe::evidence
