// Where mail for a domain goes: its MX hosts and their addresses, with the DNSSEC status of each answer and what is
// wrong in words. Looks up, connects to nothing. RFC 5321 §5.1, RFC 7505 (null MX), RFC 2181 §10.3 (MX and CNAME).
#pragma once

#include <string>

#include "dns/resolver.h"
#include "evidence/document.h"

namespace mailprobe::probe {

/// A failed or bogus answer is Target::cause, never taken for absence: no address record then stands in for the MX.
/// What our limits leave out is in Target::failed: "mx", "addresses HOST".
Task<evidence::Target> find_route(std::string domain, dns::Resolver& resolver);

/// The same for one host (or address) as it was named: --server, a submission or mailbox server. Its shape is `server`.
Task<evidence::Target> route_to_server(std::string host, dns::Resolver& resolver);

/// A host's addresses, IPv4 first; an address literal is its own.
Task<evidence::MxHost> look_up_host(std::string host, dns::Resolver& resolver);

/// "SERVFAIL: …", "bogus: …", "no answer in time: …" and the cause; only for what is neither found nor absent.
std::string failure_text(const dns::Answer& answer);
Cause failure_cause(const dns::Answer& answer);
/// `what` as target.failed has it; nothing where the answer is there, or absent.
void note_failure(std::vector<evidence::FailedLookUp>& failed, std::string what, const dns::Answer& answer);

}  // namespace mailprobe::probe
