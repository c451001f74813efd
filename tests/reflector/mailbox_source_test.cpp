// Probes out of a mailbox: what their trace tells of the session, and the watching over a scripted server.
#include "reflector/mailbox_source.h"

#include <gtest/gtest.h>

#include <deque>

#include "probe/beside.h"
#include "tests/probe/fixture.h"
#include "tests/reflector/arrivals.h"
#include "tests/support/conformance.h"
#include "tests/support/give_way.h"
#include "tests/support/run.h"

namespace mailprobe::reflector {
namespace {

namespace fake = probe::test;
using test::probe_id;

const std::string trace =
    "Return-Path: <probe+abc@probe.test>\r\n"
    "Received: from mx.reflector.test by store.reflector.test with LMTP id 2; Sat, 31 Jan 2026 12:00:02 +0000\r\n"
    "Received: from mx.probe.test (mx.probe.test [192.0.2.10])\r\n"
    "\t(using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits))\r\n"
    "\tby mx.reflector.test (Postfix) with ESMTPS id 1; Sat, 31 Jan 2026 12:00:01 +0000\r\n";
const std::string message =
    trace + "From: probe@probe.test\r\nX-Mailprobe-Id: " + probe_id + "\r\nAuto-Submitted: no\r\n\r\nbody\r\n";

Arrival judged(const std::string& raw) {
  test::FakeResolver resolver;
  fake::publish(resolver, fake::identity());
  const std::vector<std::string> hosts{"reflector.test"};
  return test::run(judged_by_trace(raw, *parse_rfc3339("2026-01-31T12:00:03Z"), hosts, resolver));
}

TEST(JudgedByTrace, TakesTheSessionFromTheTrustedReceived) {
  const auto arrival = judged(message);
  EXPECT_EQ(arrival.session.address, "192.0.2.10");
  EXPECT_EQ(arrival.session.helo, "mx.probe.test");
  EXPECT_EQ(arrival.session.mail_from, "probe+abc@probe.test");
  ASSERT_TRUE(arrival.session.tls);
  EXPECT_EQ(arrival.session.tls->version, "TLSv1.3");
  EXPECT_NE(arrival.session.tls->cipher.find("TLS_AES_256_GCM_SHA384"), std::string::npos);
  ASSERT_TRUE(arrival.spf);
  EXPECT_EQ(arrival.spf->result, auth::SpfOutcome::pass);
  EXPECT_EQ(arrival.dmarc.result, auth::DmarcOutcome::pass) << arrival.dmarc.reason;
}

TEST(JudgedByTrace, BelievesNobodyElse) {
  auto forged = message;
  for (std::size_t at; (at = forged.find("by mx.reflector.test")) != std::string::npos;)
    forged.replace(at, 20, "by mx.elsewhere.test");
  const auto arrival = judged(forged);
  EXPECT_EQ(arrival.session.address, "");
  EXPECT_FALSE(arrival.session.tls);
  EXPECT_NE(arrival.dmarc.result, auth::DmarcOutcome::pass);
}

TEST(JudgedByTrace, TakesBareLineFeedsForLineEnds) {
  auto raw = message;
  std::erase(raw, '\r');
  EXPECT_EQ(judged(raw).session.address, "192.0.2.10");
}

TEST(MailboxPlace, ComesBackAndDamageIsTold) {
  const imap::Baseline baseline{{"INBOX", {7, 12}}, {"Entwürfe", {4294967295U, 1}}};
  const auto read = read_place(place_text(baseline));
  ASSERT_TRUE(read);
  ASSERT_EQ(read->size(), 2U);
  EXPECT_EQ(read->at("INBOX").uidnext, 12U);
  EXPECT_EQ(read->at("Entwürfe").uidvalidity, 4294967295U);
  for (const auto* text : {"", "[]", "{\"INBOX\": 1}", "{\"INBOX\": [1]}", "{\"INBOX\": [1, -1]}",
                           "{\"INBOX\": [1, 4294967296]}", "{\"INBOX\": [1, \"2\"]}"})
    EXPECT_FALSE(read_place(text)) << text;
}

// --- the watching ---------------------------------------------------------------------------------------------------

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) out += c == '\r' ? "\\r" : c == '\n' ? "\\n" : c == '\t' ? "\\t" : std::string(1, c);
  return out;
}

std::string literal(std::string_view text) { return "{" + std::to_string(text.size()) + "}\\r\\n" + escaped(text); }

const std::string probe_fields = "X-Mailprobe-Id: " + probe_id + "\r\n\r\n";

/// One new message under UID 5.
std::string server(const std::string& raw, bool knows_place, const std::string& fields = probe_fields) {
  std::string text =
      "tls\n< * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] ready\n> A1 AUTHENTICATE PLAIN AHVzZXIAcGVuY2ls\n"
      "< A1 OK [CAPABILITY IMAP4rev1 IDLE] logged in\n> A2 LIST \"\" \"*\"\n"
      "< * LIST (\\HasNoChildren) \"/\" INBOX\n< A2 OK done\n";
  int tag = 3;
  const auto next = [&] { return "A" + std::to_string(tag++); };
  if (!knows_place) {
    const auto status = next();
    text += "> " + status +
            " STATUS \"INBOX\" (UIDNEXT UIDVALIDITY)\n< * STATUS \"INBOX\" (UIDNEXT 5 UIDVALIDITY 7)\n< " + status +
            " OK done\n";
  }
  const auto examine = next(), look = next(), fetch = next();
  return text + "> " + examine +
         " EXAMINE \"INBOX\"\n< * 5 EXISTS\n< * OK [UIDVALIDITY 7] ok\n< * OK [UIDNEXT 6] ok\n< " + examine +
         " OK [READ-ONLY] done\n> " + look +
         " UID FETCH 5:* (UID BODY.PEEK[HEADER.FIELDS (X-Mailprobe-Id Content-Type In-Reply-To References "
         "Message-ID)])\n"
         "<= * 5 FETCH (UID 5 BODY[HEADER.FIELDS (X-Mailprobe-Id Content-Type In-Reply-To References Message-ID)] " +
         literal(fields) + ")\\r\\n\n< " + look + " OK done\n> " + fetch +
         " UID FETCH 5 (UID INTERNALDATE BODY.PEEK[])\n"
         "<= * 5 FETCH (UID 5 INTERNALDATE \"31-Jan-2026 12:00:00 +0000\" BODY[] " +
         literal(raw) + ")\\r\\n\n< " + fetch + " OK done\nclose\n";
}

class Watching : public testing::Test {
 protected:
  Watching() : settings_(fake::settings(folder_.path())) {
    fake::publish(resolver_, fake::identity());
    resolver_.mx("reflector.test", 10, "mx.reflector.test");
    resolver_.a("mx.reflector.test", "192.0.2.1");
    resolver_.a("imap.reflector.test", "192.0.2.5");
    account_.name = "target";
    account_.url = {"imaps", "imap.reflector.test", 993};
    account_.user = "user";
    account_.secret.value = Secret("pencil");
  }

  Task<void> act() {
    auto tasks = co_await probe::Beside::make();
    Post post{.settings = settings_,
              .identity = fake::identity(),
              .resolver = resolver_,
              .network = network_.network(),
              .context = tls::Context::client({}).value(),
              .via = {},
              .progress = {}};
    Pause pause = [](std::chrono::milliseconds) { return test::give_way(); };
    const auto undecided = co_await Undecided::make(std::move(pause));
    auto take = [&](const Arrival& arrival) -> Result<Considered> {
      taken_.push_back(arrival);
      if (answers_.size() > 1) {
        auto answer = answers_.front();
        answers_.pop_front();
        return answer;
      }
      tasks.cancel();
      return answers_.front();
    };
    MailboxSource source(account_, std::move(post), folder_.path(), std::move(take), *undecided,
                         [this](const std::string& line) { log_ += line + "\n"; });
    opened_ = co_await source.open();
    if (!opened_) co_return;
    tasks.start(source.watch());
    co_await tasks.join();
    if (until_decided_) co_await undecided->finish();
    co_await undecided->stop();
  }

  test::TemporaryFolder folder_;
  probe::Settings settings_;
  test::FakeResolver resolver_;
  fake::FakeNetwork network_;
  probe::MailboxAccount account_{.name = {},
                                 .url = {},
                                 .user = {},
                                 .address = fake::mailbox("user@reflector.test"),
                                 .secret = {},
                                 .folders = {},
                                 .authserv_ids = {}};
  std::deque<Result<Considered>> answers_{Considered::decided};
  Result<void> opened_;
  bool until_decided_ = false;
  std::vector<Arrival> taken_;
  std::string log_;
};

TEST_F(Watching, GivesOutAProbeAndKeepsItsPlace) {
  network_.plays("192.0.2.5", server(message, false));
  test::run(act());
  ASSERT_TRUE(opened_) << opened_.error().message;
  ASSERT_EQ(taken_.size(), 1U) << log_;
  EXPECT_EQ(taken_[0].dmarc.result, auth::DmarcOutcome::pass);
  EXPECT_EQ(test::read_file(folder_.path() / "mailbox-target.json"), "{\"INBOX\":[7,6]}\n");
}

TEST_F(Watching, GivesOutWhatMayBeAnObjection) {
  const auto complaint = trace + "From: abuse@target.test\r\n\r\nbody\r\n";
  const std::string fields[] = {"Content-Type: multipart/report;\r\n\treport-type=Feedback-Report; boundary=b\r\n\r\n",
                                "In-Reply-To: <x@probe.test>\r\nMessage-ID: <y@target.test>\r\n\r\n"};
  for (const auto& each : fields) {
    taken_.clear();
    network_.plays("192.0.2.5", server(complaint, false, each));
    std::filesystem::remove(folder_.path() / "mailbox-target.json");
    test::run(act());
    ASSERT_TRUE(opened_) << opened_.error().message;
    ASSERT_EQ(taken_.size(), 1U) << log_;
    EXPECT_NE(taken_[0].raw.find("abuse@target.test"), std::string::npos);
  }
}

TEST_F(Watching, GoesOnWhereItStoodAndKeepsThatPlaceWhereTheProbeCouldNotBeTaken) {
  fake::write_file(folder_.path() / "mailbox-target.json", "{\"INBOX\":[7,5]}\n");
  network_.plays("192.0.2.5", server(message, true));
  answers_ = {fail(Failure::ours, "no room")};
  test::run(act());
  ASSERT_TRUE(opened_) << opened_.error().message;
  EXPECT_EQ(taken_.size(), 1U) << log_;
  EXPECT_EQ(test::read_file(folder_.path() / "mailbox-target.json"), "{\"INBOX\":[7,5]}\n");
  EXPECT_NE(log_.find("no room"), std::string::npos);
}

TEST_F(Watching, AProbeThatCouldNotBeJudgedIsJudgedAgainAndThePlaceIsKeptUntilThen) {
  fake::write_file(folder_.path() / "mailbox-target.json", "{\"INBOX\":[7,5]}\n");
  network_.plays("192.0.2.5", server(message, true)).hangs("192.0.2.5");
  resolver_.fail("_dmarc.probe.test");
  answers_ = {Considered::later, Considered::later, Considered::decided};
  until_decided_ = true;
  test::run(act());
  ASSERT_TRUE(opened_) << opened_.error().message;
  ASSERT_EQ(taken_.size(), 3U) << log_;
  for (const auto& arrival : taken_) EXPECT_EQ(arrival.dmarc.result, auth::DmarcOutcome::temperror);
  EXPECT_EQ(taken_.back().session.mail_from, taken_.front().session.mail_from);
  EXPECT_EQ(test::read_file(folder_.path() / "mailbox-target.json"), "{\"INBOX\":[7,5]}\n");
}

TEST_F(Watching, ARefusedLoginIsAFaultOfTheConfiguration) {
  network_.plays("192.0.2.5",
                 "tls\n< * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] ready\n> A1 AUTHENTICATE PLAIN "
                 "AHVzZXIAcGVuY2ls\n< A1 NO [AUTHENTICATIONFAILED] no\nclose\n");
  test::run(act());
  ASSERT_FALSE(opened_);
  EXPECT_EQ(opened_.error().kind, Failure::usage);
}

TEST_F(Watching, ADamagedPlaceIsTold) {
  fake::write_file(folder_.path() / "mailbox-target.json", "{\"INBOX\":");
  test::run(act());
  ASSERT_FALSE(opened_);
  EXPECT_EQ(opened_.error().kind, Failure::usage);
  EXPECT_NE(opened_.error().message.find("mailbox-target.json"), std::string::npos);
}

}  // namespace
}  // namespace mailprobe::reflector
