// ARC by chains that are sealed here and then damaged: what each rule of RFC 8617 §5.2 says, and how sealing goes on.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "auth/arc_chain.h"
#include "auth/arc_seal.h"
#include "auth/arc_verify.h"
#include "auth/dkim_verify.h"
#include "auth/limits.h"
#include "tests/auth/signing.h"
#include "tests/support/fake_resolver.h"
#include "tests/support/run.h"

namespace mailprobe::auth {
namespace {

using ::testing::HasSubstr;

const std::string letter =
    "Authentication-Results: mx.example.net; spf=pass smtp.mailfrom=a@example.org\r\n"
    "Authentication-Results: other.example; dkim=fail\r\n"
    "From: a@example.org\r\nTo: b@example.net\r\nSubject: hello\r\nDate: Sat, 31 Jan 2026 12:00:00 +0000\r\n"
    "Message-ID: <1@example.org>\r\n\r\nText.\r\n";

class ArcTest : public testing::Test {
 protected:
  ArcTest() { dns_.txt("s1._domainkey.example.org", test::signing_key().dns_record()); }

  Arc verify(const std::string& message) { return test::run(verify_arc(split_message(message), {}, dns_)); }
  Result<std::string> seal(const std::string& message) {
    return seal_arc(message, verify(message), test::signing_key(), test::options(), "mx.example.net");
  }
  std::string sealed(std::string message, int times) {
    for (int i = 0; i < times; ++i) message = seal(message).value() + message;
    return message;
  }
  /// The reason of a chain that is to fail.
  std::string broken(const std::string& message) {
    const auto arc = verify(message);
    EXPECT_EQ(word(arc.result), "fail");
    EXPECT_FALSE(arc.oldest_pass);
    return arc.reason;
  }
  static std::string replaced(std::string text, const std::string& from, const std::string& to) {
    const auto at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return text.replace(at, from.size(), to);
  }

  test::FakeResolver dns_;
};

TEST_F(ArcTest, AMessageWithoutAnySetIsNone) {
  const auto arc = verify(letter);
  EXPECT_EQ(word(arc.result), "none");
  EXPECT_TRUE(arc.reason.empty());
  EXPECT_TRUE(arc.instances.empty());
}

TEST_F(ArcTest, ASealedChainPassesWithWhatEachInstanceClaims) {
  const auto arc = verify(sealed(letter, 3));
  EXPECT_EQ(word(arc.result), "pass") << arc.reason;
  EXPECT_EQ(arc.oldest_pass, 0);
  ASSERT_EQ(arc.instances.size(), 3U);
  const auto& first = arc.instances[0];
  EXPECT_EQ(first.instance, 1);
  EXPECT_EQ(first.domain, "example.org");
  EXPECT_EQ(first.selector, "s1");
  EXPECT_EQ(first.cv, "none");
  EXPECT_EQ(first.authserv_id, "mx.example.net");
  ASSERT_EQ(first.results.size(), 2U) << "another host's results are not ours to seal";
  EXPECT_EQ(first.results[0].method, "spf");
  EXPECT_EQ(first.results[1].method, "arc");
  EXPECT_EQ(first.results[1].result, "none");
  EXPECT_EQ(arc.instances[2].cv, "pass");
  EXPECT_EQ(arc.instances[2].results[1].result, "pass");
}

TEST_F(ArcTest, RsaSealsToo) {
  dns_.txt("r1._domainkey.example.org", test::signing_key(KeyType::rsa).dns_record());
  auto options = test::options();
  options.selector = "r1";
  const auto set = seal_arc(letter, {}, test::signing_key(KeyType::rsa), options, "mx.example.net").value();
  EXPECT_EQ(word(verify(set + letter).result), "pass");
  const auto fields = split_message(set).fields;
  EXPECT_EQ(fields.size(), 3U);
  for (const auto& field : fields) EXPECT_THAT(field.raw, testing::EndsWith("\r\n"));
}

TEST_F(ArcTest, AChangedBodyBreaksTheNewestMessageSignature) {
  EXPECT_EQ(broken(replaced(sealed(letter, 2), "Text", "text")), "ARC-Message-Signature i=2: body hash mismatch");
}

TEST_F(ArcTest, AnOlderMessageSignatureMayBreakAndIsTheOldestPass) {
  const auto first_set = replaced(sealed(letter, 1), "Text", "A footer. Text");
  const Arc passed{.result = ArcOutcome::pass, .reason = {}, .oldest_pass = {}, .instances = {}};
  const auto set = seal_arc(first_set, passed, test::signing_key(), test::options(), "mx.example.net").value();
  const auto arc = verify(sealed(set + first_set, 1));
  EXPECT_EQ(word(arc.result), "pass") << arc.reason;
  EXPECT_EQ(arc.oldest_pass, 2);
}

TEST_F(ArcTest, AChangedClaimBreaksTheSeals) {
  const auto message = sealed(letter, 2);
  const auto at = message.rfind("ARC-Authentication-Results: i=1");
  auto changed = message;
  changed.replace(changed.find("spf=pass", at), 8, "spf=fail");
  EXPECT_EQ(broken(changed), "ARC-Seal i=2: header signature mismatch");
}

TEST_F(ArcTest, StructureRfc8617Section52Step3) {
  const auto message = sealed(letter, 3);
  const auto parts = split_message(message);
  const auto without = [&](std::size_t index) { return replaced(message, std::string(parts.fields[index].raw), ""); };
  EXPECT_EQ(broken(without(3)), "the set i=2 has no ARC-Seal");
  EXPECT_EQ(broken(without(4)), "the set i=2 has no ARC-Message-Signature");
  EXPECT_EQ(broken(without(5)), "the set i=2 has no ARC-Authentication-Results");
  auto gap = message;
  for (int i = 3; i < 6; ++i) gap = replaced(gap, std::string(parts.fields[static_cast<std::size_t>(i)].raw), "");
  EXPECT_EQ(broken(gap), "the set i=2 has no ARC-Authentication-Results");
  EXPECT_EQ(broken(std::string(parts.fields[3].raw) + message), "there are two ARC-Seal i=2");
}

TEST_F(ArcTest, InstancesAreFrom1To50) {
  for (const auto* bad : {"i=0", "i=51", "i=x", "i=001", "i=", "i=-1"})
    EXPECT_THAT(broken(replaced(sealed(letter, 1), "ARC-Authentication-Results: i=1",
                                std::string("ARC-Authentication-Results: ") + bad)),
                HasSubstr("i="))
        << bad;
  EXPECT_EQ(broken(replaced(sealed(letter, 1), "ARC-Authentication-Results: i=1;", "ARC-Authentication-Results:")),
            "ARC-Authentication-Results: it has no i=");
}

TEST_F(ArcTest, AnInstanceHasCommentsAroundIt) {
  ArcAuthenticationResults read;
  EXPECT_TRUE(parse_arc_authentication_results(" (a) i (b) = (c) 07 (d) ; mx.example; spf=pass (e)", read));
  EXPECT_EQ(read.instance, 7);
  EXPECT_EQ(read.claims.field.authserv_id, "mx.example");
  EXPECT_FALSE(parse_arc_authentication_results("i=1 mx.example; none", read));
}

TEST_F(ArcTest, ASealHasNoHeaderListAndAMessageSignatureCoversNoSeal) {
  const auto message = sealed(letter, 1);
  EXPECT_EQ(broken(replaced(message, "cv=none", "h=from; cv=none")), "ARC-Seal i=1: it has a h=, which no seal has");
  EXPECT_EQ(broken(replaced(message, "h=from", "h=arc-seal:from")), "ARC-Message-Signature i=1: its h= names ARC-Seal");
  EXPECT_EQ(broken(replaced(message, "cv=none", "x=1")), "ARC-Seal i=1: it has no cv=");
  EXPECT_EQ(broken(replaced(message, "cv=none", "cv=maybe")), "ARC-Seal i=1: its cv=maybe is not known");
  EXPECT_EQ(broken(replaced(message, "cv=none", "cv=pass")), "the seal i=1 says cv=pass, not none");
}

TEST_F(ArcTest, ADnsFailureIsAFailureThatNamesItselfTemporary) {
  const auto message = sealed(letter, 1);
  dns_.fail("s1._domainkey.example.org");
  const auto arc = verify(message);
  EXPECT_EQ(word(arc.result), "fail");  // RFC 8617 §5.2.1
  EXPECT_TRUE(arc.temporary);
  EXPECT_THAT(arc.reason, HasSubstr("key look-up of s1._domainkey.example.org failed"));
}

TEST_F(ArcTest, AFailedChainIsSealedOnceAndAlone) {
  const auto damaged = replaced(sealed(letter, 2), "Text", "text");
  const auto set = seal(damaged).value();
  EXPECT_THAT(set, HasSubstr("cv=fail"));
  EXPECT_EQ(broken(set + damaged), "the chain was sealed as failed (cv=fail) at i=3");
  const auto again = seal(set + damaged);
  ASSERT_FALSE(again);
  EXPECT_THAT(again.error().message, HasSubstr("sealed as failed"));
  // RFC 8617 §5.1.2: the seal covers its own set, as if it were the only one.
  const auto whole = set + damaged;
  const auto parts = split_message(whole);
  const auto chain = read_arc_chain(parts);
  Dkim dkim;
  const auto data = sealed_bytes(chain.sets, 2, 2);
  BodyHashes bodies(parts.body);
  SharedWork work(bodies, limits::arc_keys_tried);
  test::run(verify_data(dkim, chain.sets[2].seal.signature, data, work, dns_));
  EXPECT_EQ(word(dkim.result), "pass") << dkim.reason;
}

TEST_F(ArcTest, FiftySetsPassAndTakeNoMore) {
  const auto message = sealed(letter, 50);
  const auto arc = verify(message);
  EXPECT_EQ(word(arc.result), "pass") << arc.reason;
  EXPECT_EQ(arc.oldest_pass, 0);
  const auto more = seal(message);
  ASSERT_FALSE(more);
  EXPECT_THAT(more.error().message, HasSubstr("50 sets"));
}

TEST_F(ArcTest, AHugeHeaderIsNotHashedForEachOlderSignature) {
  const std::string huge = "From: a@example.org\r\nSubject: " + std::string(3'000'000, 's') + "\r\n\r\nText.\r\n";
  const auto arc = verify(sealed(huge, 4));
  EXPECT_EQ(word(arc.result), "pass") << arc.reason;
  EXPECT_EQ(arc.oldest_pass, 4) << "more than 4 MB of fields in all is not hashed";
}

TEST_F(ArcTest, TooManyFieldsAreNotEvenRead) {
  std::string flood;
  for (int i = 0; i < 5000; ++i) flood += "ARC-Seal: i=1; a=rsa-sha256\r\n";
  EXPECT_THAT(broken(flood + letter), HasSubstr("ARC-Seal i=1"));
  const std::string large = "ARC-Authentication-Results: i=1; a; spf=pass x.y=" + std::string(600'000, 'x') + "\r\n";
  EXPECT_EQ(broken(large + letter), "the chain is larger than 50 sets, or than 512 KB");
  EXPECT_TRUE(dns_.asked.empty());
}

TEST_F(ArcTest, SealingNamesWhatIsMissing) {
  EXPECT_THAT(seal("To: b@example.net\r\n\r\nText.\r\n").error().message, HasSubstr("without From"));
  const auto injected = seal_arc(letter, {}, test::signing_key(), test::options(), "a\r\nb");
  EXPECT_THAT(injected.error().message, HasSubstr("no authserv-id"));
  std::string subjects = "From: a@example.org\r\n";
  for (int i = 0; i < 3000; ++i) subjects += "Subject: s\r\n";
  EXPECT_THAT(seal(subjects + "\r\n").error().message, HasSubstr("too many header fields"));
  EXPECT_TRUE(seal("From: a@example.org\r\n")) << "a header alone can be sealed";
}

}  // namespace
}  // namespace mailprobe::auth
