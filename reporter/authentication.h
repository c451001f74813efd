// What we found beside what the target recorded: one row a mechanism and signature, for the terminal and the page.
// Not an evaluation: both sides are in the evidence. RFC 8601.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "evidence/document.h"

namespace mailprobe::reporter {

struct AuthenticationRow {
  std::string method;  // "SPF", "DKIM", "DMARC", "ARC"
  std::string what;    // "r1 · rsa-sha256 · relaxed/relaxed", a domain
  std::string ours, ours_detail;
  std::string theirs, theirs_detail;  // empty: nothing recorded
  std::optional<bool> agree;          // null where there is nothing to compare
};

std::vector<AuthenticationRow> authentication_rows(const evidence::MailboxCopy& copy);

/// The authserv-id whose fields count, or "".
std::string trusted_authserv_id(const evidence::MailboxCopy& copy);

}  // namespace mailprobe::reporter
