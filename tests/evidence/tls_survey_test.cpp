// inbound.tls-version, -cipher, -hygiene and the certificates of a second kind, judged by what a survey found.
#include <algorithm>

#include "evidence/json.h"
#include "tests/evidence/findings_of.h"
#include "tests/support/documents.h"

namespace mailprobe::evidence {
namespace {

using test::CheckRow;
using enum Verdict;

std::vector<TlsOption> options(std::initializer_list<const char*> accepted,
                               std::initializer_list<const char*> refused) {
  std::vector<TlsOption> out;
  for (const auto* name : accepted) out.push_back({name, TlsAnswer::accepted});
  for (const auto* name : refused) out.push_back({name, TlsAnswer::refused});
  return out;
}

TlsSurvey& survey(Document& document) { return *document.target.mx[0].addresses[0].survey; }
void set(std::vector<TlsOption>& all, const char* name, TlsAnswer answer) {
  const auto found = std::ranges::find(all, name, &TlsOption::name);
  if (found == all.end())
    all.push_back({name, answer});
  else
    found->answer = answer;
}
void accept(std::vector<TlsOption>& all, const char* name) { set(all, name, TlsAnswer::accepted); }

/// The session failed: the two had nothing in common.
void no_session(Document& document) {
  auto& session = *document.target.mx[0].addresses[0].session;
  session.tls.reset();
  session.phase = "tls";
  session.error = "TLS handshake: alert protocol_version";
  session.cause = Cause::unsupported;
}

void cut_off(Document& document) {
  auto& it = survey(document);
  for (auto* list : {&it.versions, &it.suites, &it.groups, &it.hashes})
    for (auto& option : *list) option.answer = TlsAnswer::not_tested;
  it.compression = it.secure_renegotiation = it.extended_master_secret = it.early_data = std::nullopt;
  it.finished = false;
  it.omitted = {{"the rest", Cause::rate_limited, "the server answers the connection with 421: too many"}};
}

/// It was limited after the questions of old versions: of these 1.1 is accepted, of the better ones nothing is known.
void cut_off_at_the_old(Document& document) {
  cut_off(document);
  accept(survey(document).versions, "TLSv1.1");
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
    {"version_good",
     [](Document&) {},
     "inbound.tls-version",
     pass,
     {},
     {"TLSv1.3 is negotiated", "TLSv1.2 and TLSv1.3"}},
    {"version_1_1_beside",
     [](Document& d) { accept(survey(d).versions, "TLSv1.1"); },
     "inbound.tls-version",
     warn,
     {},
     {"TLSv1.1", "RFC 8996 §5 forbids", "NCSC level: insufficient"}},
    {"version_ssl3_beside",
     [](Document& d) { accept(survey(d).versions, "SSLv3"); },
     "inbound.tls-version",
     fail,
     {},
     {"RFC 7568"}},
    {"version_1_0_alone",
     [](Document& d) {
       no_session(d);
       survey(d).versions = options({"TLSv1"}, {"TLSv1.1", "TLSv1.2", "TLSv1.3", "SSLv3"});
     },
     "inbound.tls-version",
     fail,
     Cause::unsupported,
     {"accepted: TLSv1"}},
    {"version_none",
     [](Document& d) {
       no_session(d);
       survey(d).versions = options({}, {"SSLv3", "TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"});
     },
     "inbound.tls-version",
     fail,
     Cause::unsupported,
     {"no version of TLS is accepted"}},
    {"version_cut_off", cut_off, "inbound.tls-version", not_tested, Cause::rate_limited, {"is not known", "421"}},
    {"version_cut_off_without_session",
     [](Document& d) {
       cut_off(d);
       no_session(d);
     },
     "inbound.tls-version", not_tested, Cause::rate_limited},

    {"version_1_1_beside_what_the_session_negotiated",
     cut_off_at_the_old,
     "inbound.tls-version",
     warn,
     Cause::rate_limited,
     {"RFC 8996 §5 forbids", "TLSv1.3 is negotiated", "of TLSv1.2, SSLv3 and TLSv1 it is not known"}},
    {"version_1_1_beside_what_is_not_known",
     [](Document& d) {
       cut_off_at_the_old(d);
       no_session(d);
       d.target.mx[0].addresses[0].session->error = "connection lost";
     },
     "inbound.tls-version",
     warn,
     Cause::rate_limited,
     {"of TLSv1.2, TLSv1.3, SSLv3 and TLSv1 it is not known"}},
    {"version_1_1_and_none_that_we_speak",
     [](Document& d) {
       cut_off_at_the_old(d);
       no_session(d);
     },
     "inbound.tls-version", fail, Cause::unsupported},
    {"version_1_1_negotiated_and_cut_off",
     [](Document& d) {
       cut_off_at_the_old(d);
       d.target.mx[0].addresses[0].session->tls->version = "TLSv1.1";
     },
     "inbound.tls-version", fail, Cause::unsupported},
    {"version_ssl3_is_no_matter_of_the_limit",
     [](Document& d) {
       cut_off_at_the_old(d);
       accept(survey(d).versions, "SSLv3");
     },
     "inbound.tls-version", fail},

    {"version_of_none_that_is_known",
     [](Document& d) {
       cut_off(d);
       no_session(d);
       for (const auto* name : {"SSLv3", "TLSv1", "TLSv1.1"}) set(survey(d).versions, name, TlsAnswer::refused);
     },
     "inbound.tls-version", not_tested, Cause::rate_limited},

    {"cipher_good",
     [](Document&) {},
     "inbound.tls-cipher",
     pass,
     {},
     {"the server’s order", "group x25519", "sha256", "NCSC level: sufficient (suites and groups)"}},
    {"cipher_rc4",
     [](Document& d) { accept(survey(d).suites, "TLS_RSA_WITH_RC4_128_SHA"); },
     "inbound.tls-cipher",
     fail,
     {},
     {"TLS_RSA_WITH_RC4_128_SHA", "RFC 7465", "NCSC level: insufficient"}},
    {"cipher_export", [](Document& d) { accept(survey(d).suites, "TLS_RSA_EXPORT_WITH_RC4_40_MD5"); },
     "inbound.tls-cipher", fail},
    {"cipher_null", [](Document& d) { accept(survey(d).suites, "TLS_RSA_WITH_NULL_SHA"); }, "inbound.tls-cipher", fail},
    {"cipher_anonymous",
     [](Document& d) { accept(survey(d).suites, "TLS_ECDH_anon_WITH_AES_256_CBC_SHA"); },
     "inbound.tls-cipher",
     warn,
     {},
     {"to be phased out"}},
    {"cipher_static_rsa",
     [](Document& d) { accept(survey(d).suites, "TLS_RSA_WITH_AES_128_CBC_SHA"); },
     "inbound.tls-cipher",
     warn,
     {},
     {"static RSA", "NCSC level: insufficient"}},
    {"cipher_cbc",
     [](Document& d) { accept(survey(d).suites, "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA"); },
     "inbound.tls-cipher",
     pass,
     {},
     {"NCSC level: insufficient (suites)"}},
    {"cipher_cbc_sha256",
     [](Document& d) { accept(survey(d).suites, "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256"); },
     "inbound.tls-cipher",
     pass,
     {},
     {"NCSC level: phase-out (suites)"}},
    {"cipher_weak_group",
     [](Document& d) { accept(survey(d).groups, "sect163k1"); },
     "inbound.tls-cipher",
     warn,
     {},
     {"weak groups: sect163k1"}},
    {"cipher_hybrid_group",
     [](Document& d) { accept(survey(d).groups, "X25519MLKEM768"); },
     "inbound.tls-cipher",
     pass,
     {},
     {"X25519MLKEM768"}},
    {"cipher_sha1",
     [](Document& d) { accept(survey(d).hashes, "sha1"); },
     "inbound.tls-cipher",
     warn,
     {},
     {"RFC 9155"}},
    {"cipher_small_prime",
     [](Document& d) { survey(d).dh_bits = 1024; },
     "inbound.tls-cipher",
     fail,
     {},
     {"1024 bits"}},
    {"cipher_usual_prime", [](Document& d) { survey(d).dh_bits = 2048; }, "inbound.tls-cipher", pass},
    {"cipher_cut_off", cut_off, "inbound.tls-cipher", not_tested, Cause::rate_limited, {"is not known"}},
    {"cipher_forbidden_is_no_matter_of_the_limit",
     [](Document& d) {
       cut_off(d);
       accept(survey(d).suites, "TLS_RSA_WITH_NULL_SHA");
     },
     "inbound.tls-cipher", fail},
    {"cipher_cut_off_without_session",
     [](Document& d) {
       cut_off(d);
       no_session(d);
     },
     "inbound.tls-cipher", not_tested, Cause::rate_limited},

    {"hygiene_good", [](Document&) {}, "inbound.tls-hygiene", pass, {}, {"no compression", "no 0-RTT"}},
    {"hygiene_not_asked",
     [](Document& d) { d.target.mx[0].addresses[0].survey.reset(); },
     "inbound.tls-hygiene",
     not_tested,
     {},
     {"was not asked"}},
    {"hygiene_compression",
     [](Document& d) { survey(d).compression = true; },
     "inbound.tls-hygiene",
     fail,
     {},
     {"CRIME"}},
    {"hygiene_renegotiation",
     [](Document& d) { survey(d).secure_renegotiation = false; },
     "inbound.tls-hygiene",
     fail,
     {},
     {"RFC 5746"}},
    {"hygiene_master_secret",
     [](Document& d) { survey(d).extended_master_secret = false; },
     "inbound.tls-hygiene",
     warn,
     {},
     {"RFC 7627"}},
    {"hygiene_mac_before_encryption",
     [](Document& d) { survey(d).encrypt_then_mac = false; },
     "inbound.tls-hygiene",
     warn,
     {},
     {"RFC 9325 §4.2"}},
    {"hygiene_encrypt_then_mac",
     [](Document& d) { survey(d).encrypt_then_mac = true; },
     "inbound.tls-hygiene",
     pass,
     {},
     {"encrypt-then-MAC"}},
    {"hygiene_early_data",
     [](Document& d) { survey(d).early_data = true; },
     "inbound.tls-hygiene",
     warn,
     {},
     {"0-RTT"}},
    {"hygiene_worst_counts",
     [](Document& d) {
       survey(d).compression = true;
       survey(d).early_data = true;
     },
     "inbound.tls-hygiene",
     fail,
     {},
     {"CRIME", "0-RTT"}},
    {"hygiene_before_tls13_left_out",
     [](Document& d) {
       auto& it = survey(d);
       set(it.versions, "TLSv1.2", TlsAnswer::not_tested);
       it.compression = it.secure_renegotiation = it.extended_master_secret = std::nullopt;
       it.omitted = {{"recommended suites", Cause::timed_out, "reading timed out"}};
     },
     "inbound.tls-hygiene",
     not_tested,
     Cause::timed_out,
     {"no 0-RTT", "what it does before TLS 1.3 is not known: reading timed out"}},
    {"hygiene_of_tls13_alone",
     [](Document& d) {
       auto& it = survey(d);
       set(it.versions, "TLSv1.2", TlsAnswer::refused);
       it.compression = it.secure_renegotiation = it.extended_master_secret = std::nullopt;
     },
     "inbound.tls-hygiene",
     pass,
     {},
     {"Nothing unsafe: no 0-RTT"}},
    {"hygiene_cut_off", cut_off, "inbound.tls-hygiene", not_tested, Cause::rate_limited},
    {"hygiene_without_survey", [](Document& d) { d.target.mx[0].addresses[0].survey.reset(); }, "inbound.tls-hygiene",
     not_tested},
    {"version_without_survey",
     [](Document& d) { d.target.mx[0].addresses[0].survey.reset(); },
     "inbound.tls-version",
     pass,
     {},
     {"TLSv1.3 is negotiated"}},

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

class Surveyed : public testing::TestWithParam<CheckRow> {};

TEST_P(Surveyed, IsJudged) { test::expect_row(test::tls_surveyed(), GetParam()); }

INSTANTIATE_TEST_SUITE_P(Rows, Surveyed, testing::ValuesIn(rows),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(Surveyed, EvidenceResolves) {
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
TEST(Surveyed, TlsaRecordsHaveToMatchTheSecondCertificateToo) {
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
TEST(Surveyed, TheSecondCertificateHasToKeepTheMtaStsPolicyToo) {
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
TEST(Surveyed, DaneVouchesForASecondCertificate) {
  auto document = test::tls_surveyed();
  publish_tlsa(document);
  second_chain(document, "fail", Cause::unknown_ca);
  survey(document).chains[0].dane = DaneFacts{"pass", document.target.mx[0].tlsa[0], 0, {}, {}};
  EXPECT_EQ(test::finding_of(document, "inbound.certificate", second).verdict, info);
}

int badness(Verdict verdict) { return verdict == fail ? 2 : verdict == warn ? 1 : 0; }

/// What is accepted more is never better, what is good and accepted more never worse.
TEST(Surveyed, VerdictsAreMonotonic) {
  const std::vector<const char*> bad_suites{"TLS_RSA_WITH_RC4_128_SHA", "TLS_RSA_WITH_AES_128_CBC_SHA",
                                            "TLS_RSA_WITH_NULL_SHA", "TLS_DH_anon_WITH_AES_128_CBC_SHA"};
  const std::vector<const char*> old_versions{"SSLv3", "TLSv1", "TLSv1.1"};
  for (unsigned chosen = 0; chosen < 128; ++chosen) {
    auto document = test::tls_surveyed();
    for (unsigned bit = 0; bit < 4; ++bit)
      if ((chosen >> bit & 1U) != 0) accept(survey(document).suites, bad_suites[bit]);
    for (unsigned bit = 0; bit < 3; ++bit)
      if ((chosen >> (bit + 4) & 1U) != 0) accept(survey(document).versions, old_versions[bit]);
    const auto cipher = badness(test::finding_of(document, "inbound.tls-cipher").verdict);
    const auto version = badness(test::finding_of(document, "inbound.tls-version").verdict);
    auto worse = document;
    accept(survey(worse).suites, "TLS_RSA_EXPORT_WITH_DES40_CBC_SHA");
    accept(survey(worse).versions, "TLSv1");
    EXPECT_GE(badness(test::finding_of(worse, "inbound.tls-cipher").verdict), cipher) << chosen;
    EXPECT_GE(badness(test::finding_of(worse, "inbound.tls-version").verdict), version) << chosen;
    auto better = document;
    accept(survey(better).suites, "TLS_CHACHA20_POLY1305_SHA256");
    accept(survey(better).groups, "X25519MLKEM768");
    EXPECT_LE(badness(test::finding_of(better, "inbound.tls-cipher").verdict), cipher) << chosen;
  }
}

TEST(Survey, ComesBackFromJsonByItself) {
  auto document = test::tls_surveyed();
  staple(document, "revoked").reason = "keyCompromise";
  must_staple(document);
  survey(document).chains[0].dane = DaneFacts{"fail", {}, {}, Cause::policy, "none"};
  cut_off(document);
  const auto& given = survey(document);
  const auto back = survey_from_json(to_json(given));
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(to_json(*back), to_json(given));
  EXPECT_FALSE(survey_from_json("{}"));
  EXPECT_FALSE(survey_from_json("no JSON"));
}

}  // namespace
}  // namespace mailprobe::evidence
