// The parts of a multipart/report, as they stand and decoded, and the header of the message that it is about. Knows no
// kind of report: evidence/delivery_status.h, evidence/feedback_report.h. Pure, bounded. RFC 6522, RFC 2045 §6.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "auth/header_block.h"

namespace mailprobe::evidence {

constexpr std::size_t max_report_parts = 50;            // RFC 6522 §3 has three
constexpr std::size_t max_returned_header = 64 * 1024;  // of the message that it is about

/// Each with its header.
std::vector<std::string_view> report_parts(const auth::Message& report);

/// The first `most` octets of a part's body, whole lines with CRLF, its transfer encoding undone.
std::string decoded_body(const auth::Message& part, std::size_t most);

/// Of the message that the report is about, as far as it is there; CRLF line ends.
std::string returned_header(const auth::Message& report);

}  // namespace mailprobe::evidence
