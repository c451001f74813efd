// A DMARC aggregate report as plain data: RFC 9990, and RFC 7489 appendix C, which it obsoletes and which most still
// send. Reads what large providers leave out or write otherwise, and notes it; not a validation by the schema. Pure.
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

/// Values are as written, trimmed and cut; words in lower case.
struct DmarcAuthResult {
  std::string method;  // "dkim" or "spf"
  std::string domain, selector, scope, result, human_result;
};

struct OverrideReason {
  std::string type, comment;
};

struct DmarcRecord {
  IpAddress source_ip;
  std::int64_t count = 0;
  std::string disposition, dkim, spf;  // policy_evaluated
  std::vector<OverrideReason> reasons;
  std::string header_from;
  std::optional<std::string> envelope_from, envelope_to;  // "" is the null reverse-path
  std::vector<DmarcAuthResult> results;
};

struct DmarcReport {
  std::string version;  // "" where it is left out, as most do
  std::string org_name, email, extra_contact, report_id, generator;
  Time begin, end;
  std::string domain;                      // policy_published
  std::string p, sp, np, adkim, aspf, fo;  // as written; "" where left out
  std::string testing, discovery_method;   // RFC 9990
  std::string pct;                         // RFC 7489
  std::vector<std::string> errors;
  std::vector<DmarcRecord> records;
  std::vector<std::string> oddities;  // what is not as specified, and was passed over
};

/// Failure::protocol: it is no such report, or one that cannot be told apart from others (no id, no period, no domain).
Result<DmarcReport> parse_dmarc_report(std::string_view xml);

}  // namespace mailprobe::reports
