// Bounces of a probe: which of them speak of the target, and which of our own receiver, that did not take what the
// target forwarded or answered. The latter is nothing that the target can mend. RFC 3464 §2.3.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "evidence/document.h"

namespace mailprobe::evidence {

/// All that failed was on its way to us: to an address of the probe's own, or our receiver's host is the one that says
/// no. What a host of the target's says, and what is about the address that the probe went to, is the target's.
bool not_taken_by_us(const Probe& probe, const std::vector<DeliveryStatus>& statuses);

/// The first bounce that speaks of the target, else the first; nullptr: there is none.
const Reply* bounce_of(const Probe& probe);
/// The same of those that came to the mailbox that is watched.
const MailboxAnswer* mailbox_bounce_of(const Probe& probe);

/// "our receiver did not take it: "452 4.3.1 No room left", says mx.probe.test"
std::string not_taken_told(const std::vector<DeliveryStatus>& statuses);
inline constexpr std::string_view not_taken_advice =
    "Mend it on this side, and send again: see what mailprobe doctor says of the receiver, its certificate and its "
    "room; it says nothing about the target";

}  // namespace mailprobe::evidence
