// What a server's TLS accepts, by the levels of the Dutch NCSC's guidelines of 2025-05, by which internet.nl rates: the
// lowest level of each kind of option, and which options are of it. Not the levels themselves: base/tls_rating.h.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/tls_rating.h"
#include "base/tls_survey.h"

namespace mailprobe {

struct TlsLevelOf {
  std::string_view what;  // "versions", "suites", "groups", "hashes", "DH prime", "certificates", "settings"
  TlsLevel level = TlsLevel::good;
  std::vector<std::string> names;  // those of this level, in the survey's order
  bool at_best = false;            // something of a lower level was not asked
};

/// "sufficient", "at best sufficient"
std::string level_words(const TlsLevelOf& of);

/// Of each kind of which something is accepted.
std::vector<TlsLevelOf> ncsc_levels(const TlsSurvey& survey);
/// Of the keys and signatures of a chain, without root certificates, whose signatures nobody looks at.
TlsLevelOf ncsc_level_of_chain(const std::vector<Certificate>& certificates);

}  // namespace mailprobe
