// A signature with rsa-sha1: made for tests of others, and refused by our own verifier. RFC 8301 §3.1.
#include <gtest/gtest.h>

#include "base/encoding.h"
#include "tests/auth/signing.h"

namespace mailprobe::auth {
namespace {

constexpr std::string_view message = "From: a@example.org\r\n\r\nhello\r\n";

SignOptions sha1() {
  auto options = test::options();
  options.sha1 = true;
  return options;
}

TEST(RsaSha1, SaysWhatItIsAndHashesSo) {
  const auto field = sign(message, test::signing_key(KeyType::rsa), sha1());
  ASSERT_TRUE(field) << field.error().message;
  EXPECT_NE(field->find("a=rsa-sha1;"), std::string::npos) << *field;
  EXPECT_NE(field->find("bh=" + base64(hash_of(Hash::sha1, "hello\r\n"))), std::string::npos) << *field;
  EXPECT_EQ(hex(hash_of(Hash::sha1, "abc")), "a9993e364706816aba3e25717850c26c9cd0d89d");  // FIPS 180-4
}

TEST(RsaSha1, IsNotForOtherKeys) {
  const auto field = sign(message, test::signing_key(KeyType::ed25519), sha1());
  ASSERT_FALSE(field);
  EXPECT_EQ(field.error().kind, Failure::usage);
}

}  // namespace
}  // namespace mailprobe::auth
