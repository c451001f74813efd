// Master files into zones, and zones signed: all that libldns does for us. RFC 1035 §5 ($ORIGIN, $TTL, parentheses; no
// $INCLUDE), RFC 4034, RFC 6605 (ECDSAP256SHA256).
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "base/secret.h"
#include "dns/zone.h"

namespace mailprobe::dns {

/// `origin` is what relative names are relative to; an error names the line.
Result<std::vector<Record>> parse_master_file(std::string_view text, std::string_view origin);

struct SignedZone {
  std::vector<Record> records;  // with DNSKEY, NSEC and RRSIG
  std::string anchor;           // its DS, as text
};

/// A new key (ECDSAP256SHA256), in the private key format that BIND and ldns share.
Result<Secret> make_zone_key();

/// `records` need the SOA. Without a key one is made for it. Signatures are good for thirty days.
Result<SignedZone> sign_zone(const std::vector<Record>& records, std::string_view origin, const Secret& key = {});

}  // namespace mailprobe::dns
