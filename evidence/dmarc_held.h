// Which DMARC policy holds for the target's domain: of its own record, or of one above it. RFC 9989 §4.10.1.
#pragma once

#include "auth/dmarc_record.h"
#include "evidence/document.h"

namespace mailprobe::evidence {

/// The record that was found stands at a domain above the target's.
bool dmarc_from_above(const Target& target);

/// What `record`, which was found, asks for: p=, or sp= for what is below it.
auth::DmarcPolicy dmarc_policy_of(const Target& target, const auth::DmarcRecord& record);

}  // namespace mailprobe::evidence
