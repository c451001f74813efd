// The names that only one probe uses, all below TOKEN.ZONE: who asks for one has evaluated that probe. What there is of
// them is made up, not stored; pure. RFC 6376 §3.6.2 (keys), RFC 7208 §5.7, §7 (exists: with macros), RFC 9156.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/ip.h"
#include "dns/zone.h"

namespace mailprobe::dns {

inline constexpr std::string_view witness_label = "w";         // w.probe.example.org
inline constexpr std::string_view witness_selector = "probe";  // probe._domainkey.TOKEN.w.probe.example.org
inline constexpr std::uint32_t witness_ttl = 1;                // a resolver that keeps it hides the next question

std::string witness_zone(std::string_view domain);
/// d= of the signature that only this probe has; everything unique to it stands below.
std::string witness_domain(std::string_view token, std::string_view zone);
/// The SPF term that brings the address seen into a question, and never matches.
std::string witness_spf_term(std::string_view zone);

/// For Zone::make_up: TOKEN.ZONE and its empty non-terminals exist, so that resolvers that ask label by label
/// (RFC 9156) go on; the key is there; SPF's names and everything else are not.
Zone::Made witness_names(std::string dkim_record);
/// The zone itself as a master file: SOA and NS. `server` is a full name.
std::string witness_records(std::string_view server);

enum class WitnessUse { spf, dkim, dmarc, other };

/// What a question for a witness name tells.
struct WitnessName {
  std::string token;  // lower case
  WitnessUse use = WitnessUse::other;
  std::optional<IpAddress> seen;  // SPF: the client that was judged
};

/// nullopt: not below a TOKEN of that zone.
std::optional<WitnessName> parse_witness_name(std::string_view name, std::string_view zone);

}  // namespace mailprobe::dns
