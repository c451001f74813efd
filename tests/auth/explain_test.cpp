// The steps behind an evaluation.
#include "auth/explain.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/auth/letter.h"

namespace mailprobe::auth {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const std::string letter = test::letter("a@mail.example.org", "Hello\r\nBye\r\n");

class Explained : public test::LetterTest {
 protected:
  Explained() : LetterTest("v=spf1 ip4:198.51.100.1 include:b.example a ~all") {
    dns.txt("b.example", "v=spf1 ip4:203.0.113.0/24 -all");
    dns.a("example.org", "192.0.2.1");
  }

  /// The texts of one part, indented.
  std::vector<std::string> lines(const std::string& message, ExplainPart part) {
    RecordingResolver recorder(dns);
    Traces traces;
    const auto evaluation = test::run(evaluate(message, context, recorder, &traces.spf, &traces.arc));
    traces.dns = recorder.all();
    const auto asked = dns.asked.size();
    const auto steps = test::run(explain(message, evaluation, traces));
    EXPECT_EQ(dns.asked.size(), asked) << "explaining looks nothing up";
    std::vector<std::string> out;
    for (const auto& step : steps)
      if (step.part == part) out.push_back(std::string(static_cast<std::size_t>(step.depth), ' ') + step.text);
    return out;
  }
};

TEST_F(Explained, SpfTermByTermWithIncludesIndented) {
  EXPECT_THAT(
      lines(letter, ExplainPart::spf),
      ElementsAre("SPF: may 192.0.2.1 use example.org?",
                  " example.org: v=spf1 ip4:198.51.100.1 include:b.example a ~all", "  ip4:198.51.100.1: no match",
                  "  include:b.example", "   b.example: v=spf1 ip4:203.0.113.0/24 -all",
                  "    ip4:203.0.113.0/24: no match", "    all: matches, fail", "  include:b.example: no match",
                  "  a: matches, pass", " pass; 2 of 10 terms that look something up, 0 of 2 void look-ups"));
}

TEST_F(Explained, SpfErrorsNameTheTerm) {
  dns.fail("b.example");
  EXPECT_THAT(lines(letter, ExplainPart::spf),
              Contains(HasSubstr("  include:b.example: temperror, look-up of b.example failed")));
}

TEST_F(Explained, SpfFollowsARedirectAndTheRecordsEnd) {
  dns.txt("c.example", "v=spf1 redirect=d.example");
  dns.txt("d.example", "v=spf1 ip4:198.51.100.1");
  context.envelope.mail_from = "a@c.example";
  EXPECT_THAT(lines(letter, ExplainPart::spf),
              ElementsAre("SPF: may 192.0.2.1 use c.example?", " c.example: v=spf1 redirect=d.example",
                          "  redirect: d.example", "   d.example: v=spf1 ip4:198.51.100.1",
                          "    ip4:198.51.100.1: no match", "    end of the record: neutral",
                          " neutral; 1 of 10 terms that look something up, 0 of 2 void look-ups"));
}

TEST_F(Explained, EachQueryOnceInOrder) {
  const auto found = lines(test::signed_message(letter, test::options()), ExplainPart::dns);
  EXPECT_THAT(found, Contains("TXT example.org: found"));
  EXPECT_THAT(found, Contains(" \"v=spf1 ip4:203.0.113.0/24 -all\""));
  EXPECT_THAT(found, Contains("A example.org: found"));
  EXPECT_THAT(found, Contains(" 192.0.2.1"));
  EXPECT_THAT(found, Contains("TXT _dmarc.mail.example.org: no such name"));
  EXPECT_EQ(std::ranges::count(found, "TXT _dmarc.example.org: found"), 1);
}

TEST_F(Explained, DkimShowsWhatWasHashed) {
  auto options = test::options();
  options.headers = {"From", "Subject", "Subject"};
  const auto found = lines(test::signed_message(letter, options), ExplainPart::dkim);
  EXPECT_THAT(found, Contains("  from:a@mail.example.org"));
  EXPECT_THAT(found, Contains("  subject:hello"));
  EXPECT_THAT(found, Contains("  subject: absent"));
  EXPECT_THAT(found, Contains(HasSubstr("  dkim-signature:v=1;")));
  EXPECT_THAT(found, Contains(HasSubstr("body, relaxed: 12 bytes")));
  EXPECT_THAT(found, Contains(testing::EndsWith(", the same")));
  EXPECT_EQ(found.back(), " b= over these fields verifies with the key");
}

TEST_F(Explained, DmarcShowsTheWalkAndTheAlignment) {
  auto options = test::options();
  options.domain = "other.example";
  dns.txt("s1._domainkey.other.example", test::signing_key().dns_record());
  const auto found = lines(test::signed_message(letter, options), ExplainPart::dmarc);
  EXPECT_THAT(found, Contains(" _dmarc.mail.example.org: no record"));
  EXPECT_THAT(found, Contains(" _dmarc.example.org: \"v=DMARC1; p=reject\""));
  EXPECT_THAT(found, Contains(" SPF: example.org pass, aligned: the organisational domain of both is example.org"));
  EXPECT_THAT(found, Contains(" DKIM 1: other.example pass, not aligned: nothing in common"));
  EXPECT_EQ(found.back(), " pass; disposition none");
}

TEST_F(Explained, TheirResultsStandBesideOurs) {
  const auto found = lines(
      "Authentication-Results: mx.example.net; spf=pass smtp.mailfrom=example.org; dmarc=fail; dkim=none;"
      " x-tls=pass\r\n" +
          letter,
      ExplainPart::authentication_results);
  EXPECT_THAT(found, ElementsAre("Authentication-Results of mx.example.net, not trusted", " spf=pass: ours is the same",
                                 " dmarc=fail: ours is pass", " dkim=none: ours is the same",
                                 " x-tls=pass: we judge none of that"));
}

TEST_F(Explained, WhatOthersWroteIsEscapedAndCut) {
  dns.txt("example.org", "v=spf1 \x1b[31m" + std::string(5000, 'x'));
  for (const auto& line : lines(letter, ExplainPart::dns)) {
    EXPECT_LT(line.size(), 500U);
    EXPECT_EQ(line.find('\x1b'), std::string::npos);
  }
}

TEST_F(Explained, AMessageOfNothingHasItsReasons) {
  EXPECT_THAT(lines("Subject: x\r\n\r\n", ExplainPart::dmarc), ElementsAre(HasSubstr("DMARC: ")));
  EXPECT_THAT(lines("Subject: x\r\n\r\n", ExplainPart::dkim), IsEmpty());
}

}  // namespace
}  // namespace mailprobe::auth
