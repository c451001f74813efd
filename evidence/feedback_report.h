// Feedback reports (ARF): that somebody complained about a message, as a mailbox provider passes it on. Claims; whose
// message it was, and what comes of it, is for who knows what was sent. Pure, bounded. RFC 5965, RFC 6430, RFC 6650.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "auth/header_block.h"

namespace mailprobe::evidence {

constexpr std::size_t max_feedback_recipients = 20;  // Original-Rcpt-To: a probe has one

struct FeedbackReport {
  std::string type;                     // "abuse", in lower case
  std::vector<std::string> recipients;  // Original-Rcpt-To, without the angle brackets; often left out or disguised
  std::string returned_header;          // of the message that it is about, as far as it is there; CRLF line ends
};

/// Of a message that is multipart/report of the type feedback-report; nullopt: it is none, or names no type.
std::optional<FeedbackReport> read_feedback_report(const auth::Message& message);

/// Not one that praises (not-spam, RFC 6430) or tells of authentication (auth-failure, RFC 6591). Types that come to be
/// registered count as complaints: RFC 5965 §7.3 has them for abuse.
bool is_complaint(const FeedbackReport& report);

}  // namespace mailprobe::evidence
