// Which policy applies to a mail host, and what it asks of the session: DANE over MTA-STS over opportunistic TLS, never
// below the --tls floor. Pure: reads what was looked up. RFC 7672 §2.2, RFC 8461 §5, §10.2, RFC 8689 §4.2.1.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "evidence/document.h"
#include "smtp/client.h"
#include "tls/tlsa.h"

namespace mailprobe::probe {

struct HostPolicy {
  evidence::AppliedPolicy applied;    // what the evidence says where this host decided
  std::optional<Error> barred;        // nothing may be sent to this host, and why; it is not connected to
  TlsFloor need = TlsFloor::encrypt;  // may, encrypt or verify
  bool dane = false;                  // … and a TLSA record must match
  std::vector<tls::Tlsa> tlsa;        // usable ones, to be compared
  std::vector<std::string> names;     // reference identifiers, the TLSA base domain first
};

/// What the user asks for.
struct Wanted {
  TlsFloor floor = TlsFloor::encrypt;
  bool require_tls = false;
};

/// For a host of `target.mx`.
HostPolicy policy_for(const evidence::Target& target, const evidence::MxHost& host, const Wanted& wanted);

/// Through a submission server, whose policies are its own.
HostPolicy policy_without_target(const Wanted& wanted);

/// Puts it into a delivery to `host`.
void apply(const HostPolicy& policy, smtp::Delivery& delivery);

/// Whether a session that ended in `cause` was ended by the policy and not by the floor.
bool ended_by(const HostPolicy& policy, TlsFloor floor, const evidence::Attempt& attempt);

}  // namespace mailprobe::probe
