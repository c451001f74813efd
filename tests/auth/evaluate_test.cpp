#include "auth/evaluate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/auth/signing.h"
#include "tests/support/fake_resolver.h"
#include "tests/support/run.h"

namespace mailprobe::auth {
namespace {

const std::string letter =
    "From: Probe <probe@example.org>\r\nTo: a@example.net\r\nSubject: hello\r\n"
    "Date: Sat, 31 Jan 2026 12:00:00 +0000\r\nMessage-ID: <1@example.org>\r\n\r\nText.\r\n";

const std::string handover =
    "Received: from mx.example.org (mx.example.org [192.0.2.1])\r\n\tby mx.example.net with ESMTPS; "
    "Sat, 31 Jan 2026 12:00:01 +0000\r\n";

std::string recorded(const std::string& id, const std::string& rest = "; dmarc=pass (p=REJECT dis=NONE)") {
  return "Authentication-Results: " + id + rest + "\r\n";
}

Context context_of(const std::string& sent) {
  Context context;
  context.envelope = {IpAddress::parse("192.0.2.1"), "mx.example.org", "probe@example.org"};
  context.time = Time(std::chrono::seconds(1'770'000'000));
  context.handed_over_from = context.envelope.client;
  context.sent = sent;
  return context;
}

class Evaluated : public testing::Test {
 protected:
  Evaluated() {
    dns_.txt("example.org", "v=spf1 ip4:192.0.2.1 -all");
    dns_.txt("_dmarc.example.org", "v=DMARC1; p=reject");
    dns_.txt("s1._domainkey.example.org", test::signing_key().dns_record());
  }
  Evaluation judge(const std::string& message, const Context& context) {
    return test::run(evaluate(message, context, dns_));
  }
  std::vector<bool> trusted(const std::string& message, const Context& context) {
    std::vector<bool> all;
    for (const auto& field : judge(message, context).authentication_results) all.push_back(field.trusted);
    return all;
  }

  test::FakeResolver dns_;
};

TEST_F(Evaluated, TakesSpfAsItWasWhenTheMessageCameIn) {
  auto context = context_of(letter);
  context.spf = Spf{.result = SpfOutcome::softfail, .domain = "example.org"};
  dns_.asked.clear();
  const auto judged = judge(letter, context);
  EXPECT_EQ(judged.spf->result, SpfOutcome::softfail);
  EXPECT_EQ(judged.dmarc.result, DmarcOutcome::fail);
  EXPECT_THAT(dns_.asked, testing::Not(testing::Contains("example.org/16")));
}

TEST_F(Evaluated, VerifiesOurSignatureUnderAnyNumberOfOthers) {
  const auto sent = test::signed_message(letter, test::options());
  auto other = letter;
  const auto foreign = test::signed_message(other.replace(other.find("hello"), 5, "other"), test::options());
  auto received = sent;
  for (int i = 0; i < 20; ++i) received.insert(0, foreign.substr(0, foreign.find("From: ")));
  const auto judged = judge(received, context_of(sent));
  ASSERT_EQ(judged.dkim.size(), 21U);
  EXPECT_EQ(word(judged.dkim.back().result), "pass") << judged.dkim.back().reason;
  EXPECT_EQ(word(judged.dkim.front().result), "fail");
}

TEST_F(Evaluated, JudgesAGoodMessageWhole) {
  const auto sent = test::signed_message(letter, test::options());
  const auto judged = judge(recorded("mx.example.net") + handover + sent, context_of(sent));
  ASSERT_TRUE(judged.spf);
  EXPECT_EQ(word(judged.spf->result), "pass");
  EXPECT_EQ(judged.spf->mechanism, "ip4:192.0.2.1");
  ASSERT_EQ(judged.dkim.size(), 1U);
  EXPECT_EQ(word(judged.dkim[0].result), "pass") << judged.dkim[0].reason;
  EXPECT_TRUE(judged.dkim[0].mutation.empty());
  EXPECT_EQ(judged.dmarc.result, DmarcOutcome::pass) << judged.dmarc.reason;
  EXPECT_EQ(judged.dmarc.claimed_disposition, "none");
  ASSERT_TRUE(judged.arc);
  EXPECT_EQ(word(judged.arc->result), "none");
  ASSERT_EQ(judged.hops.size(), 1U);
  EXPECT_EQ(judged.hops[0].by, "mx.example.net");
}

TEST_F(Evaluated, SaysWhatChangedForEachSignatureThatFails) {
  const auto sent = test::signed_message(letter, test::options());
  const auto judged = judge(handover + sent + "-- \r\nA footer\r\n", context_of(sent));
  EXPECT_EQ(word(judged.dkim.at(0).result), "fail");
  EXPECT_EQ(judged.dkim[0].reason, "body hash mismatch");
  ASSERT_FALSE(judged.dkim[0].mutation.empty());
  EXPECT_EQ(judged.dkim[0].mutation[0].part, "body");
  auto blind = context_of("");
  EXPECT_TRUE(judge(handover + sent + "-- \r\nA footer\r\n", blind).dkim.at(0).mutation.empty());
}

TEST_F(Evaluated, HasNoSpfWithoutAddressOrName) {
  Context context;
  EXPECT_FALSE(judge(letter, context).spf);
  context.envelope.client = IpAddress::parse("192.0.2.1");
  EXPECT_FALSE(judge(letter, context).spf);
  context.envelope.helo = "example.org";
  EXPECT_EQ(judge(letter, context).spf->identity, "helo");
}

TEST_F(Evaluated, CompletesTheEnvelopeFromTheReceivingHop) {
  Context context;
  context.handed_over_from = IpAddress::parse("192.0.2.1");
  const auto judged = judge("Return-Path: <probe@example.org>\r\n" + handover + letter, context);
  ASSERT_TRUE(judged.spf);
  EXPECT_EQ(judged.spf->identity, "mailfrom");
  EXPECT_EQ(word(judged.spf->result), "pass");
}

TEST_F(Evaluated, CompletesTheEnvelopeOfAKnownClient) {
  Context context;
  context.envelope.client = IpAddress::parse("192.0.2.1");
  const auto judged = judge("Return-Path: <probe@example.org>\r\n" + handover + letter, context);
  ASSERT_TRUE(judged.spf);
  EXPECT_EQ(judged.spf->identity, "mailfrom");
  EXPECT_EQ(judged.dmarc.result, DmarcOutcome::pass);
  EXPECT_EQ(judge(handover + letter, context).spf->domain, "mx.example.org");
  EXPECT_EQ(judge("Return-Path: <probe@example.org>\r\n" + letter, context).spf->domain, "example.org");
  const auto bare = judge(letter, context);
  EXPECT_FALSE(bare.spf);
  EXPECT_EQ(bare.client, context.envelope.client);
}

TEST_F(Evaluated, KeepsWhatTheCallerKnows) {
  Context context;
  context.envelope = {IpAddress::parse("192.0.2.1"), "", "a@other.example"};
  EXPECT_EQ(judge("Return-Path: <probe@example.org>\r\n" + handover + letter, context).spf->domain, "other.example");
}

TEST_F(Evaluated, LetsHeloAlignOnlyForANullReversePath) {
  Context context;
  context.envelope = {IpAddress::parse("192.0.2.1"), "example.org", std::nullopt};
  const auto unknown = judge(letter, context);
  EXPECT_EQ(word(unknown.spf->result), "pass");
  EXPECT_EQ(unknown.spf->identity, "helo");
  EXPECT_EQ(unknown.dmarc.result, std::nullopt);
  EXPECT_EQ(unknown.dmarc.aligned_spf, std::nullopt);
  context.envelope.mail_from = "";
  EXPECT_EQ(judge(letter, context).dmarc.result, DmarcOutcome::pass);
}

TEST_F(Evaluated, TrustsByPosition) {
  const auto message = recorded("mx.example.net") + handover + recorded("mx.example.net") + letter;
  EXPECT_THAT(trusted(message, context_of("")), testing::ElementsAre(true, false));
  auto unknown = context_of("");
  unknown.handed_over_from.reset();
  EXPECT_THAT(trusted(message, unknown), testing::ElementsAre(false, false));
  unknown.handed_over_from = IpAddress::parse("192.0.2.99");
  EXPECT_THAT(trusted(message, unknown), testing::ElementsAre(false, false));
}

TEST_F(Evaluated, TakesTheTopmostReceivedOfOursBecauseOthersCanBeForged) {
  const auto message = recorded("a") + handover + recorded("b") + handover + recorded("c") + letter;
  EXPECT_THAT(trusted(message, context_of("")), testing::ElementsAre(true, false, false));
}

TEST_F(Evaluated, TrustsWhatAMilterAddedBelowTheReceivedOfItsHost) {
  const auto added = "X-Spam: Yes\r\n" + recorded("mx.example.net");
  EXPECT_THAT(trusted(handover + added + letter, context_of(letter)), testing::ElementsAre(true));
  EXPECT_THAT(trusted(handover + added + letter, context_of("")), testing::ElementsAre(false));
  const auto first = std::string(letter).substr(0, letter.find("\r\n") + 2);
  EXPECT_THAT(trusted(handover + first + added + letter, context_of(letter)), testing::ElementsAre(false));
  const std::string relay = "Received: from a by b\r\n";
  EXPECT_THAT(trusted(handover + added + relay + letter, context_of(letter)), testing::ElementsAre(false));
  const auto forged = recorded("mx.example.net") + letter;
  EXPECT_THAT(trusted(handover + recorded("mx.example.net", "; dmarc=pass ( changed )") + letter, context_of(forged)),
              testing::ElementsAre(false));
}

TEST_F(Evaluated, TrustsByNameWhereNamesAreConfigured) {
  auto context = context_of("");
  context.authserv_ids = {"MX.example.net"};
  const auto message =
      recorded("mx.example.net.evil") + recorded("mx.example.net") + handover + recorded("mx.example.net 1") + letter;
  EXPECT_THAT(trusted(message, context), testing::ElementsAre(false, true, true));
}

TEST_F(Evaluated, NeverTrustsWhatWasSent) {
  const auto sent = recorded("mx.example.net") + letter;
  auto context = context_of(sent);
  context.authserv_ids = {"mx.example.net"};
  EXPECT_THAT(trusted(handover + sent, context), testing::ElementsAre(false));
  context.authserv_ids.clear();
  EXPECT_THAT(trusted(recorded("mx.example.net") + handover + letter, context), testing::ElementsAre(false));
}

TEST_F(Evaluated, ShowsWhatCannotBeRead) {
  const auto judged = judge("Authentication-Results: ;;;=\r\n" + handover + letter, context_of(""));
  ASSERT_EQ(judged.authentication_results.size(), 1U);
  EXPECT_EQ(judged.authentication_results[0].raw, " ;;;=");
  EXPECT_TRUE(judged.authentication_results[0].results.empty());
}

struct Claim {
  const char* name;
  const char* field;
  std::optional<std::string> says;
};
void PrintTo(const Claim& row, std::ostream* out) { *out << row.name; }

class Disposition : public Evaluated, public testing::WithParamInterface<Claim> {};

TEST_P(Disposition, IsTakenFromTheTrustedField) {
  const auto forged = recorded("mx.example.net", "; dmarc=pass (dis=REJECT)");
  const auto judged = judge(GetParam().field + handover + forged + letter, context_of(""));
  EXPECT_EQ(judged.dmarc.claimed_disposition, GetParam().says);
}

const std::vector<Claim> claims{
    {"google", "Authentication-Results: mx.google.com; dmarc=fail (p=REJECT sp=NONE dis=QUARANTINE) header.from=a\r\n",
     "quarantine"},
    {"microsoft", "Authentication-Results: spf=fail; dmarc=fail action=oreject header.from=a;compauth=fail\r\n",
     "oreject"},
    {"fastmail", "Authentication-Results: mx6; dmarc=pass (p=reject,d=none) header.from=a\r\n", "none"},
    {"fastmail_properties",
     "Authentication-Results: mx6; dmarc=fail policy.published-domain-policy=reject "
     "policy.applied-disposition=quarantine policy.dmarc=reject\r\n",
     "quarantine"},
    {"registered_property", "Authentication-Results: mx; dmarc=fail header.from=a policy.dmarc=reject\r\n", "reject"},
    {"policy_is_no_disposition", "Authentication-Results: mx; dmarc=fail (p=reject) header.from=a\r\n", std::nullopt},
    {"several_fields", "Authentication-Results: mx; spf=pass\r\nAuthentication-Results: mx; dmarc=pass (dis=none)\r\n",
     "none"},
    {"none_at_all", "", std::nullopt},
};
INSTANTIATE_TEST_SUITE_P(Claims, Disposition, testing::ValuesIn(claims),
                         [](const auto& row) { return row.param.name; });

using Hosts = std::vector<std::string>;

TEST(RecordedEnvelope, IsThatOfTheBorder) {
  const std::string inside =
      "Received: from mx.example.net (mx.example.net [198.51.100.5])\r\n by store.example.net;\r\n";
  const std::string lmtp = "Received: from store.example.net by store.example.net with LMTP\r\n";
  const auto found = recorded_envelope("Return-Path: <probe@example.org>\r\n" + lmtp + inside + handover + letter,
                                       Hosts{"example.net"});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->client->text(), "192.0.2.1");
  EXPECT_EQ(found->helo, "mx.example.org");
  EXPECT_EQ(found->mail_from, "probe@example.org");
}

TEST(RecordedEnvelope, IsNotForged) {
  // A client that says HELO with the host's own name, and brings a Received of that host with it.
  const std::string liar = "Received: from mx.example.net (unknown [203.0.113.66]) by mx.example.net with SMTP\r\n";
  const auto found = recorded_envelope(liar + handover + letter, Hosts{"mx.example.net"});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->client->text(), "203.0.113.66");
  EXPECT_EQ(found->mail_from, std::nullopt);
  EXPECT_FALSE(recorded_envelope("Received: from a by other.example\r\n" + handover + letter, Hosts{"mx.example.net"}));
  EXPECT_FALSE(recorded_envelope(letter, Hosts{"mx.example.net"}));
}

TEST(RecordedEnvelope, ReadsReturnPathOnlyAboveTheTrace) {
  const auto below =
      recorded_envelope(handover + "Return-Path: <x@evil.example>\r\n" + letter, Hosts{"mx.example.net"});
  EXPECT_EQ(below->mail_from, std::nullopt);
  const auto null = recorded_envelope("Return-Path: <>\r\n" + handover + letter, IpAddress::parse("192.0.2.1").value());
  EXPECT_EQ(null->mail_from, "");
}

}  // namespace
}  // namespace mailprobe::auth
