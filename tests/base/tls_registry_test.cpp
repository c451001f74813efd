#include "base/tls_registry.h"

#include <gtest/gtest.h>

#include <set>

#include "base/tls_rating.h"

namespace mailprobe {
namespace {

TEST(TlsTables, HaveEachCodeAndNameOnce) {
  for (const auto table : {tls_versions(), tls_suites(), tls_groups(), tls_signature_schemes()}) {
    std::set<std::uint16_t> codes;
    std::set<std::string_view> names;
    for (const auto& row : table) {
      EXPECT_TRUE(codes.insert(row.code).second) << row.name;
      EXPECT_TRUE(names.insert(row.name).second) << row.name;
      EXPECT_EQ(tls_code_of(table, tls_name_of(table, row.code)), row.code);
    }
  }
  EXPECT_EQ(tls_name_of(tls_suites(), 0x1a2b), "0x1a2b");
  EXPECT_EQ(tls_code_of(tls_groups(), "nonsense"), std::nullopt);
}

TEST(TlsSuites, EachNameIsUnderstood) {
  for (const auto& row : tls_suites()) {
    const auto traits = tls_suite_traits(row.name);
    EXPECT_NE(traits.exchange, TlsExchange::other) << row.name;
    EXPECT_NE(traits.authentication, TlsAuthentication::other) << row.name;
    EXPECT_FALSE(traits.cipher.empty()) << row.name;
    EXPECT_EQ(traits.bits == 0, traits.cipher == "NULL") << row.name;
  }
}

struct SuiteRow {
  const char* name;
  TlsAdvice ietf;
  TlsLevel ncsc;
  bool forward_secrecy, aead;
  int bits;
};
void PrintTo(const SuiteRow& row, std::ostream* os) { *os << row.name; }

using enum TlsAdvice;
using enum TlsLevel;

const SuiteRow suites[] = {
    {"TLS_AES_256_GCM_SHA384", recommended, good, true, true, 256},
    {"TLS_CHACHA20_POLY1305_SHA256", recommended, good, true, true, 256},
    {"TLS_AES_128_GCM_SHA256", recommended, sufficient, true, true, 128},
    {"TLS_AES_128_CCM_SHA256", recommended, sufficient, true, true, 128},
    {"TLS_AES_128_CCM_8_SHA256", acceptable, insufficient, true, true, 128},
    {"TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", recommended, sufficient, true, true, 256},
    {"TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", recommended, sufficient, true, true, 256},
    {"TLS_ECDHE_ECDSA_WITH_AES_128_CCM", recommended, sufficient, true, true, 128},
    {"TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256", acceptable, phase_out, true, false, 128},
    {"TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA", acceptable, insufficient, true, false, 128},
    {"TLS_DHE_RSA_WITH_AES_128_GCM_SHA256", should_not, phase_out, true, true, 128},
    {"TLS_DHE_RSA_WITH_AES_128_CBC_SHA256", should_not, phase_out, true, false, 128},
    {"TLS_DHE_RSA_WITH_AES_128_CBC_SHA", should_not, insufficient, true, false, 128},
    {"TLS_DHE_DSS_WITH_AES_128_GCM_SHA256", should_not, insufficient, true, true, 128},
    {"TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA", should_not, insufficient, true, false, 112},
    {"TLS_RSA_WITH_AES_128_GCM_SHA256", should_not, insufficient, false, true, 128},
    {"TLS_RSA_WITH_3DES_EDE_CBC_SHA", should_not, insufficient, false, false, 112},
    {"TLS_RSA_WITH_CAMELLIA_256_CBC_SHA", should_not, insufficient, false, false, 256},
    {"TLS_ECDHE_RSA_WITH_CAMELLIA_128_CBC_SHA256", acceptable, phase_out, true, false, 128},
    {"TLS_ECDHE_ECDSA_WITH_ARIA_256_GCM_SHA384", acceptable, phase_out, true, true, 256},
    {"TLS_ECDH_RSA_WITH_AES_128_CBC_SHA", should_not, insufficient, false, false, 128},
    {"TLS_RSA_WITH_RC4_128_SHA", must_not, insufficient, false, false, 128},
    {"TLS_ECDHE_RSA_WITH_RC4_128_SHA", must_not, insufficient, true, false, 128},
    {"TLS_RSA_EXPORT_WITH_RC4_40_MD5", must_not, insufficient, false, false, 40},
    {"TLS_DHE_RSA_EXPORT_WITH_DES40_CBC_SHA", must_not, insufficient, true, false, 40},
    {"TLS_RSA_WITH_DES_CBC_SHA", must_not, insufficient, false, false, 56},
    {"TLS_RSA_WITH_NULL_SHA256", must_not, insufficient, false, false, 0},
    {"TLS_DH_anon_WITH_AES_256_GCM_SHA384", should_not, insufficient, true, true, 256},
    {"TLS_ECDH_anon_WITH_NULL_SHA", must_not, insufficient, true, false, 0},
};

class Suites : public testing::TestWithParam<SuiteRow> {};

TEST_P(Suites, AreRated) {
  const auto& row = GetParam();
  EXPECT_TRUE(tls_code_of(tls_suites(), row.name)) << "is not in the table";
  const auto rating = rate_tls_suite(row.name);
  EXPECT_EQ(word(rating.ietf), word(row.ietf)) << rating.why;
  EXPECT_EQ(word(rating.ncsc), word(row.ncsc));
  EXPECT_EQ(rating.why.empty(), row.ietf == acceptable || row.ietf == recommended);
  const auto traits = tls_suite_traits(row.name);
  EXPECT_EQ(traits.forward_secrecy, row.forward_secrecy);
  EXPECT_EQ(traits.aead, row.aead);
  EXPECT_EQ(traits.bits, row.bits);
}

INSTANTIATE_TEST_SUITE_P(Rows, Suites, testing::ValuesIn(suites), [](const auto& row) { return row.param.name; });

TEST(TlsRatings, NeverPraiseWhatTheIetfForbids) {
  for (const auto& row : tls_suites()) {
    const auto rating = rate_tls_suite(row.name);
    if (rating.ietf == must_not) EXPECT_EQ(rating.ncsc, insufficient) << row.name;
    if (rating.ncsc == good) EXPECT_EQ(rating.ietf, recommended) << row.name;
  }
  EXPECT_EQ(rate_tls_suite("0x1a2b").ncsc, insufficient);
}

TEST(TlsRatings, OfVersionsGroupsHashesAndPrimes) {
  EXPECT_EQ(rate_tls_version("SSLv3").ncsc, insufficient);
  EXPECT_EQ(rate_tls_version("TLSv1.1").ncsc, insufficient);
  EXPECT_EQ(rate_tls_version("TLSv1.1").ietf, must_not);
  EXPECT_EQ(rate_tls_version("TLSv1.2").ncsc, sufficient);
  EXPECT_EQ(rate_tls_version("TLSv1.3").ncsc, good);
  EXPECT_EQ(rate_tls_group("x25519").ncsc, sufficient);
  EXPECT_EQ(rate_tls_group("ffdhe2048").ncsc, insufficient);
  EXPECT_EQ(rate_tls_group("ffdhe4096").ncsc, phase_out);
  EXPECT_EQ(rate_tls_group("X25519MLKEM768").ncsc, good);
  EXPECT_EQ(rate_tls_group("secp224r1").ncsc, phase_out);
  EXPECT_EQ(rate_tls_group("sect163k1").ncsc, insufficient);
  EXPECT_EQ(rate_tls_hash("sha1").ietf, must_not);
  EXPECT_EQ(rate_tls_hash("sha256").ncsc, good);
  EXPECT_EQ(rate_dh_bits(1024).ietf, must_not);
  EXPECT_EQ(rate_dh_bits(2048).ncsc, insufficient);
  EXPECT_EQ(rate_dh_bits(4096).ncsc, phase_out);
}

TEST(TlsRatings, OfCertificates) {
  EXPECT_EQ(ncsc_level_of_key("RSA 4096"), sufficient);
  EXPECT_EQ(ncsc_level_of_key("RSA 3072"), sufficient);
  EXPECT_EQ(ncsc_level_of_key("RSA 2048"), phase_out);
  EXPECT_EQ(ncsc_level_of_key("RSA-PSS 2048"), phase_out);
  EXPECT_EQ(ncsc_level_of_key("RSA 1024"), insufficient);
  EXPECT_EQ(ncsc_level_of_key("RSA many"), insufficient);
  EXPECT_EQ(ncsc_level_of_key("EC P-256"), sufficient);
  EXPECT_EQ(ncsc_level_of_key("EC P-224"), phase_out);
  EXPECT_EQ(ncsc_level_of_key("EC secp192r1"), insufficient);
  EXPECT_EQ(ncsc_level_of_key("Ed25519"), sufficient);
  EXPECT_EQ(ncsc_level_of_key("DSA 3072"), insufficient);
  EXPECT_EQ(ncsc_level_of_signature("sha256WithRSAEncryption"), good);
  EXPECT_EQ(ncsc_level_of_signature("ecdsa-with-SHA384"), good);
  EXPECT_EQ(ncsc_level_of_signature("ED25519"), good);
  EXPECT_EQ(ncsc_level_of_signature("ecdsa-with-SHA224"), phase_out);
  EXPECT_EQ(ncsc_level_of_signature("sha1WithRSAEncryption"), insufficient);
  EXPECT_EQ(ncsc_level_of_signature("md5WithRSAEncryption"), insufficient);
}

TEST(TlsNames, AreTakenApart) {
  EXPECT_EQ(tls_hash_of("rsa_pss_rsae_sha256"), "sha256");
  EXPECT_EQ(tls_hash_of("ecdsa_secp256r1_sha256"), "sha256");
  EXPECT_EQ(tls_hash_of("ed25519"), "");
  EXPECT_EQ(tls_key_type("EC P-256"), "ecdsa");
  EXPECT_EQ(tls_key_type("RSA 2048"), "rsa");
  EXPECT_EQ(tls_key_type("Ed25519"), "ed25519");
  EXPECT_EQ(tls_suite_traits("nonsense").exchange, TlsExchange::other);
}

}  // namespace
}  // namespace mailprobe
