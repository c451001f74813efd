// The checks of the answers themselves, for checks_outbound.cpp: what SPF, DKIM and DMARC came to when they arrived,
// and the rules that large providers have for who sends to them.
#pragma once

#include "evidence/answered.h"

namespace mailprobe::evidence {

/// outbound.{spf,dkim,dmarc,sender-rules}; nothing where no answer came.
void judge_answers(const Probe& probe, const std::string& at, const RawReader& raw, Findings& findings);

}  // namespace mailprobe::evidence
