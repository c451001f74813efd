// Delivery status notifications: what became of a message, a recipient at a time, in the words of the MTA that writes.
// Claims, as true as the sender is; whose message it was is not looked at. Pure, bounded.
// RFC 3464 in the multipart/report of RFC 6522, RFC 6533; qmail's bounce format (QSBMF); bounces in plain words.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "auth/header_block.h"
#include "evidence/document.h"

namespace mailprobe::evidence {

/// Of a message that is multipart/report with a delivery status in it; nullopt: it is none. `of_the_system`: it is from
/// the mail system, so that another multipart may be around it, which list servers and disclaimers put there.
std::optional<std::vector<DeliveryStatus>> reported_statuses(const auth::Message& message, bool of_the_system = false);

/// What a bounce without such a part says: QSBMF, else the first line with an SMTP reply or status code in it, for
/// each of X-Failed-Recipients, or for nobody by name. For what is known to be a bounce: any text can look so.
std::vector<DeliveryStatus> told_statuses(const auth::Message& message);

/// "5.1.1" of "550 5.1.1 <a@b>: unknown" or "(#5.1.1)": the first enhanced status code (RFC 3463 §2); empty: none.
std::string enhanced_code_in(std::string_view text);

}  // namespace mailprobe::evidence
