#include "auth/dkim_key.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include <set>

#include "tests/auth/signing.h"
#include "tests/support/conformance.h"

namespace mailprobe::auth {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
namespace json = boost::json;

TEST(KeyRecord, HoldsWhatItSays) {
  const auto record =
      parse_dkim_key("v=DKIM1; k=ed25519; h=sha1 : sha256; s=tlsrpt:email; t=y:s; n=note; p=YWJj").value();
  EXPECT_EQ(record.type, KeyType::ed25519);
  EXPECT_EQ(record.key, "abc");
  EXPECT_THAT(record.hashes, ElementsAre("sha1", "sha256"));
  EXPECT_TRUE(record.email && record.testing && record.strict_identity);
  EXPECT_FALSE(record.revoked());
}

TEST(KeyRecord, Defaults) {
  const auto record = parse_dkim_key("p=").value();
  EXPECT_EQ(record.type, KeyType::rsa);
  EXPECT_TRUE(record.email && record.revoked());
  EXPECT_FALSE(record.testing || record.strict_identity);
  EXPECT_FALSE(parse_dkim_key("s=other; p=")->email);
}

struct Bad {
  std::string_view name, text, error;
};
class BadRecords : public testing::TestWithParam<Bad> {};

TEST_P(BadRecords, SayWhatIsWrong) {
  const auto record = parse_dkim_key(GetParam().text);
  ASSERT_FALSE(record);
  EXPECT_THAT(record.error().message, HasSubstr(GetParam().error));
}

INSTANTIATE_TEST_SUITE_P(Errors, BadRecords,
                         testing::Values(Bad{"empty", "", "no p="}, Bad{"no_key", "v=DKIM1", "no p="},
                                         Bad{"version_last", "p=; v=DKIM1", "v= is not DKIM1 in front"},
                                         Bad{"other_version", "v=DKIM2; p=", "v= is not DKIM1"},
                                         Bad{"unknown_type", "k=dsa; p=", "k=dsa is not known"},
                                         Bad{"no_base64", "p=!!", "not base64"},
                                         Bad{"twice", "p=; p=", "p occurs twice"}),
                         [](const auto& test) { return std::string(test.param.name); });

TEST(Keys, AreMadeAndPublishedAndReadBack) {
  for (const auto type : {KeyType::rsa, KeyType::ed25519}) {
    const auto& key = test::signing_key(type);
    const auto record = parse_dkim_key(key.dns_record()).value();
    EXPECT_EQ(record.type, type);
    const auto public_key = PublicKey::parse(record.type, record.key);
    ASSERT_TRUE(public_key);
    EXPECT_EQ(public_key->bits(), type == KeyType::rsa ? 2048 : 256);  // EVP counts Ed25519's as 256 (OpenSSL 3.0)
  }
}

TEST(Keys, GeneratedOnesArePkcs8AndDiffer) {
  const auto one = PrivateKey::generate(KeyType::ed25519).value(),
             other = PrivateKey::generate(KeyType::ed25519).value();
  EXPECT_TRUE(one.reveal().starts_with("-----BEGIN PRIVATE KEY-----\n"));
  EXPECT_NE(one.reveal(), other.reveal());
  EXPECT_EQ(PrivateKey::from_pem(PrivateKey::generate(KeyType::rsa).value())->bits(), 2048);
}

TEST(Keys, OfOtherKindsAreRefused) {
  EXPECT_FALSE(PrivateKey::from_pem(Secret("no pem")));
  EXPECT_FALSE(PrivateKey::from_pem(Secret("")));
  EXPECT_FALSE(PublicKey::parse(KeyType::rsa, "x"));
  EXPECT_FALSE(PublicKey::parse(KeyType::ed25519, std::string(31, 'x')));
}

/// Upstream parses by the letter of the grammar and checks the key itself too, which is PublicKey's here.
TEST(Conformance, MoxKeys) {
  MAILPROBE_CONFORMANCE(folder, "mox");
  const std::set<std::string> tolerated{"v=DKIM1; p=; "};  // white space at the end is harmless
  int seen = 0;
  const auto cases = json::parse(test::read_file(folder / "dkim-keys.json")).as_array();
  for (const auto& one : cases) {
    const std::string text(one.at("txt").as_string());
    const auto record = parse_dkim_key(text);
    const bool good = record && (record->revoked() || PublicKey::parse(record->type, record->key));
    EXPECT_EQ(good, one.at("error").is_null() || tolerated.contains(text)) << text;
    ++seen;
  }
  EXPECT_EQ(seen, 12);
}

}  // namespace
}  // namespace mailprobe::auth
