// What the target publishes about its mail: the SPF, DMARC and TLSRPT records, as found. Judging them is
// evidence/assess. RFC 7208 §4.5, RFC 8460 §3, RFC 9989 §4.10 (tree walk).
#pragma once

#include "base/task.h"
#include "dns/resolver.h"
#include "evidence/document.h"

namespace mailprobe::probe {

/// Into target.policies, beside what is there: "spf", "dmarc", "tlsrpt": the record; null where there is none; no entry
/// where the look-up failed. Several SPF records are joined by LF (a permanent error, RFC 7208 §4.5).
/// DOMAIN._report._dmarc.HOST: the agreement of a host elsewhere that reports are to go to (RFC 9990 §3.5), likewise.
/// Then target.dmarc_domain and target.spf_survey.
Task<void> look_up_policies(evidence::Target& target, dns::Resolver& resolver);

}  // namespace mailprobe::probe
