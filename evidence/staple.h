// What the OCSP response that a server staples to a certificate is worth, and whether one is missing that the
// certificate asks for. Reads recorded facts only (tls/ocsp.h made them). RFC 6960 §2.2, §3.2, §4.2.2.1; RFC 7633 §4.
#pragma once

#include <string>

#include "base/tls_survey.h"
#include "evidence/finding.h"

namespace mailprobe::evidence {

struct Staple {
  Verdict verdict = Verdict::pass;
  std::string text;    // "the stapled OCSP response says good until …"; empty: there is nothing to say
  std::string advice;  // where it is not pass
};

/// At the time `at`.
Staple judge_staple(const TlsChain& chain, Time at);

}  // namespace mailprobe::evidence
