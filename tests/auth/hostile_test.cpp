// Messages made to cost: each ends at a limit that the verdict names, after a number of operations that is counted.
// How long that takes is measured by hand: a test that looks at the clock fails on a busy machine.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "auth/limits.h"
#include "base/encoding.h"
#include "tests/auth/letter.h"

namespace mailprobe::auth {
namespace {

using testing::HasSubstr;

const std::string letter = test::letter("Probe <probe@example.org>", "Text.\r\n");

class Hostile : public test::LetterTest {
 protected:
  Hostile() : LetterTest("v=spf1 ip4:192.0.2.1 -all") {}
  Evaluation judge(const std::string& message, const std::string& mail_from = "probe@example.org") {
    context.envelope.mail_from = mail_from;
    return LetterTest::judge(message);
  }
  static std::string signature() { return sign(letter, test::signing_key(), test::options()).value(); }
};

TEST_F(Hostile, AHundredThousandHeaderFields) {
  auto message = signature();
  for (int i = 0; i < 100'000; ++i) message += "X-Field: value\r\n";
  const auto judged = judge(message + letter);
  EXPECT_EQ(word(judged.dkim.at(0).result), "neutral");
  EXPECT_EQ(judged.dkim[0].reason, "not verified: more than 10000 header fields");
  EXPECT_EQ(judged.dmarc.result, DmarcOutcome::permerror);
  EXPECT_EQ(judged.dmarc.reason, "not evaluated: more than 10000 header fields");
  EXPECT_THAT(dns.asked, testing::ElementsAre("example.org/16"));  // SPF, which the header does not concern
}

TEST_F(Hostile, AThousandSignatures) {
  std::string message;
  for (int i = 0; i < 1000; ++i) message += signature();
  const auto judged = judge(message + letter);
  EXPECT_EQ(judged.dkim.size(), limits::signatures_listed);
  EXPECT_EQ(word(judged.dkim.at(9).result), "pass");
  EXPECT_EQ(judged.dkim.at(10).reason, "not verified: more than 10 signatures");
  EXPECT_EQ(std::ranges::count(dns.asked, "s1._domainkey.example.org/16"), 10);
}

TEST_F(Hostile, ALineOfTenMegabytesInTheHeader) {
  auto options = test::options();
  options.headers = {"From", "X-Long"};
  const auto body = "X-Long: " + std::string(10'000'000, 'x') + "\r\n" + letter;
  const auto judged = judge(sign(body, test::signing_key(), options).value() + body);
  EXPECT_EQ(word(judged.dkim.at(0).result), "neutral");
  EXPECT_EQ(judged.dkim[0].reason, "not verified: over 4 MB of header fields are signed, each as often as it is");
}

TEST_F(Hostile, ALineOfTenMegabytesAsFrom) {
  const auto judged = judge("From: " + std::string(10'000'000, 'x') + "@example.org\r\n\r\n");
  EXPECT_EQ(judged.dmarc.result, DmarcOutcome::none);
  EXPECT_EQ(judged.dmarc.reason, "no author domain: From is longer than 64 KB");
}

TEST_F(Hostile, ALineOfTenMegabytesAsSignature) {
  const auto judged = judge("DKIM-Signature: v=1; b=" + std::string(10'000'000, 'x') + "\r\n" + letter);
  EXPECT_EQ(word(judged.dkim.at(0).result), "permerror");
  EXPECT_EQ(judged.dkim[0].reason, "signature is not a tag list: a tag list of over 16 KB");
}

TEST_F(Hostile, ALineOfTenMegabytesAsBody) {
  const auto message = letter + std::string(10'000'000, 'x');
  EXPECT_EQ(word(judge(test::signed_message(message, test::options())).dkim.at(0).result), "pass");
}

// Each signature with its own l=: each would hash the body anew.
TEST_F(Hostile, ADifferentLengthForEachSignature) {
  std::string message;
  for (int i = 0; i < 10; ++i) {
    auto field = signature();
    message += field.insert(field.find("; d=") + 1, " l=" + std::to_string(i) + ";");
  }
  const auto judged = judge(message + letter);
  EXPECT_THAT(judged.dkim.at(3).reason, HasSubstr("mismatch"));
  EXPECT_EQ(word(judged.dkim.at(4).result), "neutral");
  EXPECT_EQ(judged.dkim.at(4).reason, "not verified: more than 4 different lengths of the body are signed");
}

// Ten keys at one selector, and ten signatures that none of them made.
TEST_F(Hostile, ManyKeysForEachSignature) {
  test::FakeResolver many;
  const auto other = SigningKey::from_pem(PrivateKey::generate(KeyType::ed25519).value())->dns_record();
  for (int i = 0; i < 12; ++i) many.txt("s1._domainkey.example.org", other);
  dns = many;
  std::string message;
  for (int i = 0; i < 10; ++i) message += signature();
  const auto judged = judge(message + letter);
  EXPECT_EQ(judged.dkim.at(1).reason, "header signature mismatch");
  EXPECT_EQ(word(judged.dkim.at(2).result), "neutral");
  EXPECT_EQ(judged.dkim.at(2).reason, "not verified: more than 20 keys for one message");
}

TEST_F(Hostile, AHundredIncludes) {
  std::string record = "v=spf1";
  for (int i = 0; i < 100; ++i) {
    const auto name = "i" + std::to_string(i) + ".example";
    record += " include:" + name;
    dns.txt(name, "v=spf1 -all");
  }
  dns.txt("many.example", record + " -all");
  const auto spf = judge(letter, "a@many.example").spf.value();
  EXPECT_EQ(word(spf.result), "permerror");
  EXPECT_EQ(spf.reason, "more than 10 terms that look something up");
  EXPECT_EQ(spf.path, (std::vector<SpfStep>{{"many.example", "include:i10.example"}}));
  EXPECT_EQ(std::ranges::count_if(dns.asked, [](const auto& name) { return name.starts_with("i"); }), 10);
}

// The most that a record can make us ask: ten mx of ten hosts each.
TEST_F(Hostile, AsManyMxHostsAsThereMayBe) {
  std::string record = "v=spf1";
  for (int i = 0; i < 10; ++i) {
    const auto name = "m" + std::to_string(i) + ".example";
    record += " mx:" + name;
    for (unsigned j = 0; j < 10; ++j) dns.mx(name, j, "h" + std::to_string(j) + "." + name);
  }
  dns.txt("many.example", record + " -all");
  EXPECT_EQ(word(judge(letter, "a@many.example").spf->result), "fail");
  const auto asked = std::ranges::count_if(dns.asked, [](const auto& name) { return !name.starts_with("_dmarc"); });
  EXPECT_EQ(asked, 1 + 10 * (1 + 10));
  dns.mx("m9.example", 11, "h10.m9.example");
  EXPECT_EQ(judge(letter, "a@many.example").spf->reason, "more than 10 MX hosts at m9.example");
}

// Eight kilobytes of macros, over a local part with as many labels as it can hold, in each of ten records.
TEST_F(Hostile, AMacroBombInEachInclude) {
  std::string macros;
  while (macros.size() < 7 * 1024) macros += "%{sr.-+}";
  for (int i = 0; i < 10; ++i)
    dns.txt("i" + std::to_string(i) + ".example",
            "v=spf1 exists:" + macros + ".i" + std::to_string(i) + ".example -all");
  std::string record = "v=spf1";
  for (int i = 0; i < 10; ++i) record += " include:i" + std::to_string(i) + ".example";
  dns.txt("many.example", record + " -all");
  std::string local;
  while (local.size() < 100'000) local += "a.-+";
  const auto spf = judge(letter, local + "@many.example").spf.value();
  EXPECT_EQ(spf.reason, "more than 10 terms that look something up");
  for (const auto& name : dns.asked) EXPECT_LE(name.size(), 256U);  // a name of 253, and the type
}

TEST_F(Hostile, ARecordOfAMegabyte) {
  dns.txt("many.example", "v=spf1 exists:" + std::string(1'000'000, 'x') + ".example -all");
  EXPECT_EQ(judge(letter, "a@many.example").spf->reason, "record of many.example: the record is longer than 8 KB");
}

}  // namespace
}  // namespace mailprobe::auth
