// The NCSC's levels over a survey: the lowest of each kind, and what is of it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/tls_profile.h"

namespace mailprobe {
namespace {

using ::testing::ElementsAre;
using enum TlsAnswer;

const TlsLevelOf* of(const std::vector<TlsLevelOf>& all, std::string_view what) {
  for (const auto& each : all)
    if (each.what == what) return &each;
  return nullptr;
}

TEST(NcscLevels, AreTheLowestOfWhatIsAccepted) {
  TlsSurvey survey;
  survey.versions = {{"TLSv1", accepted}, {"TLSv1.1", accepted}, {"TLSv1.2", accepted}, {"SSLv3", refused}};
  survey.suites = {{"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", accepted}, {"TLS_RSA_WITH_RC4_128_SHA", not_tested}};
  survey.groups = {{"secp224r1", accepted}, {"x25519", accepted}};
  survey.hashes = {{"sha1", accepted}, {"sha256", accepted}};
  survey.dh_bits = 2048;
  const auto all = ncsc_levels(survey);
  ASSERT_EQ(all.size(), 5U);
  EXPECT_EQ(of(all, "versions")->level, TlsLevel::phase_out);
  EXPECT_THAT(of(all, "versions")->names, ElementsAre("TLSv1", "TLSv1.1"));
  EXPECT_EQ(of(all, "suites")->level, TlsLevel::good);
  EXPECT_EQ(of(all, "groups")->level, TlsLevel::phase_out);
  EXPECT_THAT(of(all, "groups")->names, ElementsAre("secp224r1"));
  EXPECT_EQ(of(all, "hashes")->level, TlsLevel::insufficient);
  EXPECT_EQ(of(all, "DH prime")->level, TlsLevel::phase_out);
}

TEST(NcscLevels, SayNothingOfWhatWasNotAccepted) {
  TlsSurvey survey;
  survey.versions = {{"TLSv1", refused}, {"TLSv1.3", not_tested}};
  EXPECT_TRUE(ncsc_levels(survey).empty());
}

}  // namespace
}  // namespace mailprobe
