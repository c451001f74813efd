// The answering side whole: judged, counted, kept, delivered, tried again, resumed. No socket and no clock.
#include "reflector/reflector.h"

#include <gtest/gtest.h>

#include "auth/evaluate.h"
#include "evidence/reflection.h"
#include "probe/journal.h"
#include "probe/signing.h"
#include "probe/suppression.h"
#include "tests/probe/fixture.h"
#include "tests/reflector/arrivals.h"
#include "tests/support/conformance.h"
#include "tests/support/run.h"

namespace mailprobe::reflector {
namespace {

namespace fake = probe::test;
using fake::mailbox;
using test::good_arrival;
using test::probe_id;

constexpr auto mx = "192.0.2.1";

/// One reflector over a fake network; each act is a process of its own, with the folder of the one before.
class Reflecting : public testing::Test {
 protected:
  Reflecting() : settings_(fake::settings(folder_.path())) {
    fake::publish(resolver_, fake::identity());
    resolver_.mx("target.test", 10, "mx.target.test");
    resolver_.a("mx.target.test", mx);
    context_ = tls::Context::client({}).value();
    arrival_.session.mail_from = "asks@target.test";
    arrival_.dmarc.domain = "target.test";
  }

  Post post() {
    return {.settings = settings_,
            .identity = fake::identity(),
            .resolver = resolver_,
            .network = network_.network(),
            .context = context_,
            .via = {},
            .progress = {}};
  }
  [[nodiscard]] Options options() const {
    return {.address = mailbox("reflector@probe.test"),
            .ours = {},
            .host = "mx.probe.test",
            .folder = folder_.path() / "reflector",
            .most = most_};
  }

  Task<void> act(std::vector<Arrival> arrivals, bool finish) {
    auto log = [this](const std::string& line) { log_.push_back(line); };
    auto made = co_await Reflector::start(options(), post(), log);
    EXPECT_TRUE(made);
    auto reflector = std::move(*made);
    for (const auto& arrival : arrivals) {
      EXPECT_TRUE(reflector->consider(arrival));
      between_();
    }
    if (finish) co_await reflector->finish();
    co_await reflector->stop(std::chrono::seconds(1));
    waiting_ = reflector->waiting();
  }
  void consider(std::vector<Arrival> arrivals, bool finish = true) { test::run(act(std::move(arrivals), finish)); }

  [[nodiscard]] bool logged(std::string_view words) const {
    return std::ranges::any_of(log_, [&](const std::string& line) { return line.find(words) != std::string::npos; });
  }
  [[nodiscard]] std::string all_logged() const {
    std::string text;
    for (const auto& line : log_) text += line + "\n";
    return text;
  }

  test::TemporaryFolder folder_;
  probe::Settings settings_;
  test::FakeResolver resolver_;
  fake::FakeNetwork network_;
  std::shared_ptr<fake::KeepingHandler> handler_ = std::make_shared<fake::KeepingHandler>();
  std::shared_ptr<const tls::Context> context_;
  DailyAnswers most_;
  Arrival arrival_ = good_arrival();
  std::vector<std::string> log_;
  std::size_t waiting_ = 0;
  std::function<void()> between_ = [] {};
};

TEST_F(Reflecting, AnswersAProbeSignedWithATokenInTheReversePath) {
  network_.serves(mx, handler_);
  consider({arrival_});
  ASSERT_EQ(handler_->messages.size(), 1U) << all_logged();
  EXPECT_TRUE(handler_->reverse_paths.front().starts_with("reflector+"));
  EXPECT_TRUE(handler_->reverse_paths.front().ends_with("@probe.test"));
  const auto& raw = handler_->messages.front();
  auth::Context judged;
  judged.time = now();
  const auto found = test::run(auth::evaluate(raw, judged, resolver_));
  ASSERT_EQ(found.dkim.size(), 3U);
  for (const auto& dkim : found.dkim) EXPECT_EQ(dkim.result, auth::DkimOutcome::pass) << dkim.reason;
  EXPECT_EQ(found.dmarc.result, auth::DmarcOutcome::pass);
  const auto read = evidence::read_reflection(raw);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->session.probe, probe_id);
  EXPECT_EQ(waiting_, 0U);
  EXPECT_TRUE(logged("accepted by mx.target.test (192.0.2.1)")) << all_logged();
}

/// RFC 8689 §6: and not to a server that nobody vouches for.
TEST_F(Reflecting, RequiresTlsWhereTheProbeDid) {
  network_.serves(mx, handler_);
  arrival_.session.require_tls = true;
  consider({arrival_}, false);
  EXPECT_TRUE(network_.connected.empty());
  EXPECT_TRUE(logged("kept for the next start") || logged("again in 1m")) << "it was tried: " << all_logged();
  EXPECT_EQ(waiting_, 1U) << all_logged();
}

TEST_F(Reflecting, SaysRequireTlsToWhomItCan) {
  for (const auto* name : {"target.test", "mx.target.test"}) resolver_.secure(name);
  network_.plays(mx,
                 "< 220 mx ESMTP\n> EHLO mx.probe.test\n< 250-mx\n< 250 STARTTLS\n> STARTTLS\n< 220 go\ntls\n"
                 "> EHLO mx.probe.test\n< 250-mx\n< 250 REQUIRETLS\n>* MAIL FROM:<reflector\n< 550 5.7.1 no\n"
                 "> QUIT\n< 221 bye\nclose\n");
  arrival_.session.require_tls = true;
  consider({arrival_});
  ASSERT_EQ(network_.streams.size(), 1U) << all_logged();
  EXPECT_NE(network_.streams[0]->cipher_text().find("@probe.test> REQUIRETLS\r\n"), std::string::npos) << all_logged();
}

TEST_F(Reflecting, AnswersEachOnceAlsoAfterARestart) {
  network_.serves(mx, handler_);
  consider({arrival_, arrival_});
  consider({arrival_});
  EXPECT_EQ(handler_->messages.size(), 1U);
  EXPECT_TRUE(logged("has been")) << all_logged();
}

TEST_F(Reflecting, SaysWhyItDoesNotAnswer) {
  arrival_.dmarc.result = auth::DmarcOutcome::fail;
  consider({arrival_});
  EXPECT_TRUE(network_.connected.empty());
  EXPECT_TRUE(logged("not answered, dmarc: DMARC is fail")) << all_logged();
}

TEST_F(Reflecting, TriesAgainAfterAWaitWhereTheTargetSaysNotNow) {
  const std::string greeting =
      "< 220 mx ESMTP\n> EHLO mx.probe.test\n< 250-mx\n< 250 STARTTLS\n> STARTTLS\n< 220 go\ntls\n";
  network_.plays(mx, greeting +
                         "> EHLO mx.probe.test\n< 250 mx\n>* MAIL FROM:<reflector\n< 250 ok\n"
                         "> RCPT TO:<asks@target.test>\n< 451 4.7.1 greylisted\n> QUIT\n< 221 bye\nclose\n");
  network_.serves(mx, handler_);
  consider({arrival_});
  EXPECT_EQ(handler_->messages.size(), 1U) << all_logged();
  EXPECT_TRUE(logged("again in 1m, temporary by mx.target.test")) << all_logged();
  ASSERT_FALSE(network_.pauses.empty());
  EXPECT_GT(network_.pauses.front(), std::chrono::seconds(50));
}

TEST_F(Reflecting, GoesOnAfterARestartWithWhatWaits) {
  resolver_.fail("target.test");
  consider({arrival_}, false);
  EXPECT_EQ(waiting_, 1U) << all_logged();
  resolver_.heal("target.test");
  network_.serves(mx, handler_);
  consider({});
  EXPECT_TRUE(logged("1 answers wait from before")) << all_logged();
  EXPECT_EQ(handler_->messages.size(), 1U) << all_logged();
  EXPECT_EQ(waiting_, 0U);
}

TEST_F(Reflecting, NeverSendsAgainWhatMayHaveArrived) {
  resolver_.fail("target.test");
  consider({arrival_}, false);
  {
    const auto outbox = Outbox::open(options().folder).value();
    auto journal = probe::Journal::open(outbox.journal(outbox.names().at(0))).value();
    ASSERT_TRUE(journal.dot(probe_id));  // and there that process ended
  }
  resolver_.heal("target.test");
  network_.serves(mx, handler_);
  consider({});
  EXPECT_TRUE(handler_->messages.empty());
  EXPECT_TRUE(logged("may have been delivered already")) << all_logged();
  EXPECT_EQ(waiting_, 0U);
}

TEST_F(Reflecting, KeepsToItsLimits) {
  network_.serves(mx, handler_);
  most_ = {.per_recipient = 2, .per_domain = 3, .in_all = 2};
  std::vector<Arrival> arrivals;
  const auto add = [&](const std::string& address, char tag) {
    auto raw = arrival_.raw;
    const auto at = raw.find("X-Mailprobe-Id: ") + 16;
    raw.replace(at, 1, 1, tag);
    arrivals.push_back(arrival_);
    arrivals.back().raw = raw;
    arrivals.back().session.mail_from = address;
  };
  add("asks+1@target.test", 'b');
  add("Asks+2@target.test", 'c');
  add("asks+3@target.test", 'd');     // the third to one person
  add("other@sub.target.test", 'e');  // the fourth to one domain
  consider(arrivals);
  EXPECT_EQ(handler_->messages.size(), 2U) << all_logged();
  EXPECT_TRUE(logged("2 messages a day to asks@target.test")) << all_logged();
  EXPECT_TRUE(logged("3 messages a day to target.test")) << all_logged();
  arrival_.session.mail_from = "asks@else.test";
  arrival_.dmarc.domain = "else.test";
  consider({arrival_});
  EXPECT_TRUE(logged("2 messages a day to everybody")) << all_logged();
}

TEST_F(Reflecting, HeedsTheSuppressionList) {
  const auto list = probe::Suppression::beside(settings_.runs);
  ASSERT_TRUE(list.add({"asks@target.test"}, now()));
  test::run(act({arrival_}, true));
  EXPECT_TRUE(network_.connected.empty());
  EXPECT_TRUE(logged("is suppressed")) << all_logged();
}

TEST_F(Reflecting, HeedsAChangeOfTheSuppressionListWithoutARestart) {
  network_.serves(mx, handler_);
  const auto list = probe::Suppression::beside(settings_.runs);
  ASSERT_TRUE(list.add({"@target.test"}, now()));
  between_ = [&] { EXPECT_TRUE(list.remove({"@target.test"})); };
  consider({arrival_, arrival_});
  EXPECT_TRUE(logged("is suppressed")) << all_logged();
  EXPECT_EQ(handler_->messages.size(), 1U) << all_logged();
}

TEST_F(Reflecting, AnswersNobodyWhereTheSuppressionListCannotBeRead) {
  std::filesystem::create_directory(folder_.path() / "suppressed");
  consider({arrival_});
  EXPECT_TRUE(network_.connected.empty());
  EXPECT_TRUE(logged("nobody is answered: ")) << all_logged();
}

TEST_F(Reflecting, GivesUpWhereDnsDeniesTheDomain) {
  arrival_.session.mail_from = "asks@gone.target.test";
  consider({arrival_});
  EXPECT_EQ(waiting_, 0U) << all_logged();
  EXPECT_TRUE(logged("answer to asks@gone.target.test")) << all_logged();
}

// --- two of them, with each other's address -------------------------------------------------------------------------

TEST_F(Reflecting, EndsAfterOneExchangeWithAnotherReflector) {
  network_.serves(mx, handler_);
  consider({arrival_});
  ASSERT_EQ(handler_->messages.size(), 1U);
  // What the other reflector receives: authentic, from a reverse-path that could be answered.
  Arrival back;
  back.raw = handler_->messages.front();
  back.received = now();
  back.session.address = "192.0.2.10";
  back.session.mail_from = handler_->reverse_paths.front();
  back.dmarc.result = auth::DmarcOutcome::pass;
  back.dmarc.domain = "probe.test";
  consider({back});
  EXPECT_EQ(handler_->messages.size(), 1U);
  EXPECT_TRUE(logged("not answered, answer:")) << all_logged();
  // A hop that removes what we mark answers with does not start a loop either.
  const auto at = back.raw.find("X-Mailprobe-Answers:");
  back.raw.erase(at, back.raw.find("\r\n", at) + 2 - at);
  consider({back});
  EXPECT_EQ(handler_->messages.size(), 1U);
  EXPECT_TRUE(logged("not answered, auto-submitted:")) << all_logged();
}

TEST(PauseAfter, GrowsAndEnds) {
  using namespace std::chrono_literals;
  EXPECT_EQ(pause_after(1, 0s), 1min);
  EXPECT_EQ(pause_after(3, 3min), 4min);
  EXPECT_EQ(pause_after(1000, 1h), 1h);
  EXPECT_EQ(pause_after(30, 24h), std::nullopt);
}

TEST(OutboxFile, ComesBackAndDamageIsTold) {
  const test::TemporaryFolder folder;
  const auto outbox = Outbox::open(folder.path()).value();
  const auto name = name_of(probe_id, mailbox("A@b.test"));
  EXPECT_EQ(name, name_of(probe_id, mailbox("a@b.test")));
  EXPECT_FALSE(outbox.knows(name));
  const Outgoing answer{.probe = probe_id,
                        .recipient = "a@b.test",
                        .reverse_path = "r@c.test",
                        .created = *parse_rfc3339("2026-01-31T12:00:00Z"),
                        .due = *parse_rfc3339("2026-01-31T12:01:00Z"),
                        .tries = 3,
                        .require_tls = true,
                        .message = "From: a\r\n\r\n\nbody\n"};
  ASSERT_TRUE(outbox.keep(name, answer));
  EXPECT_TRUE(outbox.knows(name));
  EXPECT_EQ(outbox.names(), std::vector<std::string>{name});
  const auto read = outbox.read(name);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->message, answer.message);
  EXPECT_EQ(read->due, answer.due);
  EXPECT_EQ(read->tries, 3);
  EXPECT_TRUE(read->require_tls);
  fake::write_file(folder.path() / "waiting" / name, "{}\nbody");
  EXPECT_FALSE(outbox.read(name));
  ASSERT_TRUE(outbox.finish(name, "accepted"));
  EXPECT_TRUE(outbox.knows(name));
  EXPECT_TRUE(outbox.names().empty());
  outbox.forget(now() + std::chrono::days(6));
  EXPECT_TRUE(outbox.knows(name));
  outbox.forget(now() + std::chrono::days(8));
  EXPECT_FALSE(outbox.knows(name));
}

}  // namespace
}  // namespace mailprobe::reflector
