// What mail to our traps, or its absence, says about who sends.
#include "evidence/traps.h"

#include "evidence/json.h"
#include "tests/evidence/findings_of.h"
#include "tests/support/documents.h"

namespace mailprobe::evidence {
namespace {

using test::CheckRow;
using enum Verdict;

enum class Way { tls, plain, gone, refused };

/// A session that somebody opened to a trap, so many minutes after the message went out.
Session session(std::string_view trap, Way way, int minute, std::string address = "192.0.2.1") {
  Session one;
  one.trap = trap;
  one.address = std::move(address);
  one.helo = "mx1.target.test";
  one.started = parse_rfc3339("2026-01-31T12:00:00Z").value() + std::chrono::minutes(minute);
  if (way != Way::plain) one.tls.emplace().version = "TLSv1.3";
  if (way != Way::gone) one.mail_from = "someone@target.test";
  if (way == Way::tls || way == Way::plain) one.recipients = {"probe+ID@trap." + std::string(trap)};
  one.end = way == Way::gone ? "closed" : "quit";
  return one;
}

/// The controls were served within a minute; all of trap_wait is over.
Document trapped() {
  auto document = test::good_delivery();
  auto& probe = document.probes.front();
  probe.traps.emplace();
  for (const auto& one : trap_cases)
    probe.traps->asked.push_back({std::string(one.name), "probe+id@trap-" + std::string(one.name) + ".probe.test"});
  probe.traps->waited_ms = 4 * 3'600'000;
  probe.traps->completed = true;
  for (const auto name : {trap::good, trap::dane_right, trap::sts_right})
    probe.sessions.push_back(session(name, Way::tls, 1));
  return document;
}

void came(Document& document, std::string_view trap, Way way, int minute, std::string address = "192.0.2.1") {
  document.probes.front().sessions.push_back(session(trap, way, minute, std::move(address)));
}
void lose(Document& document, std::string_view trap) {
  std::erase_if(document.probes.front().sessions, [&](const Session& one) { return one.trap == trap; });
}
void too_early(Document& document) {
  document.probes.front().traps->completed = false;
  document.probes.front().traps->waited_ms = 300'000;
}
void report(Document& document, std::string domain, std::int64_t failed) {
  auto& one = document.probes.front().reports.emplace_back();
  one.kind = "tls";
  one.domain = std::move(domain);
  one.failed = failed;
  one.policy = "tlsa";
  if (failed > 0) one.rows = {{.count = failed, .result_type = "validation-failure"}};
}

constexpr auto dane = "outbound.dane-enforced", sts = "outbound.mta-sts-enforced", dnssec = "outbound.dnssec-validates",
               downgrade = "outbound.downgrade", greylist = "outbound.greylist-retry";

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
    {"sts_went_away", [](Document& d) { came(d, trap::sts_wrong, Way::gone, 2); }, sts, pass},
    {"sts_not_enforced", [](Document& d) { came(d, trap::sts_wrong, Way::tls, 2); }, sts, warn},
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
    {"greylist_not_yet",
     [](Document& d) {
       too_early(d);
       came(d, trap::greylist, Way::refused, 1);
     },
     greylist, inconclusive, Cause::timed_out},
    {"greylist_never_tried", [](Document& d) { lose(d, trap::good); }, greylist, inconclusive, Cause::no_control},
};

class TrapChecks : public testing::TestWithParam<CheckRow> {};
TEST_P(TrapChecks, Judge) { test::expect_row(trapped(), GetParam()); }
INSTANTIATE_TEST_SUITE_P(All, TrapChecks, testing::ValuesIn(rows),
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

TEST(TrapChecks, EveryControlIsACase) {
  for (const auto& one : trap_cases) EXPECT_TRUE(one.control.empty() || find_trap(one.control) != nullptr) << one.name;
  EXPECT_EQ(find_trap("other"), nullptr);
}

TEST(TrapWatch, GoesThroughJson) {
  const auto again = from_json(to_json(trapped()));
  ASSERT_TRUE(again) << again.error().message;
  const auto& watch = again->probes.front().traps;
  ASSERT_TRUE(watch);
  EXPECT_EQ(watch->asked.size(), trap_cases.size());
  EXPECT_EQ(watch->asked.back().name, "tls13-only");
  EXPECT_TRUE(watch->completed);
}

}  // namespace
}  // namespace mailprobe::evidence
