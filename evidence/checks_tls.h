// What an address's TLS was found to accept (base/tls_survey.h) as findings, beside the session that was negotiated.
// For checks_inbound.cpp. RFC 9325, 8996, 7568, 7465, 9155; docs/tls-enumeration.md.
#pragma once

#include "evidence/findings.h"
#include "evidence/tried.h"

namespace mailprobe::evidence {

/// nullptr: what the address accepts was not asked.
const TlsSurvey* survey_of(const Tried& tried);
/// The pointer of a member of the survey.
std::string survey_at(const Tried& tried, std::string_view member);

/// inbound.tls-version and inbound.tls-cipher of an address that has a survey.
void judge_surveyed_version(const Tried& tried, const TlsSurvey& survey, Findings& findings);
void judge_surveyed_cipher(const Tried& tried, const TlsSurvey& survey, Findings& findings);
/// inbound.tls-hygiene; not-tested without a survey.
void judge_hygiene(const Tried& tried, Findings& findings);

}  // namespace mailprobe::evidence
