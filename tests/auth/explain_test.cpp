// The steps behind an evaluation, and what one message alone tells of a signature that fails.
#include "auth/explain.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "auth/single_message.h"
#include "tests/auth/signing.h"
#include "tests/support/fake_resolver.h"
#include "tests/support/run.h"

namespace mailprobe::auth {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const std::string letter =
    "From: a@mail.example.org\r\nTo: b@example.net\r\nSubject: hello\r\n"
    "Date: Sat, 31 Jan 2026 12:00:00 +0000\r\nMessage-ID: <1@example.org>\r\n\r\nHello\r\nBye\r\n";

class Explained : public testing::Test {
 protected:
  Explained() {
    dns_.txt("example.org", "v=spf1 ip4:198.51.100.1 include:b.example a ~all");
    dns_.txt("b.example", "v=spf1 ip4:203.0.113.0/24 -all");
    dns_.a("example.org", "192.0.2.1");
    dns_.txt("_dmarc.example.org", "v=DMARC1; p=reject");
    dns_.txt("s1._domainkey.example.org", test::signing_key().dns_record());
    context_.envelope = {IpAddress::parse("192.0.2.1"), "mx.example.org", "a@example.org"};
    context_.time = Time(std::chrono::seconds(1'770'000'000));
  }

  /// The texts of one part, indented.
  std::vector<std::string> lines(const std::string& message, ExplainPart part) {
    RecordingResolver recorder(dns_);
    Traces traces;
    const auto evaluation = test::run(evaluate(message, context_, recorder, &traces.spf));
    traces.dns = recorder.all();
    const auto asked = dns_.asked.size();
    const auto steps = test::run(explain(message, evaluation, traces));
    EXPECT_EQ(dns_.asked.size(), asked) << "explaining looks nothing up";
    std::vector<std::string> out;
    for (const auto& step : steps)
      if (step.part == part) out.push_back(std::string(static_cast<std::size_t>(step.depth), ' ') + step.text);
    return out;
  }

  test::FakeResolver dns_;
  Context context_;
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
  dns_.fail("b.example");
  EXPECT_THAT(lines(letter, ExplainPart::spf),
              Contains(HasSubstr("  include:b.example: temperror, look-up of b.example failed")));
}

TEST_F(Explained, SpfFollowsARedirectAndTheRecordsEnd) {
  dns_.txt("c.example", "v=spf1 redirect=d.example");
  dns_.txt("d.example", "v=spf1 ip4:198.51.100.1");
  context_.envelope.mail_from = "a@c.example";
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
  dns_.txt("s1._domainkey.other.example", test::signing_key().dns_record());
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
  dns_.txt("example.org", "v=spf1 \x1b[31m" + std::string(5000, 'x'));
  for (const auto& line : lines(letter, ExplainPart::dns)) {
    EXPECT_LT(line.size(), 500U);
    EXPECT_EQ(line.find('\x1b'), std::string::npos);
  }
}

TEST_F(Explained, AMessageOfNothingHasItsReasons) {
  EXPECT_THAT(lines("Subject: x\r\n\r\n", ExplainPart::dmarc), ElementsAre(HasSubstr("DMARC: ")));
  EXPECT_THAT(lines("Subject: x\r\n\r\n", ExplainPart::dkim), IsEmpty());
}

// ---- one message alone ----------------------------------------------------------------------------------------------

class Alone : public Explained {
 protected:
  Known known(const std::string& message) {
    const auto evaluation = test::run(evaluate(message, context_, dns_));
    return known_alone(message, split_message(message), evaluation.dkim).at(0);
  }
  static std::string all(const Known& known) {
    std::string text;
    for (const auto& words : known.words) text += words + "\n";
    return text;
  }
  static SignOptions simple() {
    auto options = test::options();
    options.header = options.body = Canon::simple;
    return options;
  }
  static std::string_view bytes(const std::string& message, const Mutation& mutation) {
    const auto [from, to] = *mutation.received;
    return std::string_view(message).substr(static_cast<std::size_t>(from), static_cast<std::size_t>(to - from));
  }
};

TEST_F(Alone, NothingIsSaidOfASignatureThatHolds) {
  const auto found = known(test::signed_message(letter, test::options()));
  EXPECT_THAT(found.words, IsEmpty());
  EXPECT_THAT(found.mutation, IsEmpty());
}

TEST_F(Alone, AFooterIsFoundByTheHash) {
  for (const auto& options : {test::options(), simple()}) {
    const auto received = test::signed_message(letter, options) + "\r\n-- \r\nlist footer\r\n";
    const auto found = known(received);
    EXPECT_THAT(all(found), HasSubstr("the header fields are as they were signed; the body is not"));
    ASSERT_EQ(found.mutation.size(), 1U);
    EXPECT_EQ(found.mutation[0].kind, "footer-appended");
    EXPECT_EQ(bytes(received, found.mutation[0]), "\r\n-- \r\nlist footer\r\n");
    EXPECT_THAT(found.mutation[0].diff, HasSubstr("+list footer\n"));
  }
}

TEST_F(Alone, TextInFrontIsFoundByTheHash) {
  auto received = test::signed_message(letter, test::options());
  received.insert(received.find("\r\n\r\n") + 4, "CAUTION: external\r\n\r\n");
  const auto found = known(received);
  ASSERT_EQ(found.mutation.size(), 1U);
  EXPECT_EQ(found.mutation[0].kind, "text-prepended");
  EXPECT_THAT(std::string(bytes(received, found.mutation[0])), HasSubstr("CAUTION"));
}

TEST_F(Alone, WhiteSpaceThatRelaxedWouldHaveSurvived) {
  auto received = test::signed_message(letter, simple());
  received.insert(received.find("\r\nBye"), "  ");
  const auto found = known(received);
  EXPECT_THAT(all(found), HasSubstr("relaxed canonicalization of the body would have held"));
  ASSERT_EQ(found.mutation.size(), 1U);
  EXPECT_EQ(found.mutation[0].kind, "white-space-changed");
}

TEST_F(Alone, WhiteSpaceAndAFooter) {
  auto received = test::signed_message(letter, simple()) + "footer\r\n";
  received.insert(received.find("\r\nBye"), "  ");
  const auto found = known(received);
  ASSERT_EQ(found.mutation.size(), 2U);
  EXPECT_EQ(found.mutation[1].kind, "footer-appended");
}

TEST_F(Alone, AChangedWordProvesNothing) {
  auto received = test::signed_message(letter, test::options());
  received.replace(received.find("Bye"), 3, "bye");
  const auto found = known(received);
  EXPECT_THAT(all(found), HasSubstr("the body is not as it was signed"));
  EXPECT_THAT(found.mutation, IsEmpty());
}

TEST_F(Alone, AHeaderThatFailsNamesWhatItMayBe) {
  auto received = test::signed_message(letter, test::options());
  received.replace(received.find("hello"), 5, "[list] hello");
  EXPECT_THAT(all(known(received)), HasSubstr("the body is as it was signed; the header is not: one of "));
  EXPECT_THAT(all(known(received)), HasSubstr("subject"));
}

TEST_F(Alone, WithoutAKeyTheBodyIsStillKnown) {
  auto options = test::options();
  options.selector = "gone";
  EXPECT_THAT(all(known(test::signed_message(letter, options))),
              HasSubstr("the body is as it was signed; the header could not be judged"));
}

TEST_F(Alone, ALimitedLengthShowsACut) {
  auto received = test::signed_message(letter, test::options());
  received.replace(received.find("; d="), 4, "; l=500; d=");
  EXPECT_THAT(all(known(received)), HasSubstr("it was cut short"));
}

TEST_F(Alone, ALimitedLengthShowsWhatFollows) {
  auto received = test::signed_message(letter, test::options()) + "footer\r\n";
  received.replace(received.find("; d="), 4, "; l=12; d=");  // which breaks the header, not the body
  EXPECT_THAT(all(known(received)), HasSubstr("l= covers the first 12 bytes of the body: the 8 after them"));
}

TEST_F(Alone, AnEmptyBodyWasSigned) {
  const auto head = letter.substr(0, letter.find("\r\n\r\n") + 4);
  const auto received = test::signed_message(head, test::options()) + "footer\r\n";
  const auto found = known(received);
  ASSERT_EQ(found.mutation.size(), 1U);
  EXPECT_EQ(bytes(received, found.mutation[0]), "footer\r\n");
}

}  // namespace
}  // namespace mailprobe::auth
