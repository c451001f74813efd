// What else a domain and its mail servers publish: BIMI, CAA, name servers, PTR. SPF and DMARC are
// probe/policies.h. Looks up and keeps; judging is evidence/assess. RFC 8659 §3 (CAA), RFC 1912 §2.1 (PTR).
#pragma once

#include <string>

#include "dns/resolver.h"
#include "evidence/document.h"

namespace mailprobe::probe {

using FailedLookUps = std::vector<evidence::FailedLookUp>;

/// Into target: ns, caa, policies["bimi"], and for every MX host caa and the addresses' ptr. A look-up that failed
/// leaves null, and says why in target.failed.
Task<void> look_up_published(evidence::Target& target, dns::Resolver& resolver);

/// The relevant set for a name: at the name itself or the nearest above it that has one (RFC 8659 §3). Empty: none.
Task<std::optional<std::vector<evidence::CaaRecord>>> look_up_caa(std::string name, dns::Resolver& resolver,
                                                                  FailedLookUps& failed);

/// ptr, and whether it leads back.
Task<void> look_up_ptr(evidence::MxAddress& address, dns::Resolver& resolver, FailedLookUps& failed);

/// Those of the domain's zone, which may be one above it.
Task<std::optional<std::vector<evidence::NameServer>>> look_up_name_servers(std::string domain,
                                                                            dns::Resolver& resolver);

/// policies["bimi"]: default._bimi of the domain, else of its organisational domain
/// (draft-brand-indicators-for-message-identification §7.2). Several records are joined by LF.
Task<void> look_up_bimi(evidence::Target& target, dns::Resolver& resolver);

}  // namespace mailprobe::probe
