#include "evidence/used_address.h"

#include "evidence/findings.h"

namespace mailprobe::evidence {

bool about_an_address(const Finding& finding) {
  return finding.subject.starts_with("address ") || finding.subject.starts_with("cert ");
}

bool about_address_of(const Finding& finding, const Probe& probe) {
  if (!probe.smtp) return false;
  const auto& attempt = deciding(probe);
  return finding.subject == address_subject(attempt) || finding.subject == certificate_subject(attempt);
}

}  // namespace mailprobe::evidence
