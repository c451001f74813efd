// Signing and verifying, one against the other and against damage.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

#include "auth/dkim_sign.h"
#include "auth/dkim_verify.h"
#include "base/encoding.h"
#include "base/text.h"
#include "tests/auth/signing.h"
#include "tests/support/fake_resolver.h"
#include "tests/support/run.h"

namespace mailprobe::auth {
namespace {

using testing::HasSubstr;

const std::string plain =
    "From: Probe <probe@example.org>\r\nTo: a@b.example\r\nSubject: A long subject that\r\n is folded\r\n"
    "Date: Sat, 31 Jan 2026 12:00:00 +0000\r\nMessage-ID: <1@example.org>\r\n\r\nHello  World \r\nBye\r\n\r\n";
constexpr auto name = "s1._domainkey.example.org";

class DkimOf : public testing::Test {
 protected:
  std::vector<Dkim> verify_all(const std::string& message) {
    const auto split = split_message(message);
    return test::run(verify_dkim(split, time, dns));
  }
  Dkim verify(const std::string& message) {
    const auto all = verify_all(message);
    EXPECT_EQ(all.size(), 1U);
    return all.empty() ? Dkim() : all.front();
  }
  void publish(const SigningKey& key = test::signing_key()) { dns.txt(name, key.dns_record()); }
  std::string signed_plain() { return test::signed_message(plain, options); }

  test::FakeResolver dns;
  Time time{std::chrono::seconds(1'700'000'100)};
  SignOptions options = test::options();
};

void expect(const Dkim& dkim, DkimOutcome result, std::string_view reason) {
  EXPECT_EQ(dkim.result, result) << dkim.reason;
  EXPECT_THAT(dkim.reason, HasSubstr(reason));
}

std::string without_folds(std::string_view message) {
  const auto field = split_message(message).fields.front().raw;
  std::string out;
  for (const char c : field)
    if (!is_space(c)) out += c;
  return out;
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  const auto at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

// ---- sign, then verify ----------------------------------------------------------------------------------------------

struct Combination {
  KeyType key;
  Canon header, body;
};

class SignedAndVerified : public DkimOf, public testing::WithParamInterface<Combination> {
 protected:
  SignedAndVerified() {
    options.header = GetParam().header;
    options.body = GetParam().body;
    publish(test::signing_key(GetParam().key));
    message = test::signed_message(plain, options, test::signing_key(GetParam().key));
  }
  std::string message;
};

TEST_P(SignedAndVerified, Passes) {
  const auto dkim = verify(message);
  expect(dkim, DkimOutcome::pass, "");
  EXPECT_EQ(dkim.reason, "");
  EXPECT_EQ(dkim.header_ok, true);
  EXPECT_EQ(dkim.body_ok, true);
  EXPECT_EQ(dkim.domain, "example.org");
  EXPECT_EQ(dkim.selector, "s1");
  EXPECT_EQ(dkim.header_b.size(), 8U);
  EXPECT_FALSE(dkim.partial);
}

TEST_P(SignedAndVerified, FieldKeepsToItsLineLengthAndIsOversigned) {
  for (const auto line : split(split_message(message).fields.front().raw, '\n')) EXPECT_LE(line.size(), 79U) << line;
  EXPECT_THAT(without_folds(message), HasSubstr("h=from:from:subject:subject:date:date:message-id:message-id:to:to;"));
}

TEST_P(SignedAndVerified, FailsByItsBodyAlone) {
  const auto dkim = verify(message + "footer\r\n");
  expect(dkim, DkimOutcome::fail, "body hash mismatch");
  EXPECT_EQ(dkim.reason, "body hash mismatch");
  EXPECT_EQ(dkim.header_ok, true);
  EXPECT_EQ(dkim.body_ok, false);
}

TEST_P(SignedAndVerified, FailsByItsHeaderAlone) {
  const auto dkim = verify(replaced(message, "Subject: A", "Subject: [list] A"));
  EXPECT_EQ(dkim.result, DkimOutcome::fail);
  EXPECT_EQ(dkim.reason, "header signature mismatch");
  EXPECT_EQ(dkim.header_ok, false);
  EXPECT_EQ(dkim.body_ok, true);
}

TEST_P(SignedAndVerified, FailsByBoth) {
  EXPECT_EQ(verify(replaced(message, "Subject: A", "Subject: B") + "x").reason,
            "body hash mismatch and header signature mismatch");
}

TEST_P(SignedAndVerified, OversigningForbidsAnotherFrom) {
  EXPECT_EQ(verify("From: x@evil.example\r\n" + message).result, DkimOutcome::fail);
  EXPECT_EQ(verify("Subject: other\r\n" + message).result, DkimOutcome::fail);
  EXPECT_EQ(verify("X-Added: by a hop\r\n" + message).result, DkimOutcome::pass);
}

TEST_P(SignedAndVerified, WhiteSpaceIsForRelaxedOnly) {
  const auto header_only = verify(replaced(message, "that\r\n is", "that is"));
  EXPECT_EQ(header_only.result == DkimOutcome::pass, GetParam().header == Canon::relaxed);
  const auto body_only = verify(replaced(message, "Hello  World \r\n", "Hello World\r\n"));
  EXPECT_EQ(body_only.result == DkimOutcome::pass, GetParam().body == Canon::relaxed);
  EXPECT_EQ(verify(message + "\r\n\r\n").result, DkimOutcome::pass);
}

INSTANTIATE_TEST_SUITE_P(Combinations, SignedAndVerified,
                         testing::Values(Combination{KeyType::rsa, Canon::relaxed, Canon::relaxed},
                                         Combination{KeyType::rsa, Canon::simple, Canon::simple},
                                         Combination{KeyType::ed25519, Canon::relaxed, Canon::simple},
                                         Combination{KeyType::ed25519, Canon::simple, Canon::relaxed}),
                         [](const auto& test) {
                           return std::string(test.param.key == KeyType::rsa ? "rsa_" : "ed25519_") +
                                  std::string(test.param.header == Canon::simple ? "simple_" : "relaxed_") +
                                  std::string(test.param.body == Canon::simple ? "simple" : "relaxed");
                         });

TEST_F(DkimOf, EmptyBodyPasses) {
  publish();
  const std::string empty = "From: a@example.org\r\n\r\n";
  for (const auto body : {Canon::simple, Canon::relaxed}) {
    options.body = body;
    EXPECT_EQ(verify(test::signed_message(empty, options)).result, DkimOutcome::pass);
  }
}

TEST_F(DkimOf, SigningNeedsFrom) {
  EXPECT_FALSE(sign("To: a@b\r\n\r\n", test::signing_key(), options));
  options.headers = {"To"};
  EXPECT_FALSE(sign(plain, test::signing_key(), options));
}

TEST_F(DkimOf, SeveralFieldsOfOneNameAreSignedFromTheBottom) {
  publish();
  options.headers = {"From", "Comments"};
  options.oversign = false;
  const auto message = test::signed_message("Comments: upper\r\nComments: lower\r\n" + plain, options);
  EXPECT_EQ(verify(message).result, DkimOutcome::pass);
  EXPECT_EQ(verify("Comments: new\r\n" + message).result, DkimOutcome::pass);
  EXPECT_EQ(verify(replaced(message, "lower", "other")).result, DkimOutcome::fail);
}

TEST_F(DkimOf, SeveralSignaturesAreJudgedEachByItself) {
  publish();
  auto other = options;
  other.selector = "s2";
  dns.txt("s2._domainkey.example.org", test::signing_key(KeyType::rsa).dns_record());
  auto message = test::signed_message(signed_plain(), other, test::signing_key(KeyType::rsa));
  auto all = verify_all(message);
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].selector, "s2");
  EXPECT_EQ(all[0].index, 1);
  EXPECT_EQ(all[0].result, DkimOutcome::pass);
  EXPECT_EQ(all[1].result, DkimOutcome::pass);
}

// ---- what a signature may say ---------------------------------------------------------------------------------------

/// A signature over l= bytes: signing never makes one, so it is made by hand from the parts of one that is whole.
class PartiallySigned : public DkimOf {
 protected:
  /// Tags put in before bh= and signed anew.
  std::string with_tags(const std::string& tags, std::string_view body) {
    auto value = "v=1; a=ed25519-sha256; c=simple/simple; d=example.org; s=s1; " + tags +
                 "h=from; bh=" + base64(sha256(body)) + "; b=";
    const auto pem = PrivateKey::generate(KeyType::ed25519).value();
    const auto key = PrivateKey::from_pem(pem).value();
    dns.txt(name, SigningKey::from_pem(pem)->dns_record());
    const std::string field = "DKIM-Signature: " + value;
    const std::string from = "From: Probe <probe@example.org>\r\n";
    return field + base64(key.sign(from + field)) + "\r\n" + plain;
  }
};

TEST_F(PartiallySigned, IsNeverACleanPass) {
  const auto message = with_tags("l=5; ", "Hello");
  const auto dkim = verify(message);
  EXPECT_EQ(dkim.result, DkimOutcome::pass);
  EXPECT_TRUE(dkim.partial);
  EXPECT_THAT(dkim.reason, HasSubstr("partially signed: l= leaves 15 bytes uncovered"));
  EXPECT_TRUE(verify(message + "footer\r\n").partial);
}

TEST_F(PartiallySigned, OverTheWholeBodyIsWhole) {
  const auto message = with_tags("l=20; ", "Hello  World \r\nBye\r\n");
  EXPECT_FALSE(verify(message).partial);
  EXPECT_EQ(verify(message).reason, "");
  EXPECT_TRUE(verify(message + "footer\r\n").partial);
}

TEST_F(PartiallySigned, OfMoreThanThereIsFails) {
  expect(verify(with_tags("l=21; ", "Hello  World \r\nBye\r\n")), DkimOutcome::fail, "body hash mismatch");
}

TEST_F(PartiallySigned, OfNothingCoversNothing) {
  const auto dkim = verify(with_tags("l=0; ", ""));
  EXPECT_EQ(dkim.result, DkimOutcome::pass);
  EXPECT_TRUE(dkim.partial);
}

TEST_F(PartiallySigned, ExpiryIsByTheClockThatIsGiven) {
  const auto message = with_tags("t=1700000000; x=1700000200; ", "Hello  World \r\nBye\r\n");
  EXPECT_EQ(verify(message).result, DkimOutcome::pass);
  time = Time(std::chrono::seconds(1'700'000'201));
  expect(verify(message), DkimOutcome::fail, "signature expired");
}

TEST_F(PartiallySigned, MadeInTheFutureIsNoFault) {  // RFC 6376 §3.5, t=: verifiers MAY ignore it
  EXPECT_EQ(verify(with_tags("t=1800000000; ", "Hello  World \r\nBye\r\n")).result, DkimOutcome::pass);
}

TEST_F(PartiallySigned, IdentityInASubdomainUnlessTheKeyForbidsIt) {
  const auto message = with_tags("i=a@sub.example.org; ", "Hello  World \r\nBye\r\n");
  EXPECT_EQ(verify(message).result, DkimOutcome::pass);
}

TEST_F(DkimOf, Sha1IsPermerrorAndAsksNothing) {
  expect(verify("DKIM-Signature: v=1; a=rsa-sha1; d=example.org; s=s1; h=from; bh=YWJj; b=YWJj\r\n" + plain),
         DkimOutcome::permerror, "rsa-sha1 is not to be used");
  EXPECT_TRUE(dns.asked.empty());
}

TEST_F(DkimOf, UnknownAlgorithmIsPermerror) {
  expect(verify(replaced(signed_plain(), "ed25519-sha256", "rot13")), DkimOutcome::permerror, "rot13 is not known");
}

TEST_F(DkimOf, BadFieldIsPermerrorAndShowsWhatItSays) {
  const auto dkim = verify(replaced(signed_plain(), "v=1", "v=8"));
  expect(dkim, DkimOutcome::permerror, "version is not 1");
  EXPECT_EQ(dkim.domain, "example.org");
}

TEST_F(DkimOf, UnsignedHasNone) { EXPECT_TRUE(verify_all(plain).empty()); }

TEST_F(DkimOf, OverTenSignaturesAreCountedAndNotVerified) {
  publish();
  auto message = plain;
  for (int i = 0; i < 12; ++i) message = test::signed_message(message, options);
  const auto all = verify_all(message);
  ASSERT_EQ(all.size(), 12U);
  for (std::size_t i = 0; i < 10; ++i) EXPECT_EQ(all[i].result, DkimOutcome::pass) << i;
  expect(all[10], DkimOutcome::neutral, "more than 10 signatures");
  expect(all[11], DkimOutcome::neutral, "more than 10 signatures");
  EXPECT_EQ(all[11].domain, "example.org");
  EXPECT_EQ(all[11].selector, "s1");
  EXPECT_THAT(signatures_of(message).back(), testing::StartsWith(all[11].header_b));
  EXPECT_GE(all[11].header_b.size(), 8U);
}

TEST_F(DkimOf, ThoseAskedForAreVerifiedBeforeTheTopmost) {
  publish();
  const auto ours = signed_plain();
  const auto foreign = sign(replaced(plain, "Subject: A", "Subject: Another"), test::signing_key(), options).value();
  auto message = ours;
  for (int i = 0; i < 150; ++i) message.insert(0, foreign);
  const auto split = split_message(message);
  const auto first = signatures_of(ours);
  const auto all = test::run(verify_dkim(split, time, dns, first));
  ASSERT_EQ(all.size(), 101U);
  expect(all[8], DkimOutcome::fail, "header signature mismatch");
  expect(all[9], DkimOutcome::neutral, "more than 10 signatures");
  EXPECT_EQ(all[100].index, 151);
  EXPECT_EQ(all[100].result, DkimOutcome::pass) << all[100].reason;
}

TEST_F(DkimOf, AThousandSignaturesEndSoon) {
  publish();
  const auto field = sign(plain, test::signing_key(), options).value();
  std::string message;
  for (int i = 0; i < 1000; ++i) message += field;
  const auto all = verify_all(message + plain);
  EXPECT_EQ(all.size(), 100U);
  EXPECT_LE(dns.asked.size(), 10U);
}

// ---- keys -----------------------------------------------------------------------------------------------------------

TEST_F(DkimOf, NoKeyIsPermerror) {
  expect(verify(signed_plain()), DkimOutcome::permerror, "no key at s1._domainkey.example.org");
  dns.empty(name);
  expect(verify(signed_plain()), DkimOutcome::permerror, "no key at");
}

TEST_F(DkimOf, FailedLookUpIsTemperror) {
  dns.fail(name);
  expect(verify(signed_plain()), DkimOutcome::temperror, "key look-up of s1._domainkey.example.org failed");
  test::FakeResolver bogus;
  bogus.bogus(name);
  const auto message = signed_plain();
  const auto split = split_message(message);
  expect(test::run(verify_dkim(split, time, bogus)).front(), DkimOutcome::temperror, "failed");
}

TEST_F(DkimOf, AnotherKeyFailsByTheHeader) {
  dns.txt(name, SigningKey::from_pem(PrivateKey::generate(KeyType::ed25519).value())->dns_record());
  expect(verify(signed_plain()), DkimOutcome::fail, "header signature mismatch");
}

struct KeyCase {
  std::string_view name, record, reason;
};
class Objections : public DkimOf, public testing::WithParamInterface<KeyCase> {};

TEST_P(Objections, ArePermerror) {
  dns.txt(name, std::string(GetParam().record));
  expect(verify(signed_plain()), DkimOutcome::permerror, GetParam().reason);
}

INSTANTIATE_TEST_SUITE_P(
    Records, Objections,
    testing::Values(
        KeyCase{"revoked", "v=DKIM1; k=ed25519; p=", "key is revoked"},
        KeyCase{"of_another_type", "v=DKIM1; k=rsa; p=YWJj", "another type"},
        KeyCase{"no_key_in_it", "v=DKIM1; k=ed25519", "no p="},
        KeyCase{"not_for_mail",
                "v=DKIM1; k=ed25519; s=other; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=", "not for mail"},
        KeyCase{"not_for_sha256",
                "v=DKIM1; k=ed25519; h=sha1; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=", "does not allow sha256"},
        KeyCase{"broken", "v=DKIM1; k=ed25519; p=YWJj", "not a key of its type"},
        KeyCase{"no_record_of_dkim", "google-site-verification", "not a tag list"}),
    [](const auto& test) { return std::string(test.param.name); });

TEST_F(DkimOf, TheOneOfSeveralRecordsThatVerifiesCounts) {
  dns.txt(name, "v=DKIM1; k=rsa; p=YWJj");
  dns.txt(name, SigningKey::from_pem(PrivateKey::generate(KeyType::ed25519).value())->dns_record());
  publish();
  EXPECT_EQ(verify(signed_plain()).result, DkimOutcome::pass);
}

TEST_F(DkimOf, TestingIsSaid) {
  dns.txt(name, test::signing_key().dns_record() + "; t=y");
  const auto message = signed_plain();
  const auto dkim = verify(message);
  EXPECT_TRUE(dkim.testing);
  expect(dkim, DkimOutcome::pass, "testing mode");
  EXPECT_EQ(verify(message + "x").reason, "body hash mismatch");
}

// PKCS#1: RSAPublicKey ::= SEQUENCE { modulus INTEGER, publicExponent INTEGER }
std::string der(char tag, const std::string& content) {
  std::string length;
  for (auto rest = content.size(); rest > 0; rest >>= 8U)
    length.insert(length.begin(), static_cast<char>(rest & 0xffU));
  std::string out(1, tag);
  if (content.size() < 128)
    out += static_cast<char>(content.size());
  else
    out += static_cast<char>(0x80U + length.size()) + length;
  return out + content;
}

std::string rsa_record(std::size_t bits, const std::string& exponent = std::string("\x01\x00\x01", 3)) {
  const auto modulus = std::string(1, '\0') + std::string(bits / 8, '\xff');
  return "k=rsa; p=" + base64(der('\x30', der('\x02', modulus) + der('\x02', exponent)));
}

TEST_F(DkimOf, KeysTooShortAndTooLongArePermerror) {
  const auto message = test::signed_message(plain, options, test::signing_key(KeyType::rsa));
  for (const auto& [bits, reason] :
       {std::pair{512, "key of 512 bits is too short"}, std::pair{1016, "key of 1016 bits is too short"},
        std::pair{16384, "key of 16384 bits is too long"}}) {
    test::FakeResolver one;
    one.txt(name, rsa_record(static_cast<std::size_t>(bits)));
    const auto split = split_message(message);
    expect(test::run(verify_dkim(split, time, one)).front(), DkimOutcome::permerror, reason);
  }
}

TEST_F(DkimOf, KeysWhoseExponentCostsTooMuchArePermerror) {
  const auto message = test::signed_message(plain, options, test::signing_key(KeyType::rsa));
  dns.txt(name, rsa_record(2048, std::string(256, '\x7f')));
  expect(verify(message), DkimOutcome::permerror, "key's exponent of 2047 bits is too long");
}

TEST_F(DkimOf, OfTenMegabytesUnderTenSignaturesIsVerifiedInTime) {
  publish();
  auto message = plain;
  for (int i = 0; i < 140'000; ++i)
    message += "a line of seventy-four characters, as a body of ten megabytes has them \r\n";
  for (int i = 0; i < 10; ++i) {
    options.body = i % 2 == 0 ? Canon::simple : Canon::relaxed;
    message = test::signed_message(message, options);
  }
  for (const auto& dkim : verify_all(message)) EXPECT_EQ(dkim.result, DkimOutcome::pass);
}

}  // namespace
}  // namespace mailprobe::auth
