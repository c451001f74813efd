// TLS reports: what is read keeps to its limits and makes sense.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/address.h"
#include "reports/limits.h"
#include "reports/tls_report.h"

using namespace mailprobe;
using namespace mailprobe::reports;

namespace {

void check(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto report = parse_tls_report({reinterpret_cast<const char*>(data), size});
  if (!report) return 0;
  check(report->begin <= report->end && !report->report_id.empty());
  check(report->organization.size() <= limits::text && report->oddities.size() <= limits::oddities);
  check(report->policies.size() <= limits::policies);
  for (const auto& policy : report->policies) {
    check(policy.domain.empty() || DomainName::parse(policy.domain));
    check(policy.successful >= 0 && policy.failed >= 0);
    check(policy.strings.size() <= limits::policy_strings && policy.failures.size() <= limits::failures);
    for (const auto& failure : policy.failures) check(failure.failed_sessions >= 0);
  }
  return 0;
}
