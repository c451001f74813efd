// send --reply against the lab: who answers, how that is judged, and what is kept of it.
#include "base/encoding.h"
#include "evidence/answer.h"
#include "evidence/assess.h"
#include "probe/collect.h"
#include "probe/reply_witness.h"
#include "receiver/folder.h"
#include "receiver/spool.h"
#include "receiver/waiting.h"
#include "tests/lab/sending.h"

namespace mailprobe::lab {
namespace {

namespace fs = std::filesystem;

void ask(probe::Settings& settings, probe::SendOptions& options) {
  options.reply = true;
  settings.mailboxes.clear();
}

const evidence::Finding* finding(const evidence::Document& document, std::string_view check) {
  const auto found = std::ranges::find(document.findings, check, &evidence::Finding::check);
  return found == document.findings.end() ? nullptr : &*found;
}

struct Expected {
  std::string check, verdict;
};

struct Row {
  const char* name;
  const char* to;
  evidence::AnswerKind kind;
  std::vector<Expected> findings;
  int exit;
};
void PrintTo(const Row& row, std::ostream* os) { *os << row.name; }

const Row rows[] = {
    {"responder",
     "responder@target.test",
     evidence::AnswerKind::person,
     {{"outbound.starttls", "pass"},
      {"outbound.tls-version", "pass"},
      {"outbound.tls-cipher", "pass"},
      {"outbound.sni", "info"},
      {"outbound.client-cert", "info"},
      {"outbound.spf", "pass"},
      {"outbound.dkim", "pass"},
      {"outbound.dmarc", "pass"},
      {"outbound.helo", "pass"},
      {"outbound.ptr", "pass"},
      {"outbound.ipv6", "not-tested"},
      {"outbound.sender-rules", "pass"},
      {"path.delivered", "pass"}},
     0},
    {"careless",
     "careless@target.test",
     evidence::AnswerKind::person,
     {{"outbound.starttls", "fail"},
      {"outbound.spf", "pass"},
      {"outbound.dkim", "fail"},
      {"outbound.dmarc", "pass"},
      {"outbound.sender-rules", "warn"},
      {"path.delivered", "pass"}},
     1},
    {"vacation",
     "vacation@target.test",
     evidence::AnswerKind::vacation,
     {{"outbound.starttls", "pass"},
      {"outbound.spf", "warn"},
      {"outbound.dkim", "pass"},
      {"outbound.dmarc", "pass"},
      {"path.delivered", "pass"}},
     0},
    {"tickets",  // to an address that names no probe
     "tickets@target.test",
     evidence::AnswerKind::vacation,
     {{"outbound.starttls", "pass"},
      {"outbound.spf", "pass"},
      {"outbound.dkim", "pass"},
      {"outbound.dmarc", "pass"},
      {"path.delivered", "pass"}},
     0},
    {"bouncer",
     "bouncer@target.test",
     evidence::AnswerKind::bounce,
     {{"outbound.starttls", "pass"}, {"outbound.spf", "warn"}, {"outbound.dkim", "warn"}, {"path.delivered", "fail"}},
     1},
    {"late",
     "late@target.test",
     evidence::AnswerKind::person,
     {{"outbound.starttls", "pass"}, {"outbound.dkim", "pass"}, {"path.delivered", "pass"}},
     0},
};

class Reply : public Send, public testing::WithParamInterface<Row> {};

TEST_P(Reply, IsReceivedAndJudged) {
  const auto document = send(Trial{.to = GetParam().to, .change = ask});
  const auto& probe = document.probes.front();
  ASSERT_TRUE(probe.reply);
  EXPECT_EQ(word(probe.reply->kind), word(GetParam().kind));
  EXPECT_GE(probe.reply->delay_ms.value_or(-1), 0);
  EXPECT_EQ(probe.reply->session.probe, probe.id);
  ASSERT_FALSE(probe.sessions.empty());
  EXPECT_EQ(probe.sessions.front().end, "quit");
  EXPECT_TRUE(probe.reply_watch && probe.reply_watch->completed);
  for (const auto& [check, verdict] : GetParam().findings) {
    const auto* found = finding(document, check);
    ASSERT_NE(found, nullptr) << check;
    EXPECT_EQ(word(found->verdict), verdict) << check << ": " << found->summary;
  }
  EXPECT_EQ(document.run.exit, GetParam().exit);
}

INSTANTIATE_TEST_SUITE_P(Targets, Reply, testing::ValuesIn(rows),
                         [](const auto& info) { return std::string(info.param.name); });

class ReplyRun : public Send {};

TEST_F(ReplyRun, KeepsTheMessageWithTheRunAndClearsTheSpool) {
  const auto document = send(Trial{.to = "responder@target.test", .change = ask});
  const auto& raw = document.probes.front().reply->raw;
  ASSERT_TRUE(raw.path);
  EXPECT_TRUE(fs::exists(directory_ / *raw.path));
  const auto spool = need(receiver::Spool::open(receiver::Folder::beside(folder_.path() / "runs").spool()));
  EXPECT_TRUE(spool.names().empty());
}

TEST_F(ReplyRun, FindsTheCopyToo) {
  const auto document =
      send(Trial{.to = "responder@target.test", .change = [](auto&, auto& options) { options.reply = true; }});
  EXPECT_TRUE(document.probes.front().mailbox);
  EXPECT_TRUE(document.probes.front().reply);
  EXPECT_EQ(document.run.exit, 0);
}

TEST_F(ReplyRun, ABounceEndsTheSearchOfTheMailbox) {
  const auto before = std::chrono::steady_clock::now();
  const auto document = send(Trial{.to = "bouncer@target.test", .change = [](auto& settings, auto& options) {
                                     options.reply = true;
                                     settings.limits.wait = std::chrono::seconds(60);
                                   }});
  EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::seconds(30));
  const auto* delivered = finding(document, "path.delivered");
  EXPECT_EQ(word(delivered->verdict), "fail");
  EXPECT_NE(delivered->summary.find("552 5.2.2 The mailbox is full"), std::string::npos) << delivered->summary;
}

TEST_F(ReplyRun, SaysThatNoneCame) {
  const auto document = send(Trial{.to = "reflector@dane.test", .change = [](auto& settings, auto& options) {
                                     ask(settings, options);
                                     options.wait = std::chrono::milliseconds(300);
                                   }});
  EXPECT_FALSE(document.probes.front().reply);
  const auto* starttls = finding(document, "outbound.starttls");
  ASSERT_NE(starttls, nullptr);
  EXPECT_EQ(word(starttls->verdict), "inconclusive");
  EXPECT_EQ(starttls->cause, Cause::timed_out);
  EXPECT_EQ(document.run.exit, 3);
}

TEST_F(ReplyRun, NobodyIsAskedWithoutIt) {
  const auto document = send(Trial{.to = "vacation@target.test"});
  EXPECT_FALSE(document.probes.front().reply);
  EXPECT_EQ(finding(document, "outbound.starttls"), nullptr);
}

TEST_F(ReplyRun, NeedsAReceiver) {
  const auto result = [&] {
    try {
      return run(Trial{.to = "responder@target.test", .change = [](auto& settings, auto& options) {
                         options.reply = true;
                         settings.receiver.listen.clear();
                       }});
    } catch (const std::runtime_error& error) {
      return RunResult(fail(Failure::usage, error.what()));
    }
  }();
  ASSERT_FALSE(result);
  EXPECT_NE(result.error().message.find("--reply needs a receiver"), std::string::npos) << result.error().message;
}

}  // namespace
}  // namespace mailprobe::lab
