// One message to several places: who is tried, who is tried again, and when it is the end. No socket and no clock.
#include <gtest/gtest.h>

#include "probe/deliver.h"
#include "tests/probe/fixture.h"
#include "tests/support/conformance.h"
#include "tests/support/run.h"

namespace mailprobe::probe {
namespace {

using namespace std::chrono_literals;
using test::FakeNetwork;
using test::ip;
using enum mailprobe::Outcome;

constexpr auto one = "192.0.2.1", other = "192.0.2.2", third = "192.0.2.3";

// A server that answers so to RCPT, to the whole message, or to nothing any more.
std::string until_rcpt(std::string_view reply) {
  return "< 220 mx ESMTP\n> EHLO mx.probe.test\n< 250-mx\n< 250 STARTTLS\n> STARTTLS\n< 220 go\ntls\n"
         "> EHLO mx.probe.test\n< 250 mx\n>* MAIL FROM:<probe@probe.test>\n< 250 ok\n> RCPT TO:<to@target.test>\n< " +
         std::string(reply) + "\n";
}

const std::string quit = "> QUIT\n< 221 bye\nclose\n";
const std::string message = "> DATA\n< 354 go\n> From: probe@probe.test\n> \n> hello\n> .\n";

std::string rcpt(std::string_view reply) { return until_rcpt(reply) + quit; }
std::string after_dot(const std::string& rest) { return until_rcpt("250 ok") + message + rest; }
const std::string accepts = after_dot("< 250 queued\n" + quit);
const std::string no_starttls = "< 220 mx ESMTP\n> EHLO mx.probe.test\n< 250 mx\n" + quit;
const std::string closes = "close\n";

class Deliver : public testing::Test {
 protected:
  Deliver() {
    progress_.step = [this](const std::string& line) { steps_.push_back(line); };
    progress_.waiting = [this](const std::string& cause, std::chrono::milliseconds length) {
      waits_.push_back(cause + " " + duration_text(length));
    };
    consignment_.id = "p1";
    consignment_.recipient = "to@target.test";
    consignment_.wait = 5min;
    consignment_.delivery.helo = "mx.probe.test";
    consignment_.delivery.reverse_path = Path(test::mailbox("probe@probe.test"));
    consignment_.delivery.recipient = Path(test::mailbox("to@target.test"));
    consignment_.delivery.message = "From: probe@probe.test\r\n\r\nhello\r\n";
    to({{"mx1", one}, {"mx2", other}});
  }

  void to(const std::vector<std::pair<std::string, std::string>>& places, std::uint16_t port = 25) {
    consignment_.places.clear();
    for (const auto& [host, address] : places) consignment_.places.push_back({host, ip(address), port});
  }

  Delivered deliver() {
    Means means;
    means.network = network_.network();
    means.journal = &*journal_;
    means.limits = &limits_;
    means.progress = &progress_;
    means.at_dot = [this] { ++dots_; };
    means.port25 = [this] { return port25(); };
    auto delivered = test::run(probe::deliver(consignment_, std::move(means)));
    for (const auto& stream : network_.streams) EXPECT_EQ(stream->problem(), "");
    return delivered;
  }

  Task<std::string> port25() {
    ++port25_asked_;
    co_return port25_;
  }

  /// "accepted rejected …"
  static std::string outcomes(const Delivered& delivered) {
    std::string text;
    for (const auto& attempt : delivered.attempts)
      text += (text.empty() ? "" : " ") + std::string(word(attempt.outcome));
    return text;
  }

  [[nodiscard]] std::vector<std::string> journal() const {
    std::vector<std::string> events;
    for (const auto& line : read_journal(test::read_file(folder_.path() / "journal.jsonl")))
      events.emplace_back(word(line.event));
    return events;
  }

  test::TemporaryFolder folder_;
  std::optional<Journal> journal_ = Journal::open(folder_.path() / "journal.jsonl").value();
  SendingLimits limits_{folder_.path(), {}};
  FakeNetwork network_;
  Progress progress_;
  Consignment consignment_;
  std::vector<std::string> steps_, waits_;
  std::string port25_ = "presumed-closed";
  int dots_ = 0, port25_asked_ = 0;
};

using Lines = std::vector<std::string>;

TEST_F(Deliver, AcceptedByTheFirst) {
  network_.plays(one, accepts);
  const auto delivered = deliver();
  EXPECT_EQ(outcomes(delivered), "accepted");
  EXPECT_TRUE(delivered.on_its_way());
  EXPECT_TRUE(delivered.at);
  EXPECT_EQ(delivered.local_address, "192.0.2.1");  // what the scripted stream says
  EXPECT_EQ(dots_, 1);
  EXPECT_EQ(journal(), (Lines{"intent", "rcpt", "dot", "reply"}));
  const auto& attempt = delivered.attempts.front();
  EXPECT_EQ(attempt.host, "mx1");
  EXPECT_EQ(attempt.address, one);
  EXPECT_EQ(attempt.phase, "quit");
  EXPECT_EQ(attempt.reply->code, 250);
  EXPECT_EQ(attempt.tls->version, "TLSv1.3");
  EXPECT_TRUE(attempt.starttls_offered);
  EXPECT_EQ(attempt.error, std::nullopt);
  EXPECT_FALSE(attempt.events.empty());
  ASSERT_EQ(steps_.size(), 1U);
  EXPECT_NE(steps_[0].find("mx1 (192.0.2.1): TLSv1.3, accepted in"), std::string::npos) << steps_[0];
}

TEST_F(Deliver, EveryAddressIsTried) {
  to({{"mx1", one}, {"mx1", other}, {"mx2", third}});
  network_.refuses(one).plays(other, closes).plays(third, accepts);
  const auto delivered = deliver();
  EXPECT_EQ(outcomes(delivered), "not-sent not-sent accepted");
  EXPECT_EQ(delivered.attempts[0].phase, "connect");
  EXPECT_EQ(delivered.attempts[0].cause, Cause::refused);
  EXPECT_EQ(delivered.attempts[1].phase, "banner");
}

/// Nobody is troubled at a host that its own policy bars, at none of its addresses; the next host may take the message.
TEST_F(Deliver, AHostThatItsPolicyBarsIsNotConnectedTo) {
  to({{"mx1", one}, {"mx1", other}, {"mx2", third}});
  for (auto& place : consignment_.places)
    if (place.host == "mx1")
      place.policy.barred = Error{Failure::unsupported, "the TLSA records are bogus", Cause::bogus, {}};
  network_.plays(third, accepts);
  const auto delivered = deliver();
  EXPECT_EQ(outcomes(delivered), "not-sent accepted");
  EXPECT_EQ(delivered.attempts[0].phase, "connect");
  EXPECT_EQ(delivered.attempts[0].cause, Cause::bogus);
  EXPECT_EQ(network_.connected, (Lines{"192.0.2.3:25"}));
}

TEST_F(Deliver, WhereAllAreBarredNothingIsSent) {
  for (auto& place : consignment_.places)
    place.policy.barred = Error{Failure::unsupported, "not listed", Cause::policy, {}};
  const auto delivered = deliver();
  EXPECT_EQ(outcomes(delivered), "not-sent not-sent");
  EXPECT_TRUE(network_.connected.empty());
  EXPECT_EQ(dots_, 0);
  EXPECT_TRUE(network_.pauses.empty());
  EXPECT_FALSE(std::filesystem::exists(folder_.path() / "limits.json")) << "and nothing is counted";
}

/// 0.0.0.0 would be ourselves.
TEST_F(Deliver, WhatIsNoAddressOfAServerIsNotConnectedTo) {
  const std::vector<std::string> nowhere{"0.0.0.0", "0.1.2.3", "::"};
  for (const auto& text : nowhere) {
    network_.connected.clear();
    to({{"mx1", text}});
    const auto delivered = deliver();
    EXPECT_EQ(outcomes(delivered), "not-sent") << text;
    EXPECT_EQ(delivered.attempts[0].error, text + " is no address of a server");
    EXPECT_TRUE(network_.connected.empty()) << text;
  }
}

TEST_F(Deliver, A4xxGoesToTheNextHostNotToTheSameHostsNextAddress) {
  to({{"mx1", one}, {"mx1", other}, {"mx2", third}});
  network_.plays(one, rcpt("451 4.3.0 later")).plays(third, accepts);
  EXPECT_EQ(outcomes(deliver()), "temporary accepted");
  EXPECT_EQ(network_.connected, (Lines{"192.0.2.1:25", "192.0.2.3:25"}));
}

TEST_F(Deliver, A5xxIsTheEnd) {
  network_.plays(one, rcpt("550 5.1.1 no such user"));
  const auto delivered = deliver();
  EXPECT_EQ(outcomes(delivered), "rejected");
  EXPECT_FALSE(delivered.on_its_way());
  EXPECT_EQ(delivered.attempts[0].reply->code, 550);
  EXPECT_EQ(network_.connected.size(), 1U);
  EXPECT_TRUE(network_.pauses.empty());
  EXPECT_EQ(journal(), (Lines{"intent", "reply"}));
  EXPECT_EQ(dots_, 0);
}

TEST_F(Deliver, GreylistingIsAnnouncedAndWaitedFor) {
  to({{"mx1", one}});
  network_.plays(one, rcpt("451 4.7.1 Greylisted, try again in 120 seconds")).plays(one, accepts);
  EXPECT_EQ(outcomes(deliver()), "temporary accepted");
  EXPECT_EQ(network_.pauses, (std::vector<std::chrono::milliseconds>{120'250ms}));
  ASSERT_EQ(waits_.size(), 1U);
  EXPECT_NE(waits_[0].find("mx1 said 451"), std::string::npos) << waits_[0];
}

TEST_F(Deliver, NoLongerThanTheWait) {
  to({{"mx1", one}});
  network_.plays(one, rcpt("450 4.2.0 busy"));
  EXPECT_EQ(outcomes(deliver()), "temporary temporary temporary");  // at 0, 1 and 3 minutes; 7 would be over 5
  EXPECT_EQ(network_.pauses, (std::vector<std::chrono::milliseconds>{1min, 2min}));
}

TEST_F(Deliver, AfterTheDotWithoutAReplyNothingIsSentAgain) {
  for (const auto& end : {closes, std::string("reset\n"), std::string("timeout\n")}) {
    SCOPED_TRACE(end);
    FakeNetwork fresh;
    std::swap(network_, fresh);
    const auto journal_file = folder_.path() / "journal.jsonl";
    journal_.reset();
    std::filesystem::remove(journal_file);
    journal_.emplace(Journal::open(journal_file).value());
    network_.plays(one, after_dot(end)).plays(other, accepts);
    const auto delivered = deliver();
    EXPECT_EQ(outcomes(delivered), "unknown");
    EXPECT_EQ(delivered.attempts[0].cause, Cause::possibly_delivered);
    EXPECT_TRUE(delivered.on_its_way());
    EXPECT_EQ(network_.connected.size(), 1U);
    EXPECT_EQ(journal(), (Lines{"intent", "rcpt", "dot"}));
  }
}

TEST_F(Deliver, AMessageThatMayHaveBeenDeliveredIsNotSent) {
  ASSERT_TRUE(journal_->dot("p1"));  // of an earlier process
  network_.plays(one,
                 "< 220 mx ESMTP\n> EHLO mx.probe.test\n< 250-mx\n< 250 STARTTLS\n> STARTTLS\n< 220 go\ntls\n"
                 "> EHLO mx.probe.test\n< 250 mx\n" +
                     quit);
  const auto delivered = deliver();
  EXPECT_EQ(outcomes(delivered), "not-sent");
  EXPECT_EQ(delivered.attempts[0].cause, Cause::possibly_delivered);
  EXPECT_EQ(network_.connected.size(), 1U);
}

TEST_F(Deliver, WithoutTlsNothingIsSentAndTheNextHostIsTried) {
  network_.plays(one, no_starttls).plays(other, accepts);
  const auto delivered = deliver();
  EXPECT_EQ(outcomes(delivered), "not-sent accepted");
  EXPECT_EQ(delivered.attempts[0].cause, Cause::unsupported);
  EXPECT_FALSE(delivered.attempts[0].starttls_offered);
}

TEST_F(Deliver, FromTheAskedSourceOrNotAtAll) {
  consignment_.sources = {ip("192.0.2.10")};
  consignment_.source_asked = true;
  to({{"mx1", "2001:db8::1"}, {"mx1", one}});
  network_.plays(one, accepts);
  const auto delivered = deliver();
  EXPECT_EQ(outcomes(delivered), "not-sent accepted");
  EXPECT_EQ(delivered.attempts[0].cause, Cause::no_ipv6);
  EXPECT_NE(steps_[0].find("--source-ip"), std::string::npos) << steps_[0];
  EXPECT_EQ(network_.connected, Lines{"192.0.2.1:25 from 192.0.2.10"});
}

TEST_F(Deliver, ASourceThatDoesNotLeadThereIsOurFault) {
  consignment_.sources = {ip("192.0.2.10")};
  consignment_.source_asked = true;
  to({{"mx1", "127.0.0.1"}});
  network_.is_unreachable("127.0.0.1");
  const auto delivered = deliver();
  EXPECT_EQ(network_.connected, Lines{"127.0.0.1:25 from 192.0.2.10"});
  EXPECT_EQ(outcomes(delivered), "not-sent");
  EXPECT_EQ(delivered.attempts[0].cause, Cause::own_limit);
  EXPECT_TRUE(delivered.attempts[0].error->starts_with("cannot send from 192.0.2.10: "))
      << *delivered.attempts[0].error;
}

TEST_F(Deliver, TheRelaysRefusalOfTheLoginEndsIt) {
  consignment_.limited = false;
  consignment_.delivery.credentials = {"user", Secret("pencil"), sasl::Proof::password};
  network_.plays(one,
                 "< 220 mx ESMTP\n> EHLO mx.probe.test\n< 250-mx\n< 250 STARTTLS\n> STARTTLS\n< 220 go\ntls\n"
                 "> EHLO mx.probe.test\n< 250-mx\n< 250 AUTH PLAIN\n>* AUTH PLAIN\n< 535 5.7.8 wrong\n" +
                     quit);
  const auto delivered = deliver();
  EXPECT_EQ(outcomes(delivered), "not-sent");
  EXPECT_EQ(delivered.attempts[0].phase, "auth");
  EXPECT_EQ(delivered.error->kind, Failure::refused);
  EXPECT_EQ(network_.connected.size(), 1U);
  for (const auto& event : delivered.attempts[0].events) EXPECT_EQ(event.text.find("cGVuY2ls"), std::string::npos);
}

// --- our own network ------------------------------------------------------------------------------------------------

TEST_F(Deliver, WhereNobodyAnswersItIsPresumablyOurPort25) {
  network_.connect_takes = 10s;
  network_.times_out(one).times_out(other);
  const auto delivered = deliver();
  EXPECT_EQ(outcomes(delivered), "not-sent not-sent");
  EXPECT_EQ(delivered.port25, "presumed-closed");
  EXPECT_EQ(delivered.attempts.back().cause, Cause::our_port_25);
  EXPECT_EQ(port25_asked_, 1);
  EXPECT_NE(steps_.back().find("--via"), std::string::npos);
}

TEST_F(Deliver, WithAnOpenPort25ItIsTheTarget) {
  port25_ = "open";
  network_.times_out(one).times_out(other);
  const auto delivered = deliver();
  EXPECT_EQ(delivered.port25, "open");
  EXPECT_EQ(delivered.attempts.back().cause, Cause::timed_out);
}

TEST_F(Deliver, ARefusalIsBelievedWhereNoControlSaysOtherwise) {
  network_.refuses(one).times_out(other);
  const auto delivered = deliver();
  EXPECT_EQ(delivered.port25, std::nullopt);
  EXPECT_EQ(delivered.attempts.back().cause, Cause::timed_out);
  EXPECT_EQ(outcomes(delivered), "not-sent not-sent");
}

TEST_F(Deliver, ARefusalIsOurNetworksWhereTheControlDoesNotAnswerEither) {
  port25_ = "closed";
  network_.refuses(one).refuses(other);
  const auto delivered = deliver();
  EXPECT_EQ(delivered.port25, "closed");
  EXPECT_EQ(delivered.attempts.back().cause, Cause::our_port_25);
  EXPECT_EQ(port25_asked_, 1);
}

TEST_F(Deliver, AConnectionThatWasAcceptedIsEnoughForAnOpenPort) {
  port25_ = "closed";
  network_.refuses(one).plays(other, "< 554 5.7.1 not you\n> QUIT\n< 221 bye\n");
  const auto delivered = deliver();
  EXPECT_EQ(delivered.port25, std::nullopt);
  EXPECT_EQ(port25_asked_, 0);
}

TEST_F(Deliver, OnLoopbackAndOtherPortsThatIsNoQuestion) {
  to({{"mx1", "127.0.0.1"}, {"mx2", "127.0.0.2"}});
  network_.times_out("127.0.0.1").times_out("127.0.0.2").times_out(one).times_out(other);
  (void)deliver();
  to({{"mx1", one}, {"mx2", other}}, 2525);
  (void)deliver();
  EXPECT_EQ(port25_asked_, 0);
}

TEST_F(Deliver, ConnectingTakesThirtySecondsInAll) {
  port25_ = "open";
  to({{"mx1", one}, {"mx2", other}, {"mx3", third}, {"mx4", "192.0.2.4"}});
  network_.connect_takes = 10s;
  for (const auto* address : {one, other, third, "192.0.2.4"}) network_.times_out(address);
  EXPECT_EQ(deliver().attempts.size(), 3U);
}

// --- our own limits -------------------------------------------------------------------------------------------------

TEST_F(Deliver, OurOwnRateIsWaitedForHoweverShortTheWaitForTheCopy) {
  limits_ = SendingLimits(folder_.path(), Limits{.per_minute_per_mx = 6000});  // the state file's clock is the real one
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(limits_.connection("mx1", now())->granted);
  to({{"mx1", one}});
  network_.plays(one, accepts);
  consignment_.wait = 1ms;
  EXPECT_EQ(outcomes(deliver()), "accepted");
}

TEST_F(Deliver, TheDaysLimitIsTheEnd) {
  limits_ = SendingLimits(folder_.path(), Limits{.per_day_per_recipient = 0});
  const auto delivered = deliver();
  EXPECT_EQ(delivered.attempts.at(0).cause, Cause::own_limit);
  EXPECT_TRUE(network_.connected.empty());
  EXPECT_TRUE(journal().empty());
}

TEST_F(Deliver, LoopbackAndRelaysAreExempt) {
  limits_ = SendingLimits(folder_.path(), Limits{.per_day_per_recipient = 0});
  to({{"mx1", "127.0.0.1"}});
  network_.plays("127.0.0.1", accepts).plays(one, accepts);
  EXPECT_EQ(outcomes(deliver()), "accepted");
  to({{"relay", one}});
  consignment_.limited = false;
  EXPECT_EQ(outcomes(deliver()), "accepted");
  EXPECT_FALSE(std::filesystem::exists(folder_.path() / "limits.json"));
}

TEST_F(Deliver, AHeldPlaceIsWaitedFor) {
  const auto held = limits_.place("mx1").value();
  to({{"mx1", one}});
  consignment_.wait = 2s;
  const auto delivered = deliver();
  EXPECT_EQ(delivered.attempts.at(0).cause, Cause::own_limit);
  EXPECT_EQ(waits_.size(), 1U);
  EXPECT_EQ(network_.pauses.size(), 4U);
}

TEST_F(Deliver, ThreeRefusalsOfTheRecipientSuppressIt) {
  network_.plays(one, rcpt("550 5.1.1 no such user"));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(outcomes(deliver()), "rejected");
  EXPECT_EQ(deliver().attempts.at(0).cause, Cause::own_limit);
}

TEST_F(Deliver, RefusalsOfWhatIsWrongOnPurposeSuppressNobody) {
  network_.plays(one, rcpt("550 5.7.23 SPF validation failed"));
  consignment_.wrong = true;
  for (int i = 0; i < 4; ++i) EXPECT_EQ(outcomes(deliver()), "rejected");
  EXPECT_TRUE(limits_.given_up().value().empty());
  consignment_.wrong = false;
  EXPECT_EQ(outcomes(deliver()), "rejected") << "it was sent";
}

// --- where from -----------------------------------------------------------------------------------------------------

TEST_F(Deliver, GoesFromAnAddressOfTheSameFamily) {
  consignment_.sources = {ip("2001:db8::9"), ip("192.0.2.9"), ip("127.0.0.9")};
  network_.plays(one, accepts);
  (void)deliver();
  EXPECT_EQ(network_.connected, Lines{"192.0.2.1:25 from 192.0.2.9"});
}

TEST(SourceFor, IsLoopbackToLoopbackOnly) {
  const std::vector<IpAddress> sources{ip("192.0.2.9"), ip("127.0.0.9"), ip("2001:db8::9")};
  EXPECT_EQ(source_for(ip("192.0.2.1"), sources), ip("192.0.2.9"));
  EXPECT_EQ(source_for(ip("127.0.0.1"), sources), ip("127.0.0.9"));
  EXPECT_EQ(source_for(ip("2001:db8::1"), sources), ip("2001:db8::9"));
  EXPECT_EQ(source_for(ip("::1"), sources), std::nullopt);
  EXPECT_EQ(source_for(ip("192.0.2.1"), {}), std::nullopt);
}

}  // namespace
}  // namespace mailprobe::probe
