// Expectations over the evidence of known runs: what holds, what does not, and what could not be determined.
#include "scenarios/judge.h"

#include <gtest/gtest.h>

#include <array>

#include "tests/scenarios/judged.h"
#include "tests/support/documents.h"

namespace mailprobe::scenarios {
namespace {

using evidence::Document;
using evidence::Verdict;
using enum evidence::Verdict;

struct Row {
  const char* name;
  Document (*document)();
  const char* text;
  Verdict verdict;
  const char* found;
  std::optional<Cause> cause = {};
};
void PrintTo(const Row& row, std::ostream* os) { *os << row.name; }

Document delay_unknown() {
  auto document = test::good_delivery();
  for (auto& hop : document.probes.front().mailbox->hops) hop.delay_ms.reset();
  return document;
}

Document sealed() {
  auto document = test::good_delivery();
  document.probes.front().mailbox->arc = auth::Arc{.result = auth::ArcOutcome::pass};
  return document;
}

Document no_arc() {
  auto document = sealed();
  document.probes.front().mailbox->arc->result = auth::ArcOutcome::none;
  return document;
}

/// Somebody called at our receiver, and named no probe.
evidence::Session& called(Document& document) {
  auto& session = document.probes.front().sessions.emplace_back();
  session.address = "192.0.2.9";
  session.helo = "scanner";
  return session;
}

Document answered_beside_a_stranger() {
  auto document = test::answered();
  called(document).tls.emplace().version = "TLSv1.2";
  return document;
}

Document certificate_rejected() {
  auto document = test::unanswered();
  called(document).tls_alert = "unknown_ca";
  return document;
}

Document delayed() {
  auto document = test::answered();
  document.probes.front().reply->kind = evidence::AnswerKind::delay;
  return document;
}

Document bounced_where_a_copy_was_looked_for() {
  auto document = test::bounced();
  document.probes.front().watch.emplace().completed = true;
  return document;
}

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
        Row{"greylisted_code", test::greylisted, "smtp.reply.code == 250", inconclusive, "451", Cause::greylisted},
        Row{"greylisted_code_itself", test::greylisted, "smtp.reply.code == 451", pass, "451"},
        Row{"delay_alone", delayed, "reply.kind in [delivered, bounce]", inconclusive, "", Cause::timed_out},
        Row{"delay_itself", delayed, "reply.kind == delay", pass, "delay"},
        Row{"our_signature_without_a_mailbox", test::answered, "dkim[r1].result == pass", inconclusive,
            "no mailbox was looked at", Cause::no_mailbox},
        Row{"spf_of_the_answer", test::answered, "spf.result == pass", pass, "pass"},
        Row{"spf_of_no_bounce", bounced_where_a_copy_was_looked_for, "spf.result == pass", fail, "a bounce came"},
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
        Row{"unequal_of_unknown", test::greylisted, "path.accepted != fail", inconclusive, "", Cause::greylisted},
        Row{"unequal_of_not_tested", test::unwatched, "path.delivered != fail", inconclusive, "not-tested",
            Cause::no_mailbox},
        Row{"its_own_word", test::greylisted, "path.accepted == inconclusive", pass, "inconclusive"},
        Row{"its_own_word_in_a_list", test::greylisted, "path.accepted in [pass, inconclusive]", pass, "inconclusive"},
        Row{"unequal_of_a_failure", test::footer_delivery, "path.dkim-survival != pass", pass, "fail"},
        Row{"verdict_before_a_grade", test::good_delivery, "inbound.spf-evaluated in [pass, enforced]", pass, "pass"},
        Row{"grade_before_a_verdict", test::good_delivery, "inbound.spf-evaluated in [enforced, pass]", pass, "pass"},
        Row{"verdict_that_is_not_before_its_grade", test::good_delivery, "inbound.spf-evaluated in [warn, recorded]",
            pass, "recorded"},
        Row{"neither_verdict_nor_grade", test::good_delivery, "inbound.spf-evaluated in [warn, enforced]", fail,
            "pass"},
        Row{"attempts_greylisted", test::greylisted, "attempts.outcome == accepted", inconclusive, "temporary",
            Cause::greylisted},
        Row{"attempts_greylisted_code", test::greylisted, "attempts.reply.code < 400", inconclusive, "451",
            Cause::greylisted},
        Row{"attempts_greylisted_code_itself", test::greylisted, "attempts.reply.code == 451", pass, "451"},
        Row{"phase_of_a_greylisting", test::greylisted, "smtp.phase == dot", inconclusive, "", Cause::greylisted},
        Row{"phase_of_no_greylisting", test::good_delivery, "smtp.phase != banner", pass, ""},
        Row{"attempts_refused", test::rejected, "attempts.reply.code == 250", fail, "550"},
        Row{"no_answers_wanted", test::good_delivery, "replies exists", inconclusive, "no answer was asked for"},
        Row{"not_no_answers_wanted", test::good_delivery, "not(replies exists)", inconclusive,
            "no answer was asked for"},
        Row{"no_sessions_wanted", test::good_delivery, "sessions exists", inconclusive, "no answer was asked for"},
        Row{"session_of_the_target_alone", answered_beside_a_stranger, "sessions.tls.version == TLSv1.3", pass,
            "TLSv1.3"},
        Row{"sessions_that_may_be_anybodys", certificate_rejected, "sessions.helo == scanner", inconclusive,
            "nobody came: 192.0.2.9 (scanner), who may have come with it, rejected our certificate (unknown_ca)",
            Cause::own_limit},
        Row{"answers_of_who_rejected_our_certificate", certificate_rejected, "replies exists", inconclusive,
            "no answer came: 192.0.2.9 (scanner), who may have come with it, rejected our certificate (unknown_ca)",
            Cause::own_limit},
        Row{"no_answers_on_a_block_list", test::blocked, "replies exists", inconclusive, "refused: 554",
            Cause::blocked},
        Row{"one_answer_is_all_answers", test::answered, "replies.session.tls exists", pass, "something"},
        Row{"delay_not_known", delay_unknown, "mailbox.hops.delay_ms < 5s", inconclusive, "it is not known"},
        Row{"in_no_special_folder", test::good_delivery, "mailbox.special_use == \"\\\\Junk\"", fail, "nothing"},
        Row{"no_arc_set", no_arc, "arc exists", fail, "none"},
        Row{"not_an_arc_set", no_arc, "not(arc exists)", pass, "none"},
        Row{"arc_set", sealed, "arc exists", pass, "something"},
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

TEST(Control, ThatIsNotThereLeavesAllOpen) {
  auto document = test::good_delivery();
  document.probes.front().fault = "dmarc-reject";
  const auto made = judged(document, "not(mailbox.folder == INBOX)");
  EXPECT_EQ(made.verdict, inconclusive);
  EXPECT_EQ(made.cause, Cause::no_control);
}

TEST(OfASubmissionServer, ARefusalIsNotTheTargets) {
  auto document = test::good_delivery();
  auto& probe = document.probes.front();
  probe.mailbox.reset();
  probe.smtp->outcome = Outcome::rejected;
  probe.smtp->reply = evidence::ReplyFacts{553, "5.7.1", "not owned by user"};
  EXPECT_EQ(judged(document, "mailbox exists").verdict, fail);
  EXPECT_EQ(judged(document, "smtp.outcome == accepted").verdict, fail);
  probe.via = "relay";
  for (const auto* line : {"mailbox exists", "not(mailbox exists)", "smtp.outcome == accepted"}) {
    const auto made = judged(document, line);
    EXPECT_EQ(made.verdict, inconclusive) << line;
    EXPECT_EQ(made.cause, Cause::via_relay) << line;
  }
}

/// A mailbox that gets full between a message that is wrong and its control.
TEST(WrongOnPurpose, ARefusalForSomethingElseIsNoAnswer) {
  auto document = with_control(test::good_delivery());
  auto& probe = document.probes.front();
  probe.fault = "dmarc-reject";
  probe.mailbox.reset();
  probe.smtp->outcome = Outcome::rejected;
  probe.smtp->phase = "dot";
  probe.smtp->reply = evidence::ReplyFacts{552, "5.2.2", "mailbox full"};
  for (const auto* line : {"mailbox exists", "not(mailbox exists)", "smtp.outcome == accepted"})
    EXPECT_EQ(judged(document, line).verdict, inconclusive) << line;
  probe.smtp->reply = evidence::ReplyFacts{550, "5.7.1", "by policy"};
  EXPECT_EQ(judged(document, "not(mailbox exists)").verdict, pass);
  EXPECT_EQ(judged(document, "smtp.outcome == accepted").verdict, fail);
}

/// The code says no more than the outcome.
TEST(ReplyCode, OfWhatIsNotDecidedIsNoAnswer) {
  for (const auto& document : {test::greylisted(), test::blocked()})
    for (const auto* line : {"smtp.reply.code == 250", "smtp.reply.code < 300", "smtp.reply.enhanced == 2.0.0"}) {
      const auto made = judged(document, line);
      EXPECT_EQ(made.verdict, inconclusive) << line;
      EXPECT_EQ(made.cause, document.probes.front().smtp->cause);
    }
  EXPECT_EQ(judged(test::greylisted(), "smtp.reply.code == 451").verdict, pass);
  EXPECT_EQ(judged(test::rejected(), "smtp.reply.code == 250").verdict, fail);
  EXPECT_EQ(judged(test::rejected(), "smtp.reply.code == 550").verdict, pass);
  EXPECT_EQ(judged(test::good_delivery(), "smtp.reply.code == 250").verdict, pass);
}

constexpr std::array can_do{"smtp.capabilities contains DSN", "not(smtp.capabilities contains DSN)",
                            "any(not(smtp.capabilities contains DSN), reply exists)", "smtp.capabilities exists"};
constexpr std::array starttls{"smtp.starttls_offered == true", "smtp.starttls_offered == false",
                              "smtp.starttls_offered != true"};

/// 421 as the banner: nobody has said what the server can do.
TEST(BeforeEhlo, NothingIsKnownOfWhatTheServerCanDo) {
  auto document = test::blocked();
  auto& attempt = *document.probes.front().smtp;
  attempt.tls.reset();
  attempt.capabilities.clear();
  attempt.starttls_offered = false;
  for (const auto* phase : {"connect", "banner", "ehlo"}) {
    attempt.phase = phase;
    for (const auto* line : can_do) {
      const auto made = judged(document, line);
      EXPECT_EQ(made.verdict, inconclusive) << phase << " " << line;
      EXPECT_EQ(made.cause, Cause::blocked);
    }
    for (const auto* line : starttls) EXPECT_EQ(judged(document, line).verdict, inconclusive) << phase << " " << line;
  }
  attempt.phase = "ehlo";
  attempt.cause = Cause::unsupported;  // it knows no EHLO
  EXPECT_EQ(judged(document, "smtp.starttls_offered == true").verdict, fail);
  EXPECT_EQ(judged(document, "not(smtp.capabilities contains DSN)").verdict, pass);
}

TEST(BeforeEhlo, NorOfTheAttempts) {
  auto document = test::blocked();
  auto& probe = document.probes.front();
  auto& attempt = *probe.smtp;
  attempt.tls.reset();
  attempt.capabilities.clear();
  attempt.starttls_offered = false;
  attempt.phase = "banner";
  probe.attempts = {attempt};
  constexpr std::array lines{"attempts.capabilities contains DSN", "not(attempts.capabilities contains DSN)",
                             "attempts.starttls_offered == true",  "attempts.starttls_offered != true",
                             "attempts.tls.version >= TLSv1.2",    "attempts.phase != banner"};
  for (const auto* line : lines) {
    const auto made = judged(document, line);
    EXPECT_EQ(made.verdict, inconclusive) << line;
    EXPECT_EQ(made.cause, Cause::blocked) << line;
  }
  const auto good = *test::good_delivery().probes.front().smtp;
  probe.attempts.push_back(good);  // another host, which was heard
  probe.smtp = good;
  EXPECT_EQ(judged(document, "attempts.starttls_offered == true").verdict, inconclusive);
  EXPECT_EQ(judged(document, "attempts.outcome == accepted").verdict, inconclusive);
  EXPECT_EQ(judged(document, "smtp.outcome == accepted").verdict, pass);
}

TEST(Attempts, OfARunThatSentNothingAreNotKnown) {
  auto document = test::no_such_domain();
  auto probe = test::good_delivery().probes.front();
  probe.attempts.clear();
  probe.smtp.reset();
  document.probes = {probe};
  EXPECT_EQ(judged(document, "attempts.outcome == accepted").verdict, inconclusive);
}

TEST(AfterEhlo, WhatTheServerCannotDoIsKnown) {
  auto document = test::without_starttls();
  EXPECT_EQ(judged(document, "smtp.starttls_offered == true").verdict, fail);
  EXPECT_EQ(judged(document, "not(smtp.capabilities contains DSN)").verdict, pass);
  document = test::good_delivery();
  auto& attempt = *document.probes.front().smtp;
  attempt.phase = "ehlo";  // the second one, which was not answered
  EXPECT_EQ(judged(document, "smtp.starttls_offered == true").verdict, pass);
  EXPECT_EQ(judged(document, "smtp.capabilities contains DSN").verdict, inconclusive);
}

TEST(Control, ThatArrivedInTheJunkLetsAProbeCount) {
  EXPECT_EQ(judged(with_control(test::junk_delivery()), "dkim.result == fail").verdict, pass);
}

TEST(Control, ThatLiesInTheJunkTooLeavesTheFolderOpen) {
  auto document = with_control(test::junk_delivery());
  document.probes[0].mailbox = document.probes[1].mailbox;
  document.probes[0].fault = "dmarc-quarantine";
  EXPECT_EQ(judged(document, "mailbox exists").verdict, pass);
  const auto made = judged(document, "not(mailbox.folder == INBOX)");
  EXPECT_EQ(made.verdict, inconclusive);
  EXPECT_EQ(made.cause, Cause::no_control);
  EXPECT_EQ(made.found, "its control good lies in the junk folder too");
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
  EXPECT_EQ(judged(document, "p50(latency) <= 2s", true).found, "2s of 4 (plain#4)");
}

TEST(Aggregate, NamesTheProbeThatDecides) {
  const auto made = judged(repeated({4000, 1000, 3000}), "max(latency) < 2s", true);
  EXPECT_EQ(made.found, "4s of 3 (plain#1)");
  EXPECT_EQ(made.evidence, std::vector<std::string>{"/probes/0/mailbox/delay_ms"});
  EXPECT_EQ(judged(repeated({1000}, true), "max(latency) < 2s", true).evidence,
            std::vector<std::string>{"/probes/1/mailbox"});
}

TEST(Aggregate, OfOneCombinationWithItsRepeats) {
  auto document = repeated({4000, 1000, 3000});
  document.probes[0].name = "p/base64#1";
  document.probes[1].name = "p/8bit#1";
  document.probes[2].name = "p/base64#2 mx.example.net 192.0.2.7";
  EXPECT_EQ(judged(document, "max(latency, \"p/base64\") <= 4s", true).found, "4s of 2 (p/base64#1)");
  EXPECT_EQ(judged(document, "max(latency, p) <= 4s", true).found, "4s of 3 (p/base64#1)");
  EXPECT_EQ(judged(document, "max(latency, \"p/base\") <= 4s", true).verdict, inconclusive);
}

TEST(Aggregate, WhatIsWrongOnPurposeDoesNotCount) {
  auto document = repeated({1000}, true);
  document.probes[1].fault = "dmarc-reject";
  EXPECT_EQ(judged(document, "max(latency) < 2s", true).found, "1s of 1 (plain#1)");
}

TEST(Judge, WhatIsAboutNoProbeIsNotThatOfTheFirst) {
  EXPECT_EQ(judged(test::good_delivery(), "mailbox exists", true).verdict, inconclusive);
  EXPECT_EQ(judged(test::good_delivery(), "published.mx == pass", true).verdict, pass);
}

/// What was tried and then left does not count (docs/architecture.md).
TEST(Judge, OfACheckOfAddressesTheOneThatWasUsed) {
  auto document = test::good_delivery();
  auto& probe = document.probes.front();
  auto other = *probe.smtp;
  other.address = "192.0.2.99";
  other.tls.reset();
  other.outcome = Outcome::not_sent;
  other.phase = "starttls";
  other.cause = Cause::unsupported;
  probe.attempts.insert(probe.attempts.begin(), other);
  EXPECT_EQ(judged(document, "inbound.starttls == pass").found, "pass");
  probe.attempts.front() = *probe.smtp;
  probe.smtp = probe.attempts.back() = other;
  EXPECT_EQ(judged(document, "inbound.starttls == pass").verdict, fail);
}

TEST(Aggregate, WhatWasLostHasTakenForEver) {
  const auto document = repeated({1000, 1000, 1000}, true);
  EXPECT_EQ(judged(document, "p75(latency) <= 1s", true).verdict, pass);
  const auto worst = judged(document, "max(latency) < 60s", true);
  EXPECT_EQ(worst.verdict, fail);
  EXPECT_EQ(worst.found, "lost of 4 (default: not found in the mailbox)");
}

TEST(Aggregate, WhatIsUnknownLeavesItOpen) {
  auto document = repeated({1000});
  document.probes.push_back(test::greylisted().probes.front());
  const auto made = judged(document, "max(latency) < 60s", true);
  EXPECT_EQ(made.verdict, inconclusive);
  EXPECT_EQ(made.cause, Cause::greylisted);
  EXPECT_EQ(judged(document, "max(latency, plain) < 60s", true).verdict, pass) << "of the others alone";
}

/// The code of a greylisting is no answer, unless it is what was asked for.
TEST(Aggregate, WhatIsNotDeterminedLeavesItOpen) {
  for (const auto& document : {test::greylisted(), test::blocked()}) {
    const auto made = judged(document, "max(smtp.reply.code) < 400", true);
    EXPECT_EQ(made.verdict, inconclusive);
    EXPECT_EQ(made.cause, document.probes.front().smtp->cause);
    EXPECT_EQ(judged(document, "max(smtp.reply.code) >= 400", true).verdict, pass);
  }
  EXPECT_EQ(judged(test::rejected(), "max(smtp.reply.code) < 400", true).verdict, fail);
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

TEST(Judge, JudgesTheSameAgain) {
  auto document = test::scenario_run();
  document.findings = evidence::assess(document, evidence::embedded);
  const auto again = judge_again(document, evidence::embedded);
  ASSERT_EQ(again.size(), document.expectations.size());
  for (std::size_t i = 0; i < again.size(); ++i) {
    EXPECT_EQ(again[i].text, document.expectations[i].text);
    EXPECT_EQ(again[i].probe, document.expectations[i].probe);
  }
  EXPECT_EQ(again[1].verdict, fail);
}

}  // namespace
}  // namespace mailprobe::scenarios
