// Which record of a session says what, and that there are not too many.
#include "receiver/envelopes.h"

#include <gtest/gtest.h>

namespace mailprobe::receiver {
namespace {

using Names = std::vector<std::string>;

smtp::ServerState from(const std::string& address, bool tls = true) {
  smtp::ServerState state;
  state.helo = "mx.target.test";
  state.mail_from = Path(*Mailbox::parse(address));
  if (tls) state.tls.emplace().version = "TLSv1.3";
  return state;
}

TEST(Envelopes, ASessionWithoutMailIsOneRecord) {
  evidence::Session session;
  session.helo = "mx.target.test";
  const auto records = Envelopes().records(session);
  ASSERT_EQ(records.size(), 1U);
  EXPECT_EQ(records[0].helo, "mx.target.test");
  EXPECT_EQ(records[0].mail_from, std::nullopt);
}

TEST(Envelopes, MailThatNamedNobodyIsRecorded) {
  Envelopes envelopes;
  envelopes.begin(from("a@target.test"));
  envelopes.begin(from("b@target.test"));
  const auto records = envelopes.records({});
  ASSERT_EQ(records.size(), 1U);
  EXPECT_EQ(records[0].mail_from, "a@target.test");
  EXPECT_EQ(records[0].probe, std::nullopt);
}

TEST(Envelopes, AMessageForSeveralIsRecordedForEachAndAnswersTheFirst) {
  Envelopes envelopes;
  envelopes.begin(from("a@target.test"));
  EXPECT_TRUE(envelopes.name("one"));  // put off
  EXPECT_TRUE(envelopes.name({}));
  envelopes.accept({}, "postmaster@probe.test");
  for (const auto* token : {"two", "three"}) {
    EXPECT_TRUE(envelopes.name(token));
    envelopes.accept(token, std::string(token) + "@probe.test");
  }
  const auto message = envelopes.current({});
  EXPECT_EQ(message.probe, "two");
  EXPECT_EQ(message.recipients, (Names{"postmaster@probe.test", "two@probe.test", "three@probe.test"}));
  const auto records = envelopes.records({});
  ASSERT_EQ(records.size(), 4U);
  EXPECT_EQ(records[0].probe, "one");
  EXPECT_TRUE(records[0].recipients.empty());
  EXPECT_EQ(records[3].probe, "three");
  EXPECT_EQ(records[3].recipients, Names{"three@probe.test"});
}

TEST(Envelopes, WhatIsForNobodyAnswersTheProbeThatItsMessageNames) {
  Envelopes envelopes;
  for (const auto* address : {"a@target.test", "b@target.test"}) {
    envelopes.begin(from(address));
    EXPECT_TRUE(envelopes.name({}));
    envelopes.accept({}, "probe@probe.test");
    if (address[0] == 'a') envelopes.answers("one");
    EXPECT_EQ(envelopes.current({}).probe.value_or("none"), address[0] == 'a' ? "one" : "none");
  }
  const auto records = envelopes.records({});
  ASSERT_EQ(records.size(), 2U);
  EXPECT_EQ(records[0].probe, "one");
  EXPECT_EQ(records[0].mail_from, "a@target.test");
  EXPECT_EQ(records[0].recipients, Names{"probe@probe.test"});
  EXPECT_EQ(records[1].probe, std::nullopt) << "the next message is another one";
  EXPECT_EQ(records[1].mail_from, "b@target.test");
}

TEST(Envelopes, WhatComesAgainForAProbeIsOneRecordUnlessTheOneWasInPlainText) {
  Envelopes envelopes;
  for (const bool tls : {false, true, true}) {
    envelopes.begin(from("a@target.test", tls));
    EXPECT_TRUE(envelopes.name("one"));
    envelopes.accept("one", "one@probe.test");
  }
  const auto records = envelopes.records({});
  ASSERT_EQ(records.size(), 2U);
  EXPECT_FALSE(records[0].tls);
  EXPECT_TRUE(records[1].tls);
  EXPECT_EQ(records[1].recipients, Names{"one@probe.test"});
}

TEST(Envelopes, WhoIsNamedAgainIsListedOnce) {
  Envelopes envelopes;
  envelopes.begin(from("a@target.test"));
  EXPECT_TRUE(envelopes.name("one"));
  for (int i = 0; i < 3; ++i) envelopes.accept("one", "one@probe.test");
  EXPECT_EQ(envelopes.current({}).recipients, Names{"one@probe.test"});
  EXPECT_EQ(envelopes.records({}).at(0).recipients, Names{"one@probe.test"});
}

TEST(Envelopes, WhoRequiresTlsIsRecorded) {
  Envelopes envelopes;
  auto strict = from("a@target.test");
  strict.require_tls = true;
  envelopes.begin(strict);
  EXPECT_TRUE(envelopes.name("one"));
  envelopes.accept("one", "one@probe.test");
  EXPECT_TRUE(envelopes.current({}).require_tls);
  envelopes.begin(from("a@target.test"));
  EXPECT_FALSE(envelopes.current({}).require_tls) << "of that transaction only";
  EXPECT_TRUE(envelopes.records({}).at(0).require_tls);
}

TEST(Envelopes, AreBounded) {
  Envelopes envelopes;
  std::size_t taken = 0;
  for (std::size_t i = 0; i < 2 * Envelopes::max_records; ++i) {
    envelopes.begin(from("a@target.test"));
    if (envelopes.name(std::to_string(i))) ++taken;
  }
  EXPECT_EQ(taken, Envelopes::max_records);
  EXPECT_LE(envelopes.records({}).size(), Envelopes::max_records);
  Envelopes one;
  for (std::size_t i = 0; i < 2 * Envelopes::max_listed; ++i) {
    one.begin(from("a@target.test"));
    EXPECT_TRUE(one.name("one"));
    one.accept("one", std::to_string(i) + "@probe.test");
  }
  EXPECT_EQ(one.records({}).at(0).recipients.size(), Envelopes::max_listed);
}

}  // namespace
}  // namespace mailprobe::receiver
