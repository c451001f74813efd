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
  EXPECT_EQ(of(all, "versions")->level, TlsLevel::insufficient);
  EXPECT_THAT(of(all, "versions")->names, ElementsAre("TLSv1", "TLSv1.1"));
  EXPECT_EQ(of(all, "suites")->level, TlsLevel::sufficient);
  EXPECT_EQ(of(all, "groups")->level, TlsLevel::phase_out);
  EXPECT_THAT(of(all, "groups")->names, ElementsAre("secp224r1"));
  EXPECT_EQ(of(all, "hashes")->level, TlsLevel::insufficient);
  EXPECT_EQ(of(all, "DH prime")->level, TlsLevel::insufficient);
}

Certificate certificate(const char* subject, const char* issuer, const char* key, const char* signature) {
  Certificate one;
  one.subject = subject;
  one.issuer = issuer;
  one.key = key;
  one.signature = signature;
  return one;
}

TEST(NcscLevels, OfCertificatesAreThoseOfEachKeyAndSignatureButTheRoots) {
  TlsSurvey survey;
  const auto leaf = certificate("CN=mx", "CN=ca", "RSA 2048", "sha256WithRSAEncryption");
  const auto root = certificate("CN=ca", "CN=ca", "RSA 1024", "sha1WithRSAEncryption");
  survey.chains = {{.key = "rsa", .certificates = {leaf, root}, .verified = {}}};
  const auto all = ncsc_levels(survey);
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(of(all, "certificates")->level, TlsLevel::phase_out);
  EXPECT_THAT(of(all, "certificates")->names, ElementsAre("RSA 2048"));
}

TEST(NcscLevels, OfSettingsAreThoseOfWhatIsKnown) {
  TlsSurvey survey;
  survey.compression = false;
  EXPECT_EQ(of(ncsc_levels(survey), "settings")->level, TlsLevel::good);
  survey.secure_renegotiation = false;
  survey.early_data = true;
  const auto all = ncsc_levels(survey);
  EXPECT_EQ(of(all, "settings")->level, TlsLevel::insufficient);
  EXPECT_THAT(of(all, "settings")->names, ElementsAre("insecure renegotiation", "0-RTT"));
}

TEST(NcscLevels, SayNothingOfWhatWasNotAccepted) {
  TlsSurvey survey;
  survey.versions = {{"TLSv1", refused}, {"TLSv1.3", not_tested}};
  EXPECT_TRUE(ncsc_levels(survey).empty());
}

}  // namespace
}  // namespace mailprobe
