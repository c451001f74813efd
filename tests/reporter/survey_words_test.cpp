// What an address's TLS accepts, in words: the NCSC's levels beside the IETF's advice.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reporter/survey_words.h"

namespace mailprobe::reporter {
namespace {

using enum TlsAnswer;

const SurveyLine* line_of(const std::vector<SurveyLine>& lines, std::string_view label) {
  for (const auto& line : lines)
    if (line.label == label) return &line;
  return nullptr;
}

TEST(SurveyWords, TellTheNcscsLevelOfEachKindAndWhatIsToGo) {
  TlsSurvey survey;
  survey.versions = {{"TLSv1", accepted}, {"TLSv1.3", accepted}};
  survey.suites = {{"TLS_AES_128_GCM_SHA256", accepted}};
  survey.groups = {{"sect163k1", accepted}, {"sect163r1", accepted}, {"sect193r1", accepted}, {"sect193r2", accepted}};
  const auto lines = survey_lines(survey, {});
  const auto* levels = line_of(lines, "NCSC levels");
  ASSERT_NE(levels, nullptr);
  ASSERT_EQ(levels->words.size(), 3U);
  EXPECT_EQ(levels->words[0].text, "versions: insufficient (TLSv1)");
  EXPECT_EQ(levels->words[0].tone, "fail");
  EXPECT_EQ(levels->words[1].text, "suites: sufficient");
  EXPECT_EQ(levels->words[1].tone, "pass");
  EXPECT_EQ(levels->words[2].text, "groups: insufficient (sect163k1, sect163r1, sect193r1 and 1 more)");
  EXPECT_EQ(levels->words[2].tone, "fail");
}

TEST(SurveyWords, HaveNoLevelWhereNothingIsAccepted) {
  EXPECT_EQ(line_of(survey_lines(TlsSurvey{}, {}), "NCSC levels"), nullptr);
}

}  // namespace
}  // namespace mailprobe::reporter
