// Writes a ClientHello, whatever it is to offer: versions, suites and groups that our OpenSSL has no code for. Not a
// handshake: nobody here can go on after the server's first flight. Pure. RFC 8446 §4.1.2, RFC 5246 §7.4.1.2, RFC 6101.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"

namespace mailprobe::tls {

struct ClientHello {
  std::uint16_t record_version = 0x0301;  // RFC 8446 §5.1: 0x0301 whatever follows
  std::uint16_t version = 0x0303;         // the highest; 0x0303 and `versions` for TLS 1.3
  std::vector<std::uint16_t> versions;    // supported_versions; empty: not sent
  std::string random;                     // 32 bytes
  std::string session_id;                 // 0 or 32 bytes; 32 for TLS 1.3's middlebox compatibility
  std::vector<std::uint16_t> suites, groups, signature_schemes;
  bool key_share = false;  // sent; empty where there are no shares, so that a HelloRetryRequest names the group
  std::vector<std::pair<std::uint16_t, std::string>> shares;
  std::string server_name;  // SNI; empty: not sent
  bool extensions = true;   // false: none at all (SSL 3.0 has none)
  bool deflate = false;     // offered before null
  bool renegotiation_info = true, extended_master_secret = true, encrypt_then_mac = true, session_ticket = true,
       status_request = true;
};

/// As records. Failure::ours where a field is too long for its length, or `random` is not 32 bytes.
Result<std::string> write(const ClientHello& hello);

}  // namespace mailprobe::tls
