// Signs of what becomes of mail to our traps that need no waiting: a session that saw the certificate and brought
// nothing, an alert that rejects it, a bounce that names the trap's address. No verdicts: evidence/checks_traps.cpp.
// RFC 8446 §6.2, RFC 5246 §7.2.2 (alerts), RFC 3464, RFC 3463 (bounces).
#pragma once

#include <string_view>
#include <vector>

#include "evidence/document.h"

namespace mailprobe::evidence {

/// The client broke the handshake off for our certificate's sake: unknown_ca, bad_certificate and the like.
bool rejects_certificate(const Session& session);

/// Saw our certificate and went away without a message: what an enforcing client does.
bool shied_away(const Session& session);

/// Somebody rejects certificates where no policy asks for better ones, and comes then all the same: that one was
/// rejected elsewhere says nothing of a policy.
bool comes_anyway(const Probe& probe);

/// Where such a session bars mail for good: at the traps whose policy their certificate fails, unless they come anyway.
bool barred_by(const Probe& probe, const Session& session);

/// Why mail to a trap is not to come.
enum class Barrier { certificate, dns, any };

/// Whether what a bounce says is that, or nothing against it: not that our host could not be reached. Final, or a delay
/// that names this very cause.
bool tells_of(const DeliveryStatus& status, Barrier barrier);

/// The same where our own limits turned calls away: what says nothing, or anything, may be of those.
bool names_it(const DeliveryStatus& status, Barrier barrier);

/// What was returned is mail to our traps, and nothing else: not the probe.
bool is_of_traps(const Probe& probe, const std::vector<DeliveryStatus>& statuses);

/// The same where only the probe's id is known, which stands in each trap's address: LOCAL+ID@trap-CASE.DOMAIN.
bool is_of_traps(std::string_view id, const std::vector<DeliveryStatus>& statuses);

/// "<A@B.example>" and "a@b.example" are the same here: tokens are told apart without their case.
bool same_recipient(std::string_view a, std::string_view b);

}  // namespace mailprobe::evidence
