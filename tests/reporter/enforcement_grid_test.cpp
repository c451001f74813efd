// The table of what was wrong on purpose: grades, controls, what was recorded, where each went; in the page and on a
// terminal.
#include "reporter/enforcement_grid.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/reporter/rendered.h"

namespace mailprobe::reporter {
namespace {

using evidence::Grade;
using evidence::Verdict;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

evidence::Document run() { return test::assessed(test::enforcement_run()); }

EnforcementRow row_of(const evidence::Document& document, std::string_view name) {
  const auto grid = enforcement_grid(document);
  for (const auto& row : grid.value().rows)
    if (row.name == name) return row;
  ADD_FAILURE() << "no row " << name;
  return {};
}

TEST(EnforcementGrid, IsOfRunsWithSomethingWrongOnPurpose) {
  EXPECT_FALSE(enforcement_grid({}));
  EXPECT_FALSE(enforcement_grid(test::assessed(test::scenario_run())));
  ASSERT_TRUE(enforcement_grid(run()));
  EXPECT_EQ(enforcement_grid(run())->rows.size(), 5U) << "the control is no row of its own";
}

TEST(EnforcementGrid, SaysWhatWasRecorded) {
  const auto row = row_of(run(), "dkim/body-hash");
  EXPECT_EQ(row.wrong, "signed for another body");
  EXPECT_EQ(row.grade, Grade::recorded);
  EXPECT_EQ(row.recorded, "dkim=fail");
  EXPECT_EQ(row.went, "INBOX");
  EXPECT_TRUE(row.control_arrived);
  EXPECT_EQ(row.control, "right: INBOX");
}

/// What our own receiver did not take was not stopped there.
TEST(EnforcementGrid, TellsWhatTheTargetReturnedFromWhatWeDidNotTake) {
  auto document = run();
  const auto found = std::ranges::find(document.probes, "dkim/body-hash", &evidence::Probe::name);
  ASSERT_NE(found, document.probes.end());
  found->mailbox.reset();
  auto& reply = found->replies.emplace_back();
  reply.kind = evidence::AnswerKind::bounce;
  reply.statuses = {{.recipient = found->to, .action = "failed", .status = "5.7.1"}};
  EXPECT_EQ(row_of(document, "dkim/body-hash").went, "accepted, and returned");
  EXPECT_EQ(row_of(document, "dkim/body-hash").icon, "stop");
  reply.statuses[0].recipient = found->from;
  EXPECT_EQ(row_of(document, "dkim/body-hash").went, "accepted, and not taken by our receiver");
  EXPECT_EQ(row_of(document, "dkim/body-hash").icon, "unknown");
}

TEST(EnforcementGrid, SaysWhatWasTakenForRight) {
  const auto row = row_of(run(), "dkim/expired");
  EXPECT_EQ(row.judged, Verdict::fail);
  EXPECT_EQ(row.grade, std::nullopt);
  EXPECT_EQ(grade_phrase(row), "Fail");
  EXPECT_EQ(row.recorded, "dkim=pass");
}

TEST(EnforcementGrid, SaysWhatWasEnforced) {
  const auto refused = row_of(run(), "dkim/reject"), junk = row_of(run(), "dkim/quarantine");
  EXPECT_EQ(refused.grade, Grade::enforced);
  EXPECT_EQ(refused.went, "refused 5.7.26");
  EXPECT_EQ(refused.recorded, "");
  EXPECT_EQ(junk.grade, Grade::enforced);
  EXPECT_EQ(junk.icon, "junk");
  EXPECT_EQ(junk.went, "Spam");
}

TEST(EnforcementGrid, WithoutAControlNothingIsTold) {
  const auto row = row_of(run(), "lonely");
  EXPECT_FALSE(row.control_arrived);
  EXPECT_EQ(row.judged, Verdict::inconclusive);
  auto document = test::enforcement_run();
  document.probes.front().mailbox.reset();
  const auto lost = row_of(test::assessed(document), "dkim/body-hash");
  EXPECT_FALSE(lost.control_arrived);
  EXPECT_EQ(lost.control, "right: accepted; not searched to the end");
}

TEST(EnforcementGrid, CountsTheFates) {
  EXPECT_EQ(enforcement_sentence(*enforcement_grid(run())),
            "5 messages were wrong on purpose: 1 refused or dropped, 1 filed as junk, 3 delivered. The control of 1 is "
            "not known to have arrived: it tells nothing.");
}

/// What became of a message that never left is known.
TEST(EnforcementGrid, CountsWhatWasNotSentAsThat) {
  auto document = test::enforcement_run();
  for (auto& probe : document.probes) probe.mailbox.reset();
  for (auto& probe : document.probes) probe.smtp = test::without_starttls().probes[0].smtp;
  document.probes.back().smtp = test::greylisted().probes[0].smtp;
  EXPECT_THAT(enforcement_sentence(*enforcement_grid(test::assessed(document))),
              StartsWith("5 messages were wrong on purpose: 4 not sent, 1 not accepted yet."));
}

TEST(EnforcementGrid, TellsScenariosAndIdentitiesApart) {
  auto document = test::enforcement_run();
  document.probes[1].name = "enforcement:dkim/body-hash";
  document.probes[2].identity = "second";
  const auto grid = enforcement_grid(test::assessed(document));
  EXPECT_TRUE(grid->several_sets);
  EXPECT_EQ(row_of(document, "dkim/body-hash").set, "enforcement, identity default");
  EXPECT_EQ(row_of(document, "dkim/expired").set, "identity second");
  const auto page = html(document, evidence::embedded);
  EXPECT_THAT(page, HasSubstr("class=\"set\">enforcement, identity default</th>"));
}

TEST(EnforcementGrid, EachRowOfThePageLeadsToItsProbe) {
  const auto page = html(run(), evidence::embedded);
  EXPECT_THAT(page, HasSubstr("<a href=\"#enforcement\">"));
  EXPECT_THAT(page, HasSubstr("<a href=\"#probe-2\">signed for another body</a>"));
  EXPECT_THAT(html(test::assessed(test::good_delivery()), evidence::embedded), Not(HasSubstr("id=\"enforcement\"")));
}

TEST(EnforcementGrid, TheTerminalHasATableWhereThereIsRoom) {
  const auto wide = terminal(run(), {.width = 80}), narrow = terminal(run(), {.width = 60});
  EXPECT_THAT(wide, HasSubstr("dkim/reject     arrived enforced     –              refused 5.7.26\n"));
  EXPECT_THAT(narrow, HasSubstr("control arrived · enforced · refused 5.7.26\n"));
  EXPECT_THAT(narrow, HasSubstr("control arrived · recorded (dkim=fail) · INBOX\n"));
}

}  // namespace
}  // namespace mailprobe::reporter
