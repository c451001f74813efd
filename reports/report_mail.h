// Where in a mail a report lies, and what the mail says of it outside of it. Judges no signature (that is
// auth/evaluate.h's). RFC 9990 §3.5.2, RFC 8460 §5.3.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "auth/header_block.h"

namespace mailprobe::reports {

struct Attachment {
  std::string media_type;  // lower case, without parameters
  std::string file_name;   // as given, cut; "" where there is none
  std::string bytes;       // decoded
};

/// The parts that may hold a report, by media type or, where that says nothing, by file name; the first few.
std::vector<Attachment> report_attachments(const auth::Message& message);

/// What is said outside of the report; unknown where it is not said so.
struct Claims {
  std::optional<std::string> domain, submitter, id;
};

/// "Report Domain: D Submitter: S Report-ID: <I>" (RFC 9990 §3.5.2, RFC 8460 §5.3).
Claims subject_claims(std::string_view subject);
/// TLS-Report-Domain and TLS-Report-Submitter (RFC 8460 §5.3).
Claims header_claims(const auth::Message& message);
/// "submitter!domain!begin!end[!id].xml.gz" (RFC 9990 §3.5.2, RFC 8460 §5.1).
Claims file_name_claims(std::string_view file_name);

}  // namespace mailprobe::reports
