// Whether DANE, MTA-STS, DNSSEC and TLS are insisted on, and a deferral is heeded: by mail to our traps, or its
// absence.
#include "tests/evidence/trapped_document.h"

namespace mailprobe::evidence {
namespace {

using test::CheckRow;
using enum Verdict;

const CheckRow rows[] = {
    {"dane_went_away",
     [](Document& d) {
       too_early(d);
       came(d, trap::dane_wrong, Way::gone, 2);
     },
     dane,
     pass,
     {},
     {"192.0.2.1 (mx1.target.test) went away after TLS"}},
    {"dane_absent", [](Document&) {}, dane, pass, {}, {"Nothing came", "within 4h"}},
    {"dane_absent_too_early", too_early, dane, inconclusive, Cause::timed_out, {"within 5m"}},
    {"dane_absent_while_nobody_received",
     unattended,
     dane,
     inconclusive,
     Cause::own_limit,
     {"nobody received", "from 2026-01-31T12:05:00Z to 2026-01-31T13:05:00Z"}},
    {"dane_turned_away_by_us",
     [](Document& d) { turn_away(d, trap::dane_wrong); },
     dane,
     inconclusive,
     Cause::own_limit,
     {"turned a call from 192.0.2.1", "421 4.3.2"}},
    {"dane_turned_away_elsewhere", [](Document& d) { turn_away(d, trap::bogus); }, dane, pass},
    {"dane_turned_away_and_went_away",
     [](Document& d) {
       turn_away(d, trap::dane_wrong);
       came(d, trap::dane_wrong, Way::gone, 5);
     },
     dane, pass},
    {"dane_control_turned_away",
     [](Document& d) {
       lose(d, trap::dane_right);
       turn_away(d, trap::dane_right);
     },
     dane, inconclusive, Cause::own_limit},
    {"dane_we_went_down",
     [](Document& d) { go_down(d, trap::dane_wrong); },
     dane,
     inconclusive,
     Cause::own_limit,
     {"421 4.3.2 Going down"}},
    {"dane_turned_away_and_bounced_for_security",
     [](Document& d) {
       turn_away(d, trap::dane_wrong);
       bounced(d, trap::dane_wrong, "failed", "5.7.5");
     },
     dane, pass},
    {"dane_turned_away_and_bounced",
     [](Document& d) {
       turn_away(d, trap::dane_wrong);
       bounced(d, trap::dane_wrong, "failed", "5.0.0");
     },
     dane, inconclusive, Cause::own_limit},
    {"greylist_turned_away_and_bounced",
     [](Document& d) {
       came(d, trap::greylist, Way::refused, 1);
       turn_away(d, trap::greylist);
       bounced(d, trap::greylist, "failed", "4.4.7");
     },
     greylist, inconclusive, Cause::own_limit},
    {"dnssec_turned_away_by_us", [](Document& d) { turn_away(d, trap::bogus); }, dnssec, inconclusive,
     Cause::own_limit},
    {"downgrade_turned_away_by_us", [](Document& d) { turn_away(d, trap::hidden_starttls); }, downgrade, inconclusive,
     Cause::own_limit},
    {"dnssec_absent_while_nobody_received", unattended, dnssec, inconclusive, Cause::own_limit},
    {"downgrade_absent_while_nobody_received", unattended, downgrade, inconclusive, Cause::own_limit},
    {"dane_went_away_while_somebody_received",
     [](Document& d) {
       unattended(d);
       came(d, trap::dane_wrong, Way::gone, 2);
     },
     dane, pass},
    {"dane_reported",
     [](Document& d) {
       too_early(d);
       report(d, "Trap-dane-wrong.probe.test", 2);
     },
     dane,
     pass,
     {},
     {"TLS report"}},
    {"dane_report_without_failures",
     [](Document& d) {
       too_early(d);
       report(d, "trap-dane-wrong.probe.test", 0);
     },
     dane, inconclusive, Cause::timed_out},
    {"dane_report_of_another_trap",
     [](Document& d) {
       too_early(d);
       report(d, "trap-sts-wrong.probe.test", 2);
     },
     dane, inconclusive, Cause::timed_out},
    {"dane_not_enforced",
     [](Document& d) {
       came(d, trap::dane_wrong, Way::gone, 2);
       came(d, trap::dane_wrong, Way::tls, 3, "192.0.2.2");
     },
     dane,
     warn,
     {},
     {"over TLSv1.3, from 192.0.2.2"}},
    {"dane_without_control", [](Document& d) { lose(d, trap::dane_right); }, dane, inconclusive, Cause::no_control},
    {"dane_went_away_without_control",
     [](Document& d) {
       lose(d, trap::dane_right);
       came(d, trap::dane_wrong, Way::gone, 2);
     },
     dane, inconclusive, Cause::no_control},
    {"dane_arrival_needs_no_control",
     [](Document& d) {
       lose(d, trap::dane_right);
       came(d, trap::dane_wrong, Way::tls, 2);
     },
     dane, warn},
    {"dane_interrupted",
     [](Document& d) {
       too_early(d);
       d.run.interrupted = true;
     },
     dane, inconclusive, Cause::interrupted},
    {"dane_rejected",
     [](Document& d) {
       too_early(d);
       came(d, trap::dane_wrong, Way::alert, 2);
     },
     dane,
     pass,
     {},
     {"rejected the certificate (alert unknown_ca)", "192.0.2.1 (mx1.target.test)"}},
    {"dane_rejected_without_control",
     [](Document& d) {
       lose(d, trap::dane_right);
       came(d, trap::dane_wrong, Way::alert, 2);
     },
     dane, inconclusive, Cause::no_control},
    {"dane_rejected_and_in_plain_text",
     [](Document& d) {
       came(d, trap::dane_wrong, Way::alert, 2);
       came(d, trap::dane_wrong, Way::plain, 3);
     },
     dane,
     warn,
     {},
     {"in plain text"}},
    {"dane_rejected_by_who_rejects_its_control_too_and_comes",
     [](Document& d) {
       too_early(d);
       came(d, trap::dane_right, Way::alert, 1);
       came(d, trap::dane_wrong, Way::alert, 2);
     },
     dane, inconclusive, Cause::timed_out},
    {"sts_rejected",
     [](Document& d) {
       too_early(d);
       came(d, trap::wrong_name, Way::tls, 1);
       came(d, trap::sts_wrong, Way::alert, 2);
     },
     sts, pass},
    {"sts_rejected_by_who_rejects_all_and_comes",
     [](Document& d) {
       too_early(d);
       came(d, trap::wrong_name, Way::alert, 1);
       came(d, trap::wrong_name, Way::plain, 2);
       came(d, trap::sts_wrong, Way::alert, 2);
     },
     sts, inconclusive, Cause::timed_out},
    {"sts_rejected_by_who_rejects_all_for_good",
     [](Document& d) {
       too_early(d);
       came(d, trap::wrong_name, Way::alert, 1);
       came(d, trap::sts_wrong, Way::alert, 2);
     },
     sts, pass},
    {"sts_broken_off_for_another_reason",
     [](Document& d) {
       too_early(d);
       came(d, trap::sts_wrong, Way::alert, 2);
       d.probes.front().sessions.back().tls_alert = "handshake_failure";
     },
     sts, inconclusive, Cause::timed_out},
    {"bogus_rejected_proves_nothing",
     [](Document& d) {
       too_early(d);
       came(d, trap::bogus, Way::alert, 2);
       came(d, trap::bogus, Way::gone, 3);
     },
     dnssec, inconclusive, Cause::timed_out},
    {"dane_bounced",
     [](Document& d) { early_bounce(d, trap::dane_wrong, "failed", "5.7.5"); },
     dane,
     pass,
     {},
     {"A bounce tells that mail to a host whose TLSA record is of another key was not delivered"}},
    {"dane_delayed_for_it", [](Document& d) { early_bounce(d, trap::dane_wrong, "delayed", "4.7.5"); }, dane, pass},
    {"dane_delayed_for_whatever", [](Document& d) { early_bounce(d, trap::dane_wrong, "delayed", "4.0.0"); }, dane,
     inconclusive, Cause::timed_out},
    {"dane_given_up", [](Document& d) { early_bounce(d, trap::dane_wrong, "failed", "5.0.0"); }, dane, pass},
    {"dane_not_reached", [](Document& d) { early_bounce(d, trap::dane_wrong, "failed", "4.4.1"); }, dane, inconclusive,
     Cause::timed_out},
    {"dane_relayed", [](Document& d) { early_bounce(d, trap::dane_wrong, "relayed", "2.7.5"); }, dane, inconclusive,
     Cause::timed_out},
    {"dane_bounce_of_another_trap", [](Document& d) { early_bounce(d, trap::sts_wrong, "failed", "5.7.5"); }, dane,
     inconclusive, Cause::timed_out},
    {"dane_bounced_without_control",
     [](Document& d) {
       lose(d, trap::dane_right);
       bounced(d, trap::dane_wrong, "failed", "5.7.5");
     },
     dane, inconclusive, Cause::no_control},
    {"sts_bounced_to_the_mailbox",
     [](Document& d) {
       early_bounce(d, trap::sts_wrong, "failed", "5.7.5");
       auto& probe = d.probes.front();
       auto statuses = std::exchange(probe.replies, {}).front().statuses;
       probe.watch.emplace().answers.push_back({"bounce", "INBOX", {}, std::move(statuses)});
     },
     sts, pass},
    {"bogus_bounced", [](Document& d) { early_bounce(d, trap::bogus, "failed", "4.4.3"); }, dnssec, pass},
    {"bogus_bounced_for_the_certificate", [](Document& d) { early_bounce(d, trap::bogus, "failed", "4.7.5"); }, dnssec,
     inconclusive, Cause::timed_out},
    {"hidden_bounced", [](Document& d) { early_bounce(d, trap::hidden_starttls, "failed", "4.7.4"); }, downgrade, pass},
    {"tls10_bounced",
     [](Document& d) { early_bounce(d, trap::tls10_only, "failed", "4.7.5"); },
     version,
     pass,
     {},
     {"A bounce tells"},
     "trap tls10-only"},
    {"greylist_bounced",
     [](Document& d) {
       early_bounce(d, trap::greylist, "failed", "4.7.1");
       came(d, trap::greylist, Way::refused, 1);
     },
     greylist,
     fail,
     {},
     {"gave up, as a bounce tells"}},
    {"greylist_told_550",
     [](Document& d) {
       came(d, trap::greylist, Way::refused, 1);
       d.probes.front().sessions.back().probe.reset();
     },
     greylist,
     inconclusive,
     Cause::timed_out,
     {"nothing to try again"}},
    {"sts_went_away", [](Document& d) { came(d, trap::sts_wrong, Way::gone, 2); }, sts, pass},
    {"sts_not_enforced",
     [](Document& d) {
       came(d, trap::sts_wrong, Way::tls, 2);
       const auto& one = d.probes.front().sessions.back();
       d.probes.front().traps->policy_fetches = {
           {.time = one.started, .address = one.address, .name = {}, .outcome = "served"}};
     },
     sts, warn},
    {"sts_without_control", [](Document& d) { lose(d, trap::sts_right); }, sts, inconclusive, Cause::no_control},
    {"bogus_absent", [](Document&) {}, dnssec, pass},
    {"bogus_came", [](Document& d) { came(d, trap::bogus, Way::tls, 2); }, dnssec, warn},
    {"hidden_plain",
     [](Document& d) { came(d, trap::hidden_starttls, Way::plain, 1); },
     downgrade,
     warn,
     {},
     {"in plain text"}},
    {"hidden_came_again",
     [](Document& d) {
       auto first = session(trap::hidden_starttls, Way::gone, 1);
       first.tls.reset();
       d.probes.front().sessions.push_back(first);
       came(d, trap::hidden_starttls, Way::tls, 9);
     },
     downgrade,
     pass,
     {},
     {"then over TLSv1.3"}},
    {"hidden_from_nobody", [](Document& d) { came(d, trap::hidden_starttls, Way::tls, 1); }, downgrade, inconclusive,
     Cause::own_limit},
    {"hidden_absent", [](Document&) {}, downgrade, pass, {}, {"within 4h"}},
    {"hidden_too_early", too_early, downgrade, inconclusive, Cause::timed_out},
    {"greylist_came_again",
     [](Document& d) {
       came(d, trap::greylist, Way::tls, 16);
       came(d, trap::greylist, Way::refused, 1);
     },
     greylist,
     pass,
     {},
     {"15m later, from the same address"}},
    {"greylist_from_another_address",
     [](Document& d) {
       came(d, trap::greylist, Way::refused, 1);
       came(d, trap::greylist, Way::tls, 16, "192.0.2.9");
     },
     greylist,
     pass,
     {},
     {"another address, 192.0.2.9"}},
    {"greylist_never_again", [](Document& d) { came(d, trap::greylist, Way::refused, 1); }, greylist, fail,
     Cause::timed_out},
    {"greylist_never_again_while_nobody_received",
     [](Document& d) {
       unattended(d);
       came(d, trap::greylist, Way::refused, 1);
     },
     greylist, inconclusive, Cause::own_limit},
    {"greylist_came_again_to_a_receiver_that_had_forgotten",
     [](Document& d) {
       came(d, trap::greylist, Way::refused, 1);
       came(d, trap::greylist, Way::refused, 6);
     },
     greylist,
     pass,
     {},
     {"came again 5m later"}},
    {"greylist_not_yet",
     [](Document& d) {
       too_early(d);
       came(d, trap::greylist, Way::refused, 1);
     },
     greylist, inconclusive, Cause::timed_out},
    {"greylist_never_again_without_control",
     [](Document& d) {
       lose(d, trap::good);
       came(d, trap::greylist, Way::refused, 1);
     },
     greylist, inconclusive, Cause::no_control},
    {"greylist_not_greylisted",
     [](Document& d) {
       came(d, trap::greylist, Way::gone, 1);
       came(d, trap::greylist, Way::tls, 2);
     },
     greylist,
     inconclusive,
     Cause::own_limit,
     {"The 451 was not said"}},
    {"greylist_never_tried",
     [](Document&) {},
     greylist,
     inconclusive,
     Cause::timed_out,
     {"Nobody called", "nothing to try again"}},
    {"greylist_without_control", [](Document& d) { lose(d, trap::good); }, greylist, inconclusive, Cause::no_control},
};

class TrapVerdicts : public testing::TestWithParam<CheckRow> {};
TEST_P(TrapVerdicts, Judge) { test::expect_row(trapped(), GetParam()); }
INSTANTIATE_TEST_SUITE_P(All, TrapVerdicts, testing::ValuesIn(rows),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(TrapChecks, SayNothingOfWhatWasNotAsked) {
  auto document = trapped();
  auto& asked = document.probes.front().traps->asked;
  std::erase_if(asked, [](const TrapAsked& one) { return one.name == trap::dane_wrong; });
  EXPECT_TRUE(test::findings_of(document, dane).empty());
  EXPECT_FALSE(test::findings_of(document, sts).empty());
  document.probes.front().traps.reset();
  EXPECT_TRUE(test::findings_of(document, sts).empty());
}

TEST(TrapChecks, ABounceOfMailToATrapIsNotTheProbes) {
  auto document = trapped();
  auto& probe = document.probes.front();
  probe.mailbox.reset();
  probe.watch.emplace().completed = true;
  bounced(document, trap::dane_wrong, "failed", "5.7.5");
  probe.watch->answers.push_back({"bounce", "INBOX", {}, probe.replies.front().statuses});
  EXPECT_EQ(test::finding_of(document, "path.delivered", "probe").summary.find("bounce"), std::string::npos);
  probe.watch->answers.front().statuses.front().recipient = "reflector@target.test";
  EXPECT_NE(test::finding_of(document, "path.delivered", "probe").summary.find("bounce"), std::string::npos);
}

}  // namespace
}  // namespace mailprobe::evidence
