// inbound.tls-version, -cipher and -hygiene, judged by what a survey found.
#include <algorithm>

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
};

class Surveyed : public testing::TestWithParam<CheckRow> {};

TEST_P(Surveyed, IsJudged) { test::expect_row(test::tls_surveyed(), GetParam()); }

INSTANTIATE_TEST_SUITE_P(Rows, Surveyed, testing::ValuesIn(rows),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(Surveyed, NothingIsAdvisedForWhatWasNotAsked) {
  for (const auto* check : {"inbound.tls-version", "inbound.tls-cipher", "inbound.tls-hygiene"}) {
    auto document = test::tls_surveyed();
    cut_off(document);
    EXPECT_EQ(test::finding_of(document, check).advice, "") << check;
    accept(survey(document).versions, "TLSv1.1");
    accept(survey(document).suites, "TLS_RSA_WITH_NULL_SHA");
    survey(document).compression = true;
    EXPECT_NE(test::finding_of(document, check).advice, "") << check;
  }
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

}  // namespace
}  // namespace mailprobe::evidence
