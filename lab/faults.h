// The lab's mail servers as a table: for which domain each takes mail, under which name, and what is wrong with it.
// Data only; lab/target_mta.h acts by it, lab/zones.h publishes it.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ip.h"
#include "smtp/reply.h"
#include "tls/authority.h"
#include "tls/context.h"

namespace mailprobe::lab {

enum class CertificateKind { good, expired, wrong_name, self_signed };

/// The TLSA records of a host: of its key, of another, of the key before it, of that and its own.
enum class TlsaKind { none, good, wrong, old, old_and_new };

/// What is done to a session before TLS: lab/middlebox.h.
enum class Meddling {
  none,
  strips,       // STARTTLS is overwritten in the answer to EHLO, as firewalls do
  injects,      // an answer of somebody else's follows the 220 of STARTTLS
  hides,        // the client is not shown it in the answer to EHLO
  keeps_input,  // what came behind STARTTLS is read as if it had come under TLS
  mends_ends,   // a CR alone and an LF alone become CRLF, a NUL goes: what looks like the end of a message becomes one
  blanks_ends,  // each of them becomes a space
};

/// The zone of a domain: with a trust anchor that fits, without signatures, or with an anchor of another key.
enum class Signing { good, none, bogus };

/// How a server fails. As it stands here it is without fault.
struct Faults {
  bool starttls = true;
  tls::Version min_tls = tls::Version::tls1_2, max_tls = tls::Version::tls1_3;
  CertificateKind certificate = CertificateKind::good;
  std::optional<smtp::Reply> banner;  // of every client, instead of 220
  Meddling meddling = Meddling::none;
  std::optional<smtp::Reply> refusal;     // of every recipient
  std::chrono::milliseconds greylist{0};  // how long a sender that is new has to wait
  std::chrono::milliseconds delay{0};     // before the banner, before each decision, and between acceptance and mailbox
  std::string footer;                     // added to the body before the message is judged
  TlsaKind tlsa = TlsaKind::none;
  bool requiretls = false;  // announced (RFC 8689)
  bool dsn = false;         // announced (RFC 3461), and deliveries are reported
  bool junk = false;        // filed as spam, with the fields that say why
  bool judges = true;       // SPF, DKIM and DMARC; else nothing is looked up, nothing recorded
  bool enforces = false;    // what DMARC policies ask for
  tls::KeyType key = tls::KeyType::ec_p256;
  std::optional<CertificateKind> rsa_beside;  // a second certificate, for clients that want RSA
  std::string ciphers;                        // up to TLS 1.2, in OpenSSL's words; empty: its own list
  bool renegotiation = false;                 // at the client's wish
  int dh_bits = 0;                            // of the prime for DHE; 0: no DHE
};

struct Host {
  std::string domain;  // that it takes mail for
  std::string name;    // its MX name
  int preference = 10;
  /// Whose mail it takes. A local part that only another host of the domain takes is answered 451 here, so that the
  /// client goes on to the next MX: a server shows its certificate long before it learns the recipient.
  std::vector<std::string> local_parts{"reflector"};
  Faults faults;
  Signing zone = Signing::good;  // of the domain
  bool ipv6 = false;             // on [::1], and on nothing else
  bool dead_beside = false;      // a second address, where nobody is
};

const std::vector<Host>& hosts();

/// Each host has an address of its own in 127/8, but for the one on [::1].
IpAddress address_of(const Host& host);
/// Beside it, where nobody listens.
IpAddress dead_address_of(const Host& host);
/// As its domain is; a zone without a host of its own is good.
Signing signing_of(std::string_view domain);

/// In the order of their preference; empty: not a domain of the lab.
std::vector<const Host*> hosts_of(std::string_view domain);

}  // namespace mailprobe::lab
