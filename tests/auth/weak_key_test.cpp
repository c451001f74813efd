// A key of 512 bits: made for tests of others, and refused by our own verifier. RFC 8301 §3.2.
#include <gtest/gtest.h>

#include "auth/dkim_verify.h"
#include "tests/auth/signing.h"
#include "tests/support/fake_resolver.h"
#include "tests/support/run.h"

namespace mailprobe::auth {
namespace {

TEST(WeakKey, SignsRightlyAndIsRefusedForItsLength) {
  const auto key = SigningKey::make_weak();
  ASSERT_TRUE(key) << key.error().message;
  EXPECT_EQ(key->bits(), 512);
  EXPECT_EQ(key->algorithm(), "rsa-sha256");
  EXPECT_NE(key->dns_record(), SigningKey::make_weak()->dns_record()) << "each time another one";
  const auto message = test::signed_message("From: a@example.org\r\n\r\nhello\r\n", test::options(), *key);
  test::FakeResolver dns;
  dns.txt("s1._domainkey.example.org", key->dns_record());
  const auto split = split_message(message);
  const auto all = test::run(verify_dkim(split, Time(std::chrono::seconds(1'700'000'100)), dns));
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].result, DkimOutcome::permerror);
  EXPECT_EQ(all[0].reason, "key of 512 bits is too short");
}

}  // namespace
}  // namespace mailprobe::auth
