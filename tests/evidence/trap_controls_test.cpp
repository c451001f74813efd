// Absence counts beside controls alone: of who answered to the first address only, and of traps that nobody was asked
// for.
#include "evidence/json.h"
#include "tests/evidence/trapped_document.h"

namespace mailprobe::evidence {
namespace {

using test::CheckRow;
using enum Verdict;

const CheckRow rows[] = {
    {"dnssec_absent_of_who_answered_to_the_control_alone",
     answer_to_good_alone,
     dnssec,
     inconclusive,
     Cause::no_control,
     {"nothing came to dane-right either", "1 of 13 addresses"}},
    {"downgrade_absent_of_who_answered_to_the_control_alone", answer_to_good_alone, downgrade, inconclusive,
     Cause::no_control},
    {"tls10_absent_of_who_answered_to_the_control_alone",
     answer_to_good_alone,
     version,
     inconclusive,
     Cause::no_control,
     {"nothing came to dane-right either"},
     "trap tls10-only"},
    {"tls13_absent_of_who_answered_to_the_control_alone",
     [](Document& d) {
       answer_to_good_alone(d);
       speak_tls12(d);
     },
     version,
     inconclusive,
     Cause::no_control,
     {"nothing came to dane-right either"},
     "trap tls13-only"},
    {"ipv6_absent_of_who_answered_to_the_control_alone",
     answer_to_good_alone,
     ipv6,
     inconclusive,
     Cause::no_control,
     {},
     "trap ipv6-only"},
    {"greylist_of_who_answered_to_the_control_alone", answer_to_good_alone, greylist, inconclusive, Cause::no_control},
    {"dane_absent_of_who_did_not_answer_to_sts_right",
     [](Document& d) { lose(d, trap::sts_right); },
     dane,
     inconclusive,
     Cause::no_control,
     {"nothing came to sts-right either", "2 of 13 addresses"}},
    {"dnssec_absent_where_we_turned_a_call_at_a_sound_host_away",
     [](Document& d) {
       lose(d, trap::sts_right);
       turn_away(d, trap::sts_right);
     },
     dnssec,
     inconclusive,
     Cause::own_limit,
     {"at its trap sts-right away"}},
    {"dnssec_absent_of_who_shied_away_from_a_sound_host",
     [](Document& d) {
       lose(d, trap::dane_right);
       came(d, trap::dane_right, Way::alert, 2);
     },
     dnssec, pass},
    {"dnssec_absent_of_who_gave_a_sound_host_up",
     [](Document& d) {
       lose(d, trap::dane_right);
       bounced(d, trap::dane_right, "failed", "5.7.5");
     },
     dnssec, pass},
    {"downgrade_absent_of_who_called_there",
     [](Document& d) {
       answer_to_good_alone(d);
       came(d, trap::hidden_starttls, Way::gone, 2);
     },
     downgrade, pass},
    {"dnssec_absent_beside_one_sound_host",
     [](Document& d) {
       answer_to_good_alone(d);
       leave_out(d, trap::dane_right, "x");
       leave_out(d, trap::sts_right, "x");
     },
     dnssec,
     inconclusive,
     Cause::no_control,
     {"no second host without a fault was asked for"}},
    {"dnssec_absent_beside_two_sound_hosts",
     [](Document& d) {
       lose(d, trap::dane_right);
       leave_out(d, trap::dane_right, "x");
     },
     dnssec, pass},
    {"dnssec_bounced_to_who_answered_to_the_control_alone",
     [](Document& d) {
       answer_to_good_alone(d);
       bounced(d, trap::bogus, "failed", "4.4.3");
     },
     dnssec, pass},

    {"control_not_asked_for",
     [](Document& d) {
       std::erase_if(d.probes.front().traps->asked, [](const TrapAsked& one) { return one.name == trap::dane_right; });
       lose(d, trap::dane_right);
     },
     dane,
     inconclusive,
     Cause::no_control,
     {"control dane-right was not asked for"}},
    {"left_out",
     [](Document& d) { leave_out(d, trap::dane_wrong, "is not signed"); },
     dane,
     not_tested,
     Cause::own_limit,
     {"The trap dane-wrong was not asked for: is not signed"},
     "probe"},
    {"greylist_left_out", [](Document& d) { leave_out(d, trap::greylist, "x"); }, greylist, not_tested,
     Cause::own_limit},
    {"hidden_left_out", [](Document& d) { leave_out(d, trap::hidden_starttls, "x"); }, downgrade, not_tested,
     Cause::own_limit},
    {"tls13_left_out",
     [](Document& d) { leave_out(d, trap::tls13_only, "x"); },
     version,
     not_tested,
     Cause::own_limit,
     {},
     "trap tls13-only"},
};

class TrapControls : public testing::TestWithParam<CheckRow> {};
TEST_P(TrapControls, Judge) { test::expect_row(trapped(), GetParam()); }
INSTANTIATE_TEST_SUITE_P(All, TrapControls, testing::ValuesIn(rows),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(TrapChecks, AControlThatIsLeftOutIsNoFinding) {
  auto document = trapped();
  leave_out(document, trap::sts_right, "is not published");
  for (const auto& finding : assess(document, embedded))
    EXPECT_EQ(finding.summary.find("sts-right was not asked for: "), std::string::npos) << finding.summary;
}

TEST(TrapChecks, EveryControlIsACase) {
  for (const auto& one : trap_cases) EXPECT_TRUE(one.control.empty() || find_trap(one.control) != nullptr) << one.name;
  EXPECT_EQ(find_trap("other"), nullptr);
}

TEST(TrapWatch, GoesThroughJson) {
  auto document = trapped();
  leave_out(document, trap::good, "is not published");
  const auto again = from_json(to_json(document));
  ASSERT_TRUE(again) << again.error().message;
  const auto& watch = again->probes.front().traps;
  ASSERT_TRUE(watch);
  EXPECT_EQ(watch->asked.size(), trap_cases.size() - 1);
  ASSERT_EQ(watch->left_out.size(), 1U);
  EXPECT_EQ(watch->left_out.front().name, "good");
  EXPECT_EQ(watch->left_out.front().reason, "is not published");
  EXPECT_EQ(watch->asked.back().name, "tls13-only");
  EXPECT_TRUE(watch->completed);
}

}  // namespace
}  // namespace mailprobe::evidence
