// inbound.smuggling: what came of the second message, beside a control that arrived or did not.
#include <gtest/gtest.h>

#include "tests/evidence/findings_of.h"
#include "tests/support/documents.h"

namespace mailprobe::evidence {
namespace {

/// One with a second message in it that arrived whole, and beside it the control.
Document smuggled() {
  auto document = test::good_delivery();
  auto twin = document.probes[0];
  twin.id = "smuggler";
  twin.name = "end/lf-dot-lf";
  twin.fault = "smuggling-lf-dot-lf";
  twin.smuggling = Smuggling{.sequence = "lf-dot-lf",
                             .id = "second",
                             .replies = {},
                             .whole = true,
                             .folder = {},
                             .raw = {},
                             .completed = true};
  document.probes[0].control_of = "end";
  document.probes.insert(document.probes.begin(), std::move(twin));
  return document;
}

Probe& smuggler(Document& d) { return d.probes[0]; }
Smuggling& second(Document& d) { return *d.probes[0].smuggling; }

void cut_off(Document& d) { second(d).whole = false; }
void without_copy(Document& d) { smuggler(d).mailbox.reset(), second(d).whole.reset(); }
void without_control(Document& d) { d.probes[1].mailbox.reset(); }

void refused(Document& d, int code, std::string text) {
  without_copy(d);
  auto& last = *smuggler(d).smtp;
  last.outcome = code / 100 == 4 ? Outcome::temporary : Outcome::rejected;
  last.phase = "dot";
  last.reply = ReplyFacts{code, {}, std::move(text)};
  last.cause = Cause::refused;
}

using test::CheckRow;
using enum Verdict;
constexpr auto check = "inbound.smuggling";

const CheckRow rows[] = {
    {"whole", [](Document&) {}, check, pass, {}, {"\"LF . LF\" does not end a message: it arrived whole"}},
    {"whole_needs_no_control", without_control, check, pass, {}, {"arrived whole"}},
    {"arrived",
     [](Document& d) { cut_off(d), second(d).folder = "INBOX"; },
     check,
     fail,
     {},
     {"A second message behind \"LF . LF\" arrived as one of its own, in \"INBOX\""}},
    {"arrived_without_control",
     [](Document& d) { cut_off(d), without_control(d), second(d).folder = "Junk"; },
     check,
     fail,
     {},
     {"in \"Junk\""}},
    {"taken",
     [](Document& d) {
       without_copy(d), second(d).replies = {{250, {}, "ok"}, {250, {}, "ok"}, {354, {}, "go"}, {250, {}, "taken"}};
     },
     check,
     fail,
     {},
     {"took a second one that stood behind it"}},
    {"answered_and_refused",
     [](Document& d) { cut_off(d), second(d).replies = {{503, {}, "pipelining"}, {421, {}, "bye"}}; },
     check,
     warn,
     {},
     {"it answered what stood behind it, and took no second message"}},
    {"refused",
     [](Document& d) { refused(d, 550, "bare LF"), smuggler(d).smtp->events.clear(); },
     check,
     pass,
     {},
     {"refuses", "550 \"bare LF\"; then the session was over, and nothing was answered before"}},
    {"refused_and_left_in_sync",
     [](Document& d) { refused(d, 550, "bare LF"), smuggler(d).smtp->events = {{1, Direction::in, "221 2.0.0 Bye"}}; },
     check,
     pass,
     {},
     {"refuses", "then QUIT was answered, and nothing before it"}},
    {"refused_and_answered_something_else",
     [](Document& d) { refused(d, 550, "no"), second(d).replies = {{554, {}, "synchronization error"}}; },
     check,
     inconclusive,
     Cause::protocol_error,
     {"550 \"no\"", "what came next, 554 \"synchronization error\", is no answer to QUIT"}},
    {"refused_and_every_command_too",
     [](Document& d) {
       refused(d, 550, "no"), second(d).replies = {{503, {}, "no"}, {503, {}, "no"}, {421, {}, "too many errors"}};
     },
     check,
     warn,
     {},
     {"it answered what stood behind it, and took no second message"}},
    {"refused_with_a_farewell",
     [](Document& d) { refused(d, 550, "bare LF"), second(d).replies = {{421, {}, "closing"}}; },
     check,
     pass,
     {},
     {"The server refuses"}},
    {"refused_and_answered",
     [](Document& d) { refused(d, 550, "bare LF"), second(d).replies = {{250, {}, "sender ok"}, {503, {}, "no"}}; },
     check,
     warn,
     {},
     {"it answered what stood behind it"}},
    {"refused_for_our_address",
     [](Document& d) { refused(d, 550, "listed"), smuggler(d).smtp->cause = Cause::blocked; },
     check,
     inconclusive,
     Cause::blocked,
     {"did not get that far"}},
    {"refused_at_rcpt",
     [](Document& d) { refused(d, 550, "nobody"), smuggler(d).smtp->phase = "rcpt"; },
     check,
     inconclusive,
     Cause::refused,
     {"did not get that far"}},
    {"put_off", [](Document& d) { refused(d, 451, "later"); }, check, inconclusive, Cause::refused, {"451"}},
    {"no_control",
     [](Document& d) { refused(d, 550, "bare LF"), without_control(d); },
     check,
     inconclusive,
     Cause::no_control,
     {"The control", "did not arrive"}},
    {"none_at_all",
     [](Document& d) { cut_off(d), d.probes[1].control_of.reset(); },
     check,
     inconclusive,
     Cause::no_control,
     {"There is no control beside it"}},
    {"cut_off", cut_off, check, warn, {}, {"arrived cut off at \"LF . LF\"; the second one did not arrive"}},
    {"cut_off_and_not_looked_to_the_end",
     [](Document& d) { cut_off(d), second(d).completed = false, smuggler(d).watch->cause = Cause::interrupted; },
     check,
     inconclusive,
     Cause::interrupted,
     {"was not looked for to the end"}},
    {"neither", without_copy, check, pass, {}, {"Neither the message", "the control did"}},
    {"unwatched",
     [](Document& d) { without_copy(d), smuggler(d).watch.reset(); },
     check,
     not_tested,
     Cause::no_mailbox,
     {"No mailbox was watched"}},
};

class Smuggled : public testing::TestWithParam<CheckRow> {};

TEST_P(Smuggled, IsJudgedByTheSecondMessage) { test::expect_row(smuggled(), GetParam()); }

INSTANTIATE_TEST_SUITE_P(Each, Smuggled, testing::ValuesIn(rows),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(Smuggling, IsOnlyAboutProbesThatHaveASecondMessage) {
  EXPECT_TRUE(test::findings_of(test::good_delivery(), check).empty());
  EXPECT_EQ(test::findings_of(smuggled(), check).size(), 1U);
}

TEST(Smuggling, WhatWasMalformedOnPurposeIsNoChangeOnTheWay) {
  const auto finding = test::finding_of(smuggled(), "path.body-intact", "end/lf-dot-lf");
  EXPECT_EQ(word(finding.verdict), "not-applicable");
}

}  // namespace
}  // namespace mailprobe::evidence
