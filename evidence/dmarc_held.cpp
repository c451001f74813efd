#include "evidence/dmarc_held.h"

namespace mailprobe::evidence {

bool dmarc_from_above(const Target& target) { return target.dmarc_domain && *target.dmarc_domain != target.domain; }

auth::DmarcPolicy dmarc_policy_of(const Target& target, const auth::DmarcRecord& record) {
  return dmarc_from_above(target) ? record.for_subdomain(true) : record.policy;
}

}  // namespace mailprobe::evidence
