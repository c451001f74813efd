// What an address's TLS accepts, in words with a tone each: for the page's table and the terminal alike. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/tls_survey.h"

namespace mailprobe::reporter {

struct SurveyWord {
  std::string text;
  std::string_view tone;  // pass, warn, fail, info, mute
};

struct SurveyLine {
  std::string_view label;
  std::vector<SurveyWord> words;
};

/// Versions, suites, groups, signatures, certificates, habits, levels, what was not asked; lines without words are left
/// out. `at` is when the certificates were seen.
std::vector<SurveyLine> survey_lines(const TlsSurvey& survey, Time at);

}  // namespace mailprobe::reporter
