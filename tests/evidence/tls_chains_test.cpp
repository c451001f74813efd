// The certificates that a survey found beside the session's: verified, stapled, held against DANE and MTA-STS.
#include "evidence/json.h"
#include "tests/evidence/findings_of.h"
#include "tests/support/documents.h"

namespace mailprobe::evidence {
namespace {

using test::CheckRow;
using enum Verdict;

TlsSurvey& survey(Document& document) { return *document.target.mx[0].addresses[0].survey; }

/// The session failed: the two had nothing in common.
void no_session(Document& document) {
  auto& session = *document.target.mx[0].addresses[0].session;
  session.tls.reset();
  session.phase = "tls";
  session.error = "TLS handshake: alert protocol_version";
  session.cause = Cause::unsupported;
}

void second_chain(Document& document, const char* result, std::optional<Cause> cause) {
  TlsChain chain;
  chain.key = "rsa";
  chain.verified = Verification{result, cause, {}};
  Certificate leaf;
  leaf.key = "RSA 2048";
  leaf.names = {"mx1.target.test"};
  leaf.not_after = document.run.started + std::chrono::days(cause == Cause::expired ? -3 : 60);
  chain.certificates = {leaf};
  survey(document).chains.push_back(chain);
}

/// What a second chain's server stapled, a day ago and for a week.
OcspFacts& staple(Document& document, const char* status) {
  second_chain(document, "pass", {});
  auto& chain = survey(document).chains[0];
  chain.stapled = true;
  auto& ocsp = chain.ocsp.emplace();
  ocsp.status = status;
  ocsp.this_update = document.run.started - std::chrono::days(1);
  ocsp.next_update = document.run.started + std::chrono::days(6);
  return ocsp;
}

void must_staple(Document& document) { survey(document).chains[0].certificates[0].must_staple = true; }

constexpr const char* second = "cert mx1.target.test 192.0.2.1 rsa";

const CheckRow rows[] = {
    {"second_certificate_good",
     [](Document& d) { second_chain(d, "pass", {}); },
     "inbound.certificate",
     pass,
     {},
     {},
     "cert mx1.target.test 192.0.2.1 rsa"},
    {"second_certificate_expired",
     [](Document& d) { second_chain(d, "fail", Cause::expired); },
     "inbound.certificate",
     fail,
     Cause::expired,
     {"expired on"},
     "cert mx1.target.test 192.0.2.1 rsa"},
    {"certificate_with_a_short_key",
     [](Document& d) {
       second_chain(d, "pass", {});
       survey(d).chains[0].certificates[0].key = "RSA 1024";
     },
     "inbound.certificate",
     fail,
     {},
     {"only RSA 1024"},
     "cert mx1.target.test 192.0.2.1 rsa"},
    {"certificate_signed_with_sha1",
     [](Document& d) {
       second_chain(d, "pass", {});
       survey(d).chains[0].certificates[0].signature = "sha1WithRSAEncryption";
     },
     "inbound.certificate",
     fail,
     {},
     {"sha1WithRSAEncryption"},
     "cert mx1.target.test 192.0.2.1 rsa"},
    {"staple_good",
     [](Document& d) { staple(d, "good"); },
     "inbound.certificate",
     pass,
     {},
     {"OCSP stapled: good until"},
     second},
    {"staple_revoked",
     [](Document& d) {
       auto& ocsp = staple(d, "revoked");
       ocsp.revoked = d.run.started - std::chrono::days(2);
       ocsp.reason = "keyCompromise";
     },
     "inbound.certificate",
     fail,
     {},
     {"was revoked on", "keyCompromise"},
     second},
    {"staple_stale",
     [](Document& d) { staple(d, "good").next_update = d.run.started - std::chrono::hours(1); },
     "inbound.certificate",
     warn,
     {},
     {"is stale"},
     second},
    {"staple_of_the_future",
     [](Document& d) { staple(d, "good").this_update = d.run.started + std::chrono::hours(1); },
     "inbound.certificate",
     warn,
     {},
     {"from the future"},
     second},
    {"staple_unknown",
     [](Document& d) { staple(d, "unknown"); },
     "inbound.certificate",
     warn,
     {},
     {"does not know the certificate"},
     second},
    {"staple_of_somebody_else",
     [](Document& d) { staple(d, "").problem = "it is not signed by the certificate's issuer"; },
     "inbound.certificate",
     warn,
     {},
     {"does not count", "not signed by"},
     second},
    {"must_staple_with_one",
     [](Document& d) {
       staple(d, "good");
       must_staple(d);
     },
     "inbound.certificate",
     pass,
     {},
     {},
     second},
    {"must_staple_without",
     [](Document& d) {
       second_chain(d, "pass", {});
       survey(d).chains[0].stapled = false;
       must_staple(d);
     },
     "inbound.certificate",
     fail,
     {},
     {"RFC 7633"},
     second},
    {"must_staple_not_known",
     [](Document& d) {
       second_chain(d, "pass", {});
       must_staple(d);
     },
     "inbound.certificate",
     pass,
     {},
     {},
     second},
    {"must_staple_with_a_stale_one",
     [](Document& d) {
       staple(d, "good").next_update = d.run.started - std::chrono::hours(1);
       must_staple(d);
     },
     "inbound.certificate",
     fail,
     {},
     {"is stale"},
     second},
    {"certificate_to_phase_out",
     [](Document& d) { second_chain(d, "pass", {}); },
     "inbound.certificate",
     pass,
     {},
     {"NCSC level: phase-out (RSA 2048)"},
     second},
    {"certificate_of_an_old_server",
     [](Document& d) {
       no_session(d);
       second_chain(d, "fail", Cause::self_signed);
     },
     "inbound.certificate",
     fail,
     Cause::self_signed,
     {},
     "cert mx1.target.test 192.0.2.1 rsa"},
};

class SurveyedChain : public testing::TestWithParam<CheckRow> {};

TEST_P(SurveyedChain, IsJudged) { test::expect_row(test::tls_surveyed(), GetParam()); }

INSTANTIATE_TEST_SUITE_P(Rows, SurveyedChain, testing::ValuesIn(rows),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(SurveyedChains, EvidenceResolves) {
  auto document = test::tls_surveyed();
  second_chain(document, "pass", {});
  std::size_t pointers = 0;
  for (const auto& finding : assess(document, embedded))
    for (const auto& pointer : finding.evidence)
      pointers += static_cast<std::size_t>(pointer.starts_with("/target/mx/0/addresses/0/survey/"));
  EXPECT_GE(pointers, 6U);
  EXPECT_EQ(test::finding_of(document, "inbound.certificate", " rsa").evidence.front(),
            "/target/mx/0/addresses/0/survey/chains/0");
}

void publish_tlsa(Document& document) {
  auto& host = document.target.mx[0];
  host.tlsa = {"3 1 1 " + std::string(64, 'a')};
  host.tlsa_lookup = TlsaLookup{
      .base = host.host, .state = TlsaState::usable, .dnssec = Dnssec::secure, .unusable = {}, .problem = {}};
}

/// RFC 7671 §8
TEST(SurveyedChains, TlsaRecordsHaveToMatchTheSecondCertificateToo) {
  auto document = test::tls_surveyed();
  publish_tlsa(document);
  second_chain(document, "pass", {});
  auto& chain = survey(document).chains[0];
  EXPECT_EQ(test::finding_of(document, "inbound.dane", second).verdict, not_tested) << "an older document";
  chain.dane = DaneFacts{"pass", document.target.mx[0].tlsa[0], 0, {}, {}};
  EXPECT_EQ(test::finding_of(document, "inbound.dane", second).verdict, pass);
  chain.dane = DaneFacts{"fail", {}, {}, Cause::policy, "no TLSA record matches what the server shows"};
  const auto finding = test::finding_of(document, "inbound.dane", second);
  EXPECT_EQ(finding.verdict, fail);
  EXPECT_EQ(finding.cause, Cause::policy);
  EXPECT_EQ(finding.evidence.front(), "/target/mx/0/addresses/0/survey/chains/0");
  document.target.mx[0].tlsa_lookup->state = TlsaState::absent;
  EXPECT_EQ(test::findings_of(document, "inbound.dane").size(), 1U) << "of the session only";
}

/// RFC 8461 §4.2
TEST(SurveyedChains, TheSecondCertificateHasToKeepTheMtaStsPolicyToo) {
  auto document = test::tls_surveyed();
  document.target.mta_sts.emplace().mode = StsMode::enforce;
  second_chain(document, "pass", {});
  EXPECT_EQ(test::finding_of(document, "inbound.mta-sts", second).verdict, pass);
  survey(document).chains[0].verified = Verification{"fail", Cause::expired, "certificate has expired"};
  const auto finding = test::finding_of(document, "inbound.mta-sts", second);
  EXPECT_EQ(finding.verdict, fail);
  EXPECT_EQ(finding.cause, Cause::expired);
  document.target.mta_sts->unlisted = {"mx1.target.test"};
  EXPECT_EQ(test::findings_of(document, "inbound.mta-sts").size(), 1U) << "the host itself is not listed";
}

/// An ECDSA certificate that DANE vouches for needs no CA, an RSA one neither.
TEST(SurveyedChains, DaneVouchesForASecondCertificate) {
  auto document = test::tls_surveyed();
  publish_tlsa(document);
  second_chain(document, "fail", Cause::unknown_ca);
  survey(document).chains[0].dane = DaneFacts{"pass", document.target.mx[0].tlsa[0], 0, {}, {}};
  EXPECT_EQ(test::finding_of(document, "inbound.certificate", second).verdict, info);
}

TEST(Survey, ComesBackFromJsonByItself) {
  auto document = test::tls_surveyed();
  staple(document, "revoked").reason = "keyCompromise";
  must_staple(document);
  survey(document).chains[0].dane = DaneFacts{"fail", {}, {}, Cause::policy, "none"};
  survey(document).versions.front().answer = TlsAnswer::not_tested;
  survey(document).finished = false;
  survey(document).omitted = {
      {"the rest", Cause::rate_limited, "the server answers the connection with 421: too many"}};
  const auto& given = survey(document);
  const auto back = survey_from_json(to_json(given));
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(to_json(*back), to_json(given));
  EXPECT_FALSE(survey_from_json("{}"));
  EXPECT_FALSE(survey_from_json("no JSON"));
}

}  // namespace
}  // namespace mailprobe::evidence
