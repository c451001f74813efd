// A TLS report as plain data: what a sender says of its sessions to a domain, RFC 8460 §4. Reads the shapes that large
// providers give it (one where a list belongs, members left out), and notes what is otherwise. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/ip.h"
#include "base/time.h"

namespace mailprobe::reports {

/// Values are as written, cut; names and words in lower case.
struct TlsFailure {
  std::string result_type;  // RFC 8460 §4.3: "certificate-host-mismatch", …
  std::optional<IpAddress> sending_mta_ip, receiving_ip;
  std::string receiving_mx_hostname, receiving_mx_helo;
  std::int64_t failed_sessions = 0;
  std::string additional_information, reason_code;
};

struct TlsPolicy {
  std::string type;  // "tlsa", "sts", "no-policy-found"
  std::string domain;
  std::vector<std::string> strings, mx_hosts;
  std::int64_t successful = 0, failed = 0;  // sessions in all
  std::vector<TlsFailure> failures;
};

struct TlsReport {
  std::string organization, contact, report_id;
  Time begin, end;
  std::vector<TlsPolicy> policies;
  std::vector<std::string> oddities;  // what is not as specified, and was passed over
};

/// Failure::protocol: it is no such report, or one that cannot be told apart from others (no id, no period).
Result<TlsReport> parse_tls_report(std::string_view text);

}  // namespace mailprobe::reports
