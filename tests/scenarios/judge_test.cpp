// Expectations over the evidence of known runs: what holds, what does not, and what could not be determined.
#include "scenarios/judge.h"

#include <gtest/gtest.h>

#include "evidence/assess.h"
#include "tests/support/documents.h"

namespace mailprobe::scenarios {
namespace {

using evidence::Document;
using evidence::Verdict;
using enum evidence::Verdict;

evidence::Expectation judged(Document document, const std::string& text, bool of_all = false) {
  document.findings = evidence::assess(document, evidence::embedded);
  const auto probe = of_all ? std::nullopt : std::optional(document.probes.front().id);
  const auto made = judge(document, {{.probe = probe, .text = text}});
  return made.at(0);
}

struct Row {
  const char* name;
  Document (*document)();
  const char* text;
  Verdict verdict;
  const char* found;
  std::optional<Cause> cause = {};
};
void PrintTo(const Row& row, std::ostream* os) { *os << row.name; }

class Expected : public testing::TestWithParam<Row> {};

TEST_P(Expected, ComesTo) {
  const auto& row = GetParam();
  const auto made = judged(row.document(), row.text);
  EXPECT_EQ(word(made.verdict), word(row.verdict)) << made.found;
  EXPECT_NE(made.found.find(row.found), std::string::npos) << made.found;
  EXPECT_EQ(made.cause, row.cause);
  EXPECT_FALSE(made.expected.empty());
}

INSTANTIATE_TEST_SUITE_P(
    Each, Expected,
    testing::Values(
        Row{"folder", test::good_delivery, "mailbox.folder == INBOX", pass, "INBOX"},
        Row{"not_folder", test::good_delivery, "not(mailbox.folder == INBOX)", fail, "INBOX"},
        Row{"junk", test::junk_delivery, "mailbox.folder == INBOX", fail, "Junk"},
        Row{"matches", test::junk_delivery, "mailbox.folder matches j*", pass, "Junk"},
        Row{"in", test::junk_delivery, "mailbox.folder in [INBOX, Junk]", pass, "Junk"},
        Row{"version", test::good_delivery, "smtp.tls.version >= TLSv1.2", pass, "TLSv1.3"},
        Row{"version_order", test::good_delivery, "smtp.tls.version < TLSv1.3", fail, "TLSv1.3"},
        Row{"latency", test::good_delivery, "latency < 60s", pass, "s"},
        Row{"latency_too_long", test::good_delivery, "latency < 1ms", fail, "s"},
        Row{"code", test::good_delivery, "smtp.reply.code == 250", pass, "250"},
        Row{"all_signatures", test::footer_delivery, "dkim.result == pass", fail, "fail"},
        Row{"of_a_selector", test::good_delivery, "dkim[r1].result == pass", pass, "pass"},
        Row{"of_one_signature", test::good_delivery, "dkim[\"r1 simple/simple\"].result == pass", pass, "pass"},
        Row{"of_no_signature", test::good_delivery, "dkim[none].result == pass", fail, "nothing"},
        Row{"check", test::good_delivery, "path.delivered == pass", pass, "pass"},
        Row{"check_that_fails", test::footer_delivery, "path.dkim-survival == pass", fail, "fail"},
        Row{"check_unknown", test::greylisted, "path.accepted == pass", inconclusive, "", Cause::greylisted},
        Row{"refused", test::rejected, "mailbox exists", fail, "refused: 550"},
        Row{"refused_as_expected", test::rejected, "smtp.outcome == rejected", pass, "rejected"},
        Row{"blocked_is_unknown", test::blocked, "mailbox exists", inconclusive, "refused: 554", Cause::blocked},
        Row{"blocked_is_no_rejection", test::blocked, "smtp.outcome == accepted", inconclusive, "rejected",
            Cause::blocked},
        Row{"greylisted", test::greylisted, "mailbox exists", inconclusive, "not taken yet: 451", Cause::greylisted},
        Row{"greylisted_outcome", test::greylisted, "smtp.outcome == accepted", inconclusive, "temporary",
            Cause::greylisted},
        Row{"not_of_unknown", test::greylisted, "not(mailbox exists)", inconclusive, "not taken yet",
            Cause::greylisted},
        Row{"any_with_unknown", test::greylisted, "any(mailbox exists, smtp exists)", pass, ""},
        Row{"all_with_unknown", test::greylisted, "all(mailbox exists, smtp exists)", inconclusive, "not taken yet",
            Cause::greylisted},
        Row{"all_with_failure", test::greylisted, "all(mailbox exists, not(smtp exists))", fail, ""},
        Row{"no_copy", test::timed_out, "mailbox exists", fail, "not found in the mailbox"},
        Row{"no_copy_is_not_equal", test::timed_out, "mailbox.folder != Junk", pass, "not found"},
        Row{"no_mailbox", test::unwatched, "mailbox exists", inconclusive, "no mailbox was looked at",
            Cause::no_mailbox},
        Row{"mailbox_lost", test::mailbox_lost, "mailbox exists", inconclusive, "", Cause::unreachable},
        Row{"possibly_delivered", test::possibly_delivered, "smtp.outcome == accepted", inconclusive, "unknown",
            Cause::possibly_delivered},
        Row{"no_starttls", test::without_starttls, "smtp.tls exists", fail, "no STARTTLS"},
        Row{"no_answer_wanted", test::good_delivery, "reply exists", inconclusive, "no answer was asked for"},
        Row{"answer", test::answered, "reply.session.tls exists", pass, "something"},
        Row{"mechanism_of_the_answer", test::answered, "dmarc.result == pass", pass, "pass"},
        Row{"unreadable", test::good_delivery, "mailbox is INBOX", error, "this cannot be read"}),
    [](const auto& info) { return std::string(info.param.name); });

TEST(Judge, NamesWhereInTheEvidence) {
  const auto made = judged(test::good_delivery(), "mailbox.folder == INBOX");
  EXPECT_EQ(made.evidence, std::vector<std::string>{"/probes/0/mailbox/folder"});
  EXPECT_EQ(made.expected, "== INBOX");
}

Document with_control(Document control) {
  auto document = test::footer_delivery();
  document.probes.front().name = "broken";
  auto twin = control.probes.front();
  twin.id = "twin";
  twin.name = "good";
  twin.control_of = "broken";
  document.probes.push_back(std::move(twin));
  return document;
}

TEST(Control, ThatArrivedLetsAProbeCount) {
  EXPECT_EQ(judged(with_control(test::good_delivery()), "dkim.result == fail").verdict, pass);
}

TEST(Control, ThatDidNotArriveLeavesAllOpen) {
  const auto made = judged(with_control(test::timed_out()), "dkim.result == fail");
  EXPECT_EQ(made.verdict, inconclusive);
  EXPECT_EQ(made.cause, Cause::no_control);
  EXPECT_EQ(made.found, "its control good did not arrive");
}

TEST(Control, OfTheSameVariationIsTheOneThatCounts) {
  auto document = with_control(test::timed_out());
  document.probes[0].variation = document.probes[1].variation = "size=1MB";
  auto other = test::good_delivery().probes.front();
  other.id = "other";
  other.name = "good/500";
  other.control_of = "broken";
  other.variation = "size=500";
  document.probes.push_back(std::move(other));
  EXPECT_EQ(judged(document, "dkim.result == fail").verdict, inconclusive);
  document.probes[2].variation = "size=1MB";
  EXPECT_EQ(judged(document, "dkim.result == fail").verdict, pass);
}

Document repeated(const std::vector<std::int64_t>& delays, bool lost = false) {
  auto document = test::good_delivery();
  const auto first = document.probes.front();
  document.probes.clear();
  for (const auto delay : delays) {
    auto probe = first;
    probe.id = probe.name = "plain#" + std::to_string(document.probes.size() + 1);
    probe.mailbox->delay_ms = delay;
    document.probes.push_back(std::move(probe));
  }
  if (lost) document.probes.push_back(test::timed_out().probes.front());
  return document;
}

TEST(Aggregate, TakesTheNearestRank) {
  const auto document = repeated({4000, 1000, 3000, 2000});
  EXPECT_EQ(judged(document, "p50(latency) <= 2s", true).verdict, pass);
  EXPECT_EQ(judged(document, "p50(latency) < 2s", true).verdict, fail);
  EXPECT_EQ(judged(document, "p95(latency) >= 4s", true).verdict, pass);
  EXPECT_EQ(judged(document, "min(latency) <= 1s", true).verdict, pass);
  EXPECT_EQ(judged(document, "max(latency) < 4s", true).verdict, fail);
  EXPECT_EQ(judged(document, "p50(latency) <= 2s", true).found, "2s of 4");
}

TEST(Aggregate, WhatWasLostHasTakenForEver) {
  const auto document = repeated({1000, 1000, 1000}, true);
  EXPECT_EQ(judged(document, "p75(latency) <= 1s", true).verdict, pass);
  const auto worst = judged(document, "max(latency) < 60s", true);
  EXPECT_EQ(worst.verdict, fail);
  EXPECT_EQ(worst.found, "lost of 4");
}

TEST(Aggregate, WhatIsUnknownLeavesItOpen) {
  auto document = repeated({1000});
  document.probes.push_back(test::greylisted().probes.front());
  const auto made = judged(document, "max(latency) < 60s", true);
  EXPECT_EQ(made.verdict, inconclusive);
  EXPECT_EQ(made.cause, Cause::greylisted);
  EXPECT_EQ(judged(document, "max(latency, plain) < 60s", true).verdict, pass) << "of the others alone";
}

/// Nobody has tried what the run did not come to.
TEST(Judge, WhatAnInterruptedRunDidNotComeToWasNotUnreachable) {
  auto document = test::interrupted();
  document.probes.front().smtp.reset();
  document.probes.front().attempts.clear();
  for (const auto* text : {"mailbox exists", "smtp.outcome == accepted", "smtp.tls exists", "reply exists"}) {
    const auto made = judged(document, text);
    EXPECT_EQ(made.verdict, inconclusive) << text;
    EXPECT_EQ(made.cause, Cause::interrupted) << text;
    EXPECT_EQ(made.found, "not sent: the run had ended before") << text;
  }
  document.run.interrupted = false;
  EXPECT_EQ(judged(document, "mailbox exists").cause, Cause::unreachable);
}

TEST(Judge, JoinsSentencesWithoutTheirFullStops) {
  const auto made = judged(test::footer_delivery(), "any(path.dkim-survival == pass, path.accepted == fail)");
  EXPECT_NE(made.found.find("; "), std::string::npos) << made.found;
  EXPECT_EQ(made.found.find(".;"), std::string::npos) << made.found;
}

TEST(Judge, JudgesTheSameAgain) {
  auto document = test::scenario_run();
  document.findings = evidence::assess(document, evidence::embedded);
  const auto again = judge_again(document);
  ASSERT_EQ(again.size(), document.expectations.size());
  for (std::size_t i = 0; i < again.size(); ++i) {
    EXPECT_EQ(again[i].text, document.expectations[i].text);
    EXPECT_EQ(again[i].probe, document.expectations[i].probe);
  }
  EXPECT_EQ(again[1].verdict, fail);
}

}  // namespace
}  // namespace mailprobe::scenarios
