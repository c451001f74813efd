// A whole run over a network and a resolver that are not there: what it leaves behind, however it ends.
#include <gtest/gtest.h>
#include <algorithm>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "evidence/json.h"
#include "probe/beside.h"
#include "probe/journal.h"
#include "probe/planning.h"
#include "probe/run.h"
#include "tests/probe/fixture.h"
#include "tests/support/conformance.h"
#include "tests/support/run.h"

namespace mailprobe::probe {
namespace {

namespace asio = boost::asio;
namespace fs = std::filesystem;
using test::KeepingHandler;
using RunResult = Result<probe::Outcome>;

constexpr auto mx = "192.0.2.1", second_mx = "192.0.2.2", relay = "192.0.2.5", imap_host = "192.0.2.9";

class Run : public testing::Test {
 protected:
  Run() {
    test::publish(resolver_, test::identity());
    resolver_.mx("target.test", 10, "mx.target.test");
    resolver_.a("mx.target.test", mx);
    resolver_.txt("target.test", "v=spf1 mx -all");
    resolver_.a("relay.test", relay);
    resolver_.a("imap.test", imap_host);
    settings_.submission.emplace(
        "relay", Submission{.name = "relay", .url = {"smtp", "relay.test", 587}, .user = "user", .secret = {}});
    settings_.submission.at("relay").secret.value = Secret("pencil");
    progress_.step = [this](const std::string& line) { steps_.push_back(line); };
  }

  void configure_mailbox() {
    MailboxAccount account{.name = "target",
                           .url = {"imaps", "imap.test", 993},
                           .user = "user",
                           .address = test::mailbox("to@target.test"),
                           .secret = {},
                           .folders = {},
                           .authserv_ids = {}};
    account.secret.value = Secret("pencil");
    settings_.mailboxes.emplace("target", std::move(account));
  }

  Task<RunResult> task() {
    plan_ = probe::plan(settings_, options_).value();
    return probe::run(settings_, plan_, options_, resolver(), progress_, network_.network());
  }
  virtual dns::Resolver& resolver() { return resolver_; }
  RunResult go() { return test::run(task()); }

  /// The evidence of a run that has to have some; held against what is on disk.
  evidence::Document document(const RunResult& result) {
    if (!result) {
      ADD_FAILURE() << result.error().message;
      return {};
    }
    directory_ = result->directory;
    const auto stored = evidence::from_json(test::read_file(directory_ / "evidence.json"));
    EXPECT_TRUE(stored) << stored.error().message;
    if (stored) EXPECT_EQ(evidence::to_json(*stored), evidence::to_json(result->document));
    EXPECT_TRUE(fs::exists(directory_ / "plan.json"));
    return result->document;
  }

  std::vector<std::string> journal() {
    std::vector<std::string> events;
    for (const auto& line : read_journal(test::read_file(directory_ / "journal.jsonl")))
      events.emplace_back(word(line.event));
    return events;
  }

  void expect_usage(const RunResult& result, std::string_view words) {
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().kind, Failure::usage);
    EXPECT_NE(result.error().message.find(words), std::string::npos) << result.error().message;
    EXPECT_TRUE(fs::is_empty(folder_.path() / "runs"));
    EXPECT_TRUE(handler_->messages.empty());
  }

  test::TemporaryFolder folder_;
  test::FakeResolver resolver_;
  test::FakeNetwork network_;
  Settings settings_ = test::settings(folder_.path());
  SendOptions options_ = test::options();
  scenarios::Plan plan_;
  Progress progress_;
  std::shared_ptr<KeepingHandler> handler_ = std::make_shared<KeepingHandler>();
  std::vector<std::string> steps_;
  fs::path directory_;
};

using Lines = std::vector<std::string>;

TEST_F(Run, LeavesEvidenceOfAnAcceptedMessage) {
  network_.serves(mx, handler_);
  options_.command = "send --to to@target.test";
  const auto result = document(go());
  ASSERT_EQ(result.probes.size(), 1U);
  const auto& probe = result.probes[0];
  EXPECT_EQ(probe.id.size(), 26U);
  EXPECT_EQ(probe.from, "probe@probe.test");
  EXPECT_EQ(probe.reverse_path, "probe+" + probe.id + "@probe.test");
  EXPECT_EQ(probe.message_id, "<" + probe.id + "@probe.test>");
  EXPECT_EQ(probe.policy.applied, "none");
  ASSERT_EQ(probe.attempts.size(), 1U);
  EXPECT_EQ(word(probe.smtp->outcome), "accepted");
  EXPECT_EQ(probe.smtp->host, "mx.target.test");
  EXPECT_TRUE(probe.sent->at);
  EXPECT_FALSE(probe.watch);
  EXPECT_EQ(result.run.command, "send --to to@target.test");
  EXPECT_EQ(result.run.target, "target.test");
  EXPECT_TRUE(result.run.finished);
  EXPECT_FALSE(result.run.interrupted);
  EXPECT_EQ(result.self.address, "127.0.0.1");
  EXPECT_EQ(result.self.records.size(), 2U);
  EXPECT_EQ(word(result.target.shape), "mx");
  EXPECT_EQ(result.target.policies.at("spf"), "v=spf1 mx -all");
  EXPECT_EQ(result.target.policies.at("dmarc"), std::nullopt);
  EXPECT_FALSE(result.findings.empty());
  EXPECT_EQ(journal(), (Lines{"planned", "intent", "rcpt", "dot", "reply", "done"}));
}

TEST_F(Run, KeepsTheBytesThatWereSent) {
  network_.serves(mx, handler_);
  const auto result = document(go());
  ASSERT_EQ(handler_->messages.size(), 1U);
  EXPECT_EQ(test::read_file(directory_ / *result.probes[0].sent->raw.path), handler_->messages[0]);
  EXPECT_EQ(handler_->reverse_paths[0], result.probes[0].reverse_path);
  EXPECT_EQ(handler_->messages[0].find("DKIM-Signature:"), 0U);
}

TEST_F(Run, NobodyIsTroubledWhereOurKeysAreNotPublished) {
  test::FakeResolver empty;
  resolver_ = empty;
  resolver_.mx("target.test", 10, "mx.target.test");
  network_.serves(mx, handler_);
  expect_usage(go(), "publish:");
  EXPECT_TRUE(network_.connected.empty());
}

TEST_F(Run, NobodyIsTroubledWhereTheMailboxRefusesTheLogin) {
  configure_mailbox();
  network_.serves(mx, handler_);
  network_.plays(imap_host, test::read_file(test::data("imap/login-refused.txt")));
  expect_usage(go(), "Invalid credentials");
}

TEST_F(Run, AnUnreachableMailboxIsNotedAndTheMessageGoesOut) {
  configure_mailbox();
  network_.serves(mx, handler_);
  network_.refuses(imap_host);
  const auto result = document(go());
  EXPECT_EQ(handler_->messages.size(), 1U);
  ASSERT_TRUE(result.probes[0].watch);
  EXPECT_EQ(result.probes[0].watch->cause, Cause::unreachable);
  EXPECT_FALSE(result.probes[0].watch->completed);
  EXPECT_FALSE(result.probes[0].mailbox);
  EXPECT_NE(steps_.back().find("the mailbox could not be searched: "), std::string::npos) << steps_.back();
  EXPECT_EQ(result.run.exit, 3);
}

TEST_F(Run, NothingGoesToADomainThatTakesNoMail) {
  resolver_ = {};
  test::publish(resolver_, test::identity());
  resolver_.mx("target.test", 0, ".");
  const auto result = document(go());
  EXPECT_EQ(word(result.target.shape), "null-mx");
  EXPECT_TRUE(result.probes[0].attempts.empty());
  EXPECT_TRUE(network_.connected.empty());
  EXPECT_EQ(journal(), (Lines{"planned", "done"}));
}

TEST_F(Run, ABogusMxIsNoReasonToAskTheAddress) {
  resolver_.bogus("target.test");
  resolver_.a("target.test", mx);
  network_.serves(mx, handler_);
  const auto result = document(go());
  EXPECT_EQ(result.target.cause, Cause::bogus);
  EXPECT_TRUE(handler_->messages.empty());
}

TEST_F(Run, WithoutAReplyAfterTheDotItIsPossiblyDeliveredAndNeverSentAgain) {
  class Silent : public KeepingHandler {
   public:
    Task<smtp::Reply> message(const smtp::ServerState& state, std::string raw) override {
      (void)co_await KeepingHandler::message(state, std::move(raw));
      throw std::runtime_error("the power went");
    }
  };
  handler_ = std::make_shared<Silent>();
  network_.serves(mx, handler_).serves(second_mx, handler_);
  resolver_.mx("target.test", 20, "mx2.target.test");
  resolver_.a("mx2.target.test", second_mx);
  const auto evidence = document(go());
  EXPECT_EQ(word(evidence.probes[0].smtp->outcome), "unknown");
  EXPECT_EQ(evidence.probes[0].smtp->cause, Cause::possibly_delivered);
  EXPECT_EQ(handler_->messages.size(), 1U);
  EXPECT_EQ(evidence.run.exit, 3);
  EXPECT_EQ(journal(), (Lines{"planned", "intent", "rcpt", "dot", "done"}));
}

TEST_F(Run, EachMxGetsAProbeOfItsOwn) {
  resolver_.mx("target.test", 20, "mx2.target.test");
  resolver_.a("mx2.target.test", second_mx);
  options_.each_mx = true;
  network_.serves(mx, handler_).refuses(second_mx);
  const auto result = document(go());
  ASSERT_EQ(result.probes.size(), 2U);
  EXPECT_EQ(result.probes[0].name, "default mx.target.test 192.0.2.1");
  EXPECT_EQ(result.probes[1].name, "default mx2.target.test 192.0.2.2");
  EXPECT_NE(result.probes[0].id, result.probes[1].id);
  EXPECT_EQ(word(result.probes[0].smtp->outcome), "accepted");
  EXPECT_EQ(word(result.probes[1].smtp->outcome), "not-sent");
}

// --- where to -------------------------------------------------------------------------------------------------------

TEST_F(Run, GoesToTheServerThatIsNamed) {
  options_.server = {"192.0.2.7", 2525};
  network_.serves("192.0.2.7", handler_);
  const auto result = document(go());
  EXPECT_EQ(word(result.target.shape), "server");
  EXPECT_EQ(network_.connected, Lines{"192.0.2.7:2525"});
}

TEST_F(Run, OtherPortsAreForLoopbackAlone) {
  settings_.ports = {{25, 2525}};
  network_.serves(mx, handler_);
  (void)document(go());
  resolver_ = {};
  test::publish(resolver_, test::identity());
  resolver_.a("target.test", "127.0.0.9");
  network_.serves("127.0.0.9", handler_);
  (void)document(go());
  EXPECT_EQ(network_.connected, (Lines{"192.0.2.1:25", "127.0.0.9:2525"}));
}

TEST_F(Run, OneFamilyWhereThatIsAsked) {
  resolver_.a("mx.target.test", "2001:db8::1");
  options_.ipv6_only = true;
  network_.serves("2001:db8::1", handler_);
  (void)document(go());
  EXPECT_EQ(network_.connected, Lines{"2001:db8::1:25"});
}

const std::string relay_greets =
    "< 220 relay ESMTP\n> EHLO mx.probe.test\n< 250-relay\n< 250 STARTTLS\n> STARTTLS\n< 220 go\ntls\n"
    "> EHLO mx.probe.test\n< 250-relay\n< 250 AUTH PLAIN\n>* AUTH PLAIN\n";
const std::string quit = "> QUIT\n< 221 bye\nclose\n";

TEST_F(Run, NobodyIsTroubledWhereTheRelayRefusesTheLogin) {
  options_.via = "relay";
  network_.plays(relay, relay_greets + "< 535 5.7.8 Invalid credentials\n" + quit);
  expect_usage(go(), "submission server relay: AUTH was refused with 535: Invalid credentials");
}

TEST_F(Run, ARelayThatCannotCheckTheLoginNowIsNoUsageError) {
  options_.via = "relay";
  network_.plays(relay, relay_greets + "< 454 4.7.0 later\n" + quit);
  const auto result = document(go());
  EXPECT_EQ(word(result.probes[0].smtp->outcome), "not-sent");
  EXPECT_EQ(result.run.exit, 3);
}

TEST_F(Run, AnUnreachableRelayIsNoUsageError) {
  options_.via = "relay";
  network_.times_out(relay);
  const auto result = document(go());
  EXPECT_EQ(result.probes[0].via, "relay");
  EXPECT_EQ(network_.connected, Lines{"192.0.2.5:587"});
  EXPECT_EQ(result.run.exit, 3);
}

TEST_F(Run, TheRelaysOwnReversePathIsUsed) {
  options_.via = "relay";
  settings_.submission.at("relay").reverse_path = "other@relay.test";
  network_.plays(relay, relay_greets + "< 235 ok\n> MAIL FROM:<other@relay.test>\n< 550 no\n" + quit);
  EXPECT_EQ(document(go()).probes[0].reverse_path, "other@relay.test");
  EXPECT_EQ(network_.streams[0]->problem(), "");
}

// --- interrupted ----------------------------------------------------------------------------------------------------

class HangingResolver : public dns::Resolver {
 public:
  Task<dns::Answer> query(std::string, dns::Type) override {
    asio::steady_timer timer(co_await asio::this_coro::executor, Steady::max());
    boost::system::error_code ignored;
    while (!co_await cancelled()) co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    co_return dns::Answer{.status = dns::Status::timeout, .canonical = {}, .rdata = {}, .why = "interrupted"};
  }
};

class InterruptedRun : public Run {
 protected:
  dns::Resolver& resolver() override { return hanging_ ? static_cast<dns::Resolver&>(nobody_) : resolver_; }

  /// Cancelled as soon as there is nothing to do but to wait.
  RunResult interrupt() {
    asio::io_context context(1);
    asio::cancellation_signal signal;
    std::optional<RunResult> result;
    asio::co_spawn(context, task(),
                   asio::bind_cancellation_slot(signal.slot(), [&](std::exception_ptr error, RunResult value) {
                     EXPECT_FALSE(error);
                     result = std::move(value);
                   }));
    context.poll();
    EXPECT_FALSE(result) << "it did not wait";
    signal.emit(asio::cancellation_type::total);
    context.restart();
    context.poll();
    return result.value_or(RunResult(fail(Failure::ours, "it goes on after the interruption")));
  }

  HangingResolver nobody_;
  bool hanging_ = false;
};

TEST_F(InterruptedRun, WhileNamesAreLookedUp) {
  hanging_ = true;
  const auto result = document(interrupt());
  EXPECT_TRUE(result.run.interrupted);
  EXPECT_EQ(result.run.exit, 3);
  EXPECT_TRUE(result.probes.empty());
  EXPECT_EQ(journal(), Lines{"done"});
  EXPECT_TRUE(std::ranges::none_of(result.findings, [](const auto& each) { return each.check == "published.mta-sts"; }))
      << "nobody waited for it";
}

TEST_F(InterruptedRun, WhileConnecting) {
  network_.hangs(mx);
  const auto result = document(interrupt());
  EXPECT_TRUE(result.run.interrupted);
  EXPECT_EQ(result.run.exit, 3);
  ASSERT_EQ(result.probes.size(), 1U);
  EXPECT_EQ(result.probes[0].smtp->cause, Cause::interrupted);
  EXPECT_EQ(word(result.probes[0].smtp->outcome), "not-sent");
}

TEST_F(InterruptedRun, WhileTheMailboxIsOpened) {
  configure_mailbox();
  network_.hangs(imap_host);
  const auto result = document(interrupt());
  EXPECT_TRUE(result.run.interrupted);
  EXPECT_TRUE(handler_->messages.empty());
}

TEST_F(InterruptedRun, TheOthersAreNotTried) {
  resolver_.mx("target.test", 20, "mx2.target.test");
  resolver_.a("mx2.target.test", second_mx);
  network_.hangs(mx).serves(second_mx, handler_);
  (void)document(interrupt());
  EXPECT_EQ(network_.connected, Lines{"192.0.2.1:25"});
}

}  // namespace
}  // namespace mailprobe::probe
