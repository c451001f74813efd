// A whole send against the lab: probe/run over loopback, with a validating resolver, every target of the lab. What the
// evidence then says; how it is judged is tested elsewhere.
#include <map>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>

#include "base/encoding.h"
#include "evidence/assess.h"
#include "probe/beside.h"
#include "tests/lab/sending.h"
#include "tests/support/conformance.h"

namespace mailprobe::lab {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

std::string dkim_results(const evidence::MailboxCopy& copy) {
  std::string text;
  for (const auto& dkim : copy.dkim) text += (text.empty() ? "" : " ") + std::string(word(dkim.result));
  return text;
}

TEST_F(Send, TheGoodTarget) {
  const auto document = send("reflector@target.test");
  ASSERT_EQ(document.probes.size(), 1U);
  const auto& probe = document.probes[0];
  EXPECT_EQ(word(document.target.dnssec), "secure");
  EXPECT_EQ(word(document.target.mx.at(0).addresses.at(0).dnssec), "secure");
  ASSERT_TRUE(probe.smtp);
  EXPECT_EQ(word(probe.smtp->outcome), "accepted");
  EXPECT_EQ(probe.smtp->tls->version, "TLSv1.3");
  EXPECT_EQ(probe.smtp->tls->verified->result, "pass");
  ASSERT_TRUE(probe.mailbox);
  EXPECT_EQ(probe.mailbox->folder, "INBOX");
  EXPECT_EQ(dkim_results(*probe.mailbox), "pass pass pass pass");
  ASSERT_TRUE(probe.mailbox->spf);
  EXPECT_EQ(word(probe.mailbox->spf->result), "pass");
  EXPECT_EQ(probe.mailbox->dmarc.result, auth::DmarcOutcome::pass);
  ASSERT_EQ(probe.mailbox->authentication_results.size(), 1U);
  EXPECT_TRUE(probe.mailbox->authentication_results[0].trusted);
  EXPECT_EQ(probe.mailbox->hops.size(), 1U);
  EXPECT_TRUE(probe.watch->completed);
  for (const auto& record : document.self.records) EXPECT_TRUE(record.holds) << record.what;
  EXPECT_TRUE(document.target.policies.at("spf"));
  EXPECT_TRUE(document.target.policies.at("dmarc"));
  const auto raw = test::read_file(directory_ / *probe.mailbox->raw.path);
  EXPECT_EQ(hex(sha256(raw)), probe.mailbox->raw.sha256);
  EXPECT_NE(raw.find(test::read_file(directory_ / *probe.sent->raw.path)), std::string::npos);
}

std::map<std::string, evidence::Verdict> verdicts_of(const evidence::Document& document) {
  std::map<std::string, evidence::Verdict> all;
  for (const auto& finding : document.findings) all[finding.check] = finding.verdict;
  return all;
}

TEST_F(Send, WhatTheTlsOfTheServersAcceptsIsAskedWhereItIsWanted) {
  const auto surveyed = send(Trial{.to = "reflector@weak-tls.test",
                                   .change = [](auto&, probe::SendOptions& options) { options.survey = true; }});
  const auto& survey = surveyed.target.mx.at(0).addresses.at(0).survey;
  ASSERT_TRUE(survey);
  EXPECT_TRUE(survey->finished);
  EXPECT_FALSE(surveyed.target.mx.at(0).addresses.at(0).session);  // the attempts are the sessions
  const auto with = verdicts_of(surveyed);
  const auto without = verdicts_of(send("reflector@weak-tls.test"));
  EXPECT_EQ(without.at("inbound.tls-hygiene"), evidence::Verdict::not_tested);
  EXPECT_NE(with.at("inbound.tls-hygiene"), evidence::Verdict::not_tested);
  EXPECT_NE(with.at("inbound.tls-cipher"), evidence::Verdict::pass);
}

/// Nobody is asked about TLS whom the mail never came to speak TLS with.
TEST_F(Send, NoSurveyWithoutTls) {
  const auto document = send(Trial{.to = "reflector@no-tls.test",
                                   .change = [](auto&, probe::SendOptions& options) { options.survey = true; }});
  for (const auto& host : document.target.mx)
    for (const auto& address : host.addresses) EXPECT_FALSE(address.survey);
  EXPECT_EQ(verdicts_of(document).at("inbound.starttls"), evidence::Verdict::fail);
}

TEST_F(Send, NoSecretIsInTheEvidence) {
  std::string password;
  (void)send(Trial{.change = [&](probe::Settings& settings, auto&) {
    password = settings.mailboxes.at("lab").secret.value->reveal();
  }});
  ASSERT_FALSE(password.empty());
  for (const auto& file : test::files_below(directory_)) {
    const auto text = test::read_file(file);
    EXPECT_EQ(text.find(password), std::string::npos) << file;
    EXPECT_EQ(text.find(base64(password).substr(0, 16)), std::string::npos) << file;
  }
}

/// Takes `what` of the run's directory away when the message is under way.
probe::Progress spoiling(const std::filesystem::path& runs, const std::string& what) {
  probe::Progress progress;
  progress.step = [runs, what](const std::string& line) {
    if (line.find("accepted in") == std::string::npos && line.find("found in") == std::string::npos) return;
    for (const auto& run : std::filesystem::directory_iterator(runs)) std::filesystem::remove_all(run.path() / what);
  };
  return progress;
}

TEST_F(Send, ACopyThatCannotBeStoredIsJudgedAndLeftInTheMailbox) {
  const auto document = send(Trial{.change = [](auto&, probe::SendOptions& options) { options.delete_copy = true; },
                                   .progress = spoiling(folder_.path() / "runs", "raw")});
  ASSERT_TRUE(document.probes[0].mailbox);
  EXPECT_EQ(dkim_results(*document.probes[0].mailbox), "pass pass pass pass");
  EXPECT_FALSE(document.probes[0].watch->deleted);
  const auto& raw = document.probes[0].mailbox->raw;
  EXPECT_FALSE(raw.path);
  EXPECT_EQ(hex(sha256(*evidence::embedded(raw))), raw.sha256);
  ASSERT_TRUE(document.run.problem);
  EXPECT_NE(document.run.problem->find("1-mailbox.eml"), std::string::npos) << *document.run.problem;
  EXPECT_EQ(document.run.exit, 3);
}

TEST_F(Send, EvidenceThatCannotBeStoredIsNoSuccess) {
  const auto result = run(Trial{.progress = spoiling(folder_.path() / "runs", "")});
  ASSERT_TRUE(result);
  EXPECT_FALSE(result->stored);
  ASSERT_TRUE(result->document.run.problem);
  EXPECT_EQ(result->document.run.exit, 3);
  EXPECT_TRUE(result->document.probes[0].mailbox);
}

TEST_F(Send, AFooterBreaksEverySignatureAndIsNamed) {
  const auto document = send("reflector@footer.test");
  const auto& copy = document.probes[0].mailbox;
  ASSERT_TRUE(copy);
  EXPECT_EQ(dkim_results(*copy), "fail fail fail fail");
  ASSERT_FALSE(copy->dkim[0].mutation.empty());
  EXPECT_EQ(copy->dkim[0].mutation[0].kind, "footer-appended");
}

TEST_F(Send, Junk) {
  const auto document = send("reflector@junk.test");
  const auto& copy = document.probes[0].mailbox;
  ASSERT_TRUE(copy);
  EXPECT_EQ(copy->folder, "Junk");
  EXPECT_EQ(copy->special_use, "\\Junk");
  EXPECT_FALSE(copy->filter.empty());
}

TEST_F(Send, ARejectedRecipientIsNotWaitedFor) {
  const auto document = send("reflector@reject.test");
  const auto& probe = document.probes[0];
  EXPECT_EQ(word(probe.smtp->outcome), "rejected");
  EXPECT_EQ(probe.smtp->reply->code, 550);
  EXPECT_FALSE(probe.mailbox);
  EXPECT_EQ(probe.watch->waited_ms, 0);
}

TEST_F(Send, GreylistingIsWaitedFor) {
  std::vector<std::string> waits;
  Trial trial{.to = "reflector@greylist.test"};
  trial.progress.waiting = [&](const std::string& cause, std::chrono::milliseconds) { waits.push_back(cause); };
  const auto document = send(trial);
  const auto& probe = document.probes[0];
  ASSERT_EQ(probe.attempts.size(), 2U);
  EXPECT_EQ(word(probe.attempts[0].outcome), "temporary");
  EXPECT_EQ(probe.attempts[0].cause, Cause::greylisted);
  EXPECT_EQ(word(probe.attempts[1].outcome), "accepted");
  EXPECT_TRUE(probe.mailbox);
  EXPECT_FALSE(waits.empty());
}

TEST_F(Send, WithoutTlsNothingIsSent) {
  const auto document = send("reflector@no-tls.test");
  EXPECT_EQ(word(document.probes[0].smtp->outcome), "not-sent");
  EXPECT_EQ(document.probes[0].smtp->cause, Cause::unsupported);
  EXPECT_FALSE(document.probes[0].mailbox);
}

TEST_F(Send, InPlainTextWhereThatIsAsked) {
  const auto document = send(Trial{.to = "reflector@no-tls.test", .change = [](auto&, probe::SendOptions& options) {
                                     options.floor = TlsFloor::may;
                                   }});
  EXPECT_EQ(word(document.probes[0].smtp->outcome), "accepted");
  EXPECT_FALSE(document.probes[0].smtp->tls);
  EXPECT_TRUE(document.probes[0].mailbox);
}

TEST_F(Send, ABadCertificateIsRecordedAndWithTheFloorVerifyStopsIt) {
  const auto document = send("expired@bad-cert.test");
  EXPECT_EQ(word(document.probes[0].smtp->outcome), "accepted");
  EXPECT_EQ(document.probes[0].smtp->tls->verified->cause, Cause::expired);
  const auto verified = send(Trial{.to = "expired@bad-cert.test", .change = [](auto&, probe::SendOptions& options) {
                                     options.floor = TlsFloor::verify;
                                   }});
  EXPECT_EQ(word(verified.probes[0].attempts[0].outcome), "not-sent");
  EXPECT_EQ(verified.probes[0].attempts[0].cause, Cause::expired);
}

TEST_F(Send, ByBdatWhereThatIsAsked) {
  const auto document = send(Trial{.change = [](auto&, probe::SendOptions& options) { options.chunking = true; }});
  const auto& events = document.probes[0].smtp->events;
  EXPECT_TRUE(std::ranges::any_of(events, [](const Event& event) { return event.text.starts_with("BDAT "); }));
  EXPECT_TRUE(std::ranges::none_of(events, [](const Event& event) { return event.text == "DATA"; }));
  EXPECT_EQ(dkim_results(*document.probes[0].mailbox), "pass pass pass pass");
}

TEST_F(Send, TheCopyIsDeletedWhereThatIsAsked) {
  const auto document = send(Trial{.change = [](auto&, probe::SendOptions& options) { options.delete_copy = true; }});
  EXPECT_TRUE(document.probes[0].watch->deleted);
  EXPECT_TRUE(std::filesystem::exists(directory_ / *document.probes[0].mailbox->raw.path));
}

TEST_F(Send, ViaARelaySpfIsJudgedForItsAddress) {
  const auto document = send(Trial{.change = [](auto&, probe::SendOptions& options) { options.via = "relay"; }});
  const auto& probe = document.probes[0];
  EXPECT_EQ(probe.via, "relay");
  EXPECT_EQ(word(probe.smtp->outcome), "accepted");
  ASSERT_TRUE(probe.mailbox);
  EXPECT_EQ(probe.mailbox->hops.size(), 2U);
  ASSERT_TRUE(probe.mailbox->spf);
  EXPECT_TRUE(probe.mailbox->authentication_results.at(0).trusted);
  EXPECT_EQ(word(document.target.shape), "mx");
}

TEST_F(Send, AWrongPasswordSendsNothingAndLeavesNothing) {
  for (const bool relay : {false, true}) {
    const auto result = run(Trial{.change = [relay](probe::Settings& settings, probe::SendOptions& options) {
      (relay ? settings.submission.at("relay").secret : settings.mailboxes.at("lab").secret).value = Secret("wrong");
      if (relay) options.via = "relay";
    }});
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().kind, Failure::usage);
    EXPECT_TRUE(std::filesystem::is_empty(folder_.path() / "runs"));
  }
}

TEST_F(Send, EachMxOneAfterTheOther) {
  const auto document = send(Trial{.to = "expired@bad-cert.test", .change = [](auto& settings, auto& options) {
                                     options.each_mx = true;
                                     settings.limits.wait = 1s;
                                   }});
  ASSERT_EQ(document.probes.size(), 3U);
  EXPECT_EQ(word(document.probes[0].smtp->outcome), "accepted");
  EXPECT_TRUE(document.probes[0].mailbox);
  EXPECT_EQ(word(document.probes[1].smtp->outcome), "temporary");
}

/// The mailbox announces, and the run is over.
TEST_F(Send, EndsSoonAfterTheAnnouncement) {
  Time announced;
  const auto document = send("reflector@slow.test");
  ASSERT_TRUE(document.probes[0].mailbox);
  announced = *document.probes[0].sent->at + std::chrono::milliseconds(document.probes[0].mailbox->delay_ms);
  EXPECT_GE(document.probes[0].mailbox->delay_ms, 400);
  EXPECT_LT(*document.run.finished - announced, 1s);  // the budget is 30 ms: tests/bench; this machine may be busy
}

// --- interrupted ----------------------------------------------------------------------------------------------------

/// Cancels the run at the first wait for the copy.
TEST_F(Send, InterruptedWhileItWaitsForTheCopy) {
  asio::io_context context(1);
  asio::cancellation_signal signal;
  std::optional<RunResult> result;
  Steady cancelled;
  Trial trial{.to = "reflector@slow.test"};
  trial.progress.waiting = [&](const std::string&, std::chrono::milliseconds) {
    asio::post(context, [&] {
      cancelled = std::chrono::steady_clock::now();
      signal.emit(asio::cancellation_type::all);
    });
  };
  asio::co_spawn(context, attempt(trial),
                 asio::bind_cancellation_slot(signal.slot(), [&](std::exception_ptr error, RunResult value) {
                   EXPECT_FALSE(error);
                   EXPECT_LT(std::chrono::steady_clock::now() - cancelled, 1s);
                   result = std::move(value);
                 }));
  context.run();
  ASSERT_TRUE(result && *result);
  const auto& document = (*result)->document;
  EXPECT_TRUE(document.run.interrupted);
  EXPECT_EQ(document.run.exit, 3);
  EXPECT_EQ(word(document.probes.at(0).smtp->outcome), "accepted");
  EXPECT_FALSE(document.probes[0].mailbox);
  EXPECT_TRUE(std::filesystem::exists(std::filesystem::path((*result)->directory) / "evidence.json"));
}

}  // namespace
}  // namespace mailprobe::lab
