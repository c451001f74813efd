// What an address's TLS was found to accept (base/tls_survey.h) as findings, beside the session that was negotiated.
// For the checks that rate TLS. RFC 9325, 8996, 7568, 7465, 9155; docs/tls-enumeration.md.
#pragma once

#include "evidence/findings.h"
#include "evidence/tried.h"

namespace mailprobe::evidence {

/// TLS 1.3 has forward secrecy and AEAD always; 1.2 where the suite says so (RFC 9325 §4.2).
bool strong_cipher(const TlsFacts& tls);

/// What OpenSSL says where the server speaks no version that we do: our sessions offer TLS 1.2 and 1.3.
bool no_common_version(const Attempt& attempt);

/// nullptr: what the address accepts was not asked.
const TlsSurvey* survey_of(const Tried& tried);
/// The pointer of a member of the survey.
std::string survey_at(const Tried& tried, std::string_view member);

/// What a survey knows of the certificates that the session showed. nullptr: nothing.
const TlsChain* session_chain(const Tried& tried);

/// The certificates of an address that its session did not show, as a session that did would have been.
struct OtherChain {
  Attempt shown;
  const TlsChain* chain = nullptr;
  std::string at;  // its JSON Pointer
};
std::vector<OtherChain> other_chains(const Tried& tried);

/// inbound.tls-version and inbound.tls-cipher of an address that has a survey.
void judge_surveyed_version(const Tried& tried, const TlsSurvey& survey, Findings& findings);
void judge_surveyed_cipher(const Tried& tried, const TlsSurvey& survey, Findings& findings);
/// inbound.tls-hygiene; not-tested without a survey.
void judge_hygiene(const Tried& tried, Findings& findings);

}  // namespace mailprobe::evidence
