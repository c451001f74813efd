// The delivered copy judged again by us: who handed it over, then SPF, DKIM, DMARC, Authentication-Results, hops (all
// of that by auth/evaluate), and what the target's filter wrote, by the clock of when it came. No I/O besides DNS.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "auth/evaluate.h"
#include "evidence/document.h"
#include "imap/watcher.h"

namespace mailprobe::probe {

/// How the message left us.
struct Handover {
  std::string local_address;  // of our session; behind NAT not what the target saw
  std::string helo, reverse_path;
  bool relayed = false;                   // --via: the relay's session with the target is what counts
  std::vector<std::string> target_hosts;  // its MX hosts, its domain
};

/// The session by which the target took the message: its own Received tells, else what we know ourselves.
auth::Envelope envelope_at_target(std::string_view raw, const Handover& handover);

struct Expectation {
  std::string sent;  // the bytes
  Handover handover;
  std::vector<std::string> authserv_ids;
  Time accepted;  // the final dot's reply
};

/// `raw` of the result is the caller's to fill.
Task<evidence::MailboxCopy> verify_copy(imap::Copy copy, Expectation expectation, dns::Resolver& resolver);

/// "X-Spam-Status: …" and the like, unfolded.
std::vector<std::string> filter_fields(std::string_view raw);

}  // namespace mailprobe::probe
