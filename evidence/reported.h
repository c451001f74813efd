// What reports say that a probe's target evaluated and enforced, for the checks that grade it. Not the reports: they
// are in the document, and one that nothing vouches for counts for nothing here. Pure. RFC 9990, RFC 8460 §4.3.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "evidence/document.h"

namespace mailprobe::evidence {

/// A DMARC aggregate report on one mechanism.
struct ReportedResult {
  std::string organization;
  std::string result;                      // "pass", "fail", "softfail", …; of dmarc "pass" or "fail"
  std::optional<std::string> disposition;  // of dmarc: what the target did: none, quarantine, reject
  std::string at;                          // the report's pointer
};

/// `method` is spf, dkim or dmarc; `at` the probe's pointer. Nothing: no report of it, or rows that disagree, so that
/// which of them speaks of this probe is not known.
std::optional<ReportedResult> reported(const Probe& probe, const std::string& at, std::string_view method);

/// Sessions to us that the target gave up, in a TLS report.
struct ReportedFailure {
  std::string organization, result_type;
  std::optional<std::string> receiving_mx;
  std::int64_t sessions = 0;
  std::string at;  // the row's pointer
};

/// Which protection refused the session, by the policy that was applied, or by what failed (RFC 8460 §4.3).
enum class Refusing { dane, mta_sts };
/// Of the host `receiving_mx`, or where a report names none, of `domain`.
std::vector<ReportedFailure> reported_failures(const Probe& probe, const std::string& at, Refusing by,
                                               std::string_view receiving_mx, std::string_view domain);

/// Whether somebody vouches for a report, and it is known to be about the probe, not about some messages "among" which
/// the probe is. A file without its mail is whoever's who gave it to us.
bool counts(const Report& report);

}  // namespace mailprobe::evidence
