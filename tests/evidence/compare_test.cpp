// Two documents side by side: what is better, worse, changed, new and gone, and what exit status that is.
#include "evidence/compare.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "evidence/assess.h"
#include "evidence/json.h"
#include "evidence/scores.h"
#include "tests/support/documents.h"

namespace mailprobe::evidence {
namespace {

using ::testing::HasSubstr;

Document assessed(Document document) {
  document.findings = assess(document, embedded);
  document.scores = score(document);
  return document;
}

/// "finding inbound.certificate pass -> fail: expired"
std::string line_of(const Difference& each) {
  return each.what + " " + each.check.value_or(each.subject) + " " + each.before.value_or("-") + " -> " +
         each.after.value_or("-");
}

std::vector<std::string> lines_of(const std::vector<Difference>& all) {
  std::vector<std::string> lines;
  lines.reserve(all.size());
  for (const auto& each : all) lines.push_back(line_of(each));
  return lines;
}

std::vector<std::string> everything(const Comparison& comparison) {
  std::vector<std::string> all;
  for (const auto* list :
       {&comparison.better, &comparison.worse, &comparison.changed, &comparison.appeared, &comparison.gone})
    for (const auto& line : lines_of(*list)) all.push_back(line);
  return all;
}

TEST(Compare, ARunAndItselfAreTheSame) {
  for (const auto& [name, document] : test::all_documents()) {
    const auto whole = assessed(document);
    EXPECT_THAT(everything(compare(whole, whole)), testing::IsEmpty()) << name;
    EXPECT_EQ(comparison_status(compare(whole, whole), true), 0) << name;
  }
}

TEST(Compare, NamesTheEarlierRun) {
  auto before = test::good_delivery();
  before.run.exit = 1;
  const auto with = compare(before, test::footer_delivery()).with;
  EXPECT_EQ(with.id, before.run.id);
  EXPECT_EQ(with.started, before.run.started);
  EXPECT_EQ(with.exit, 1);
}

TEST(Compare, WhatBecameWorseAndWhatBecameBetterMirrorEachOther) {
  const auto good = assessed(test::good_delivery()), footer = assessed(test::footer_delivery());
  const auto there = compare(good, footer), back = compare(footer, good);
  EXPECT_THAT(lines_of(there.worse), testing::Contains("finding path.dkim-survival pass -> fail"));
  EXPECT_THAT(lines_of(back.better), testing::Contains("finding path.dkim-survival fail -> pass"));
  EXPECT_EQ(there.worse.size(), back.better.size());
  EXPECT_EQ(there.better.size(), back.worse.size());
  EXPECT_EQ(comparison_status(there, false), 1);
  EXPECT_EQ(comparison_status(back, false), 0);
}

/// One thing that is changed about a good delivery, and what the comparison says of it.
struct Row {
  const char* name;
  void (*change)(Document&);
  std::vector<Difference> Comparison::* list;
  std::string says;  // the beginning of line_of
  int status = 0, strict = 0;
};
void PrintTo(const Row& row, std::ostream* os) { *os << row.name; }

Finding& finding(Document& document, std::string_view check) {
  return *std::ranges::find(document.findings, check, &Finding::check);
}

void set(Document& document, void (*change)(Attempt&)) {
  change(document.probes[0].attempts[0]);
  document.probes[0].smtp = document.probes[0].attempts[0];
}

const Row rows[] = {
    {"to_fail",
     [](Document& d) {
       finding(d, "inbound.certificate").verdict = Verdict::fail;
       finding(d, "inbound.certificate").cause = Cause::expired;
     },
     &Comparison::worse, "finding inbound.certificate pass -> fail: expired", 1, 1},
    {"to_warn", [](Document& d) { finding(d, "inbound.certificate").verdict = Verdict::warn; }, &Comparison::worse,
     "finding inbound.certificate pass -> warn", 0, 1},
    {"to_inconclusive", [](Document& d) { finding(d, "inbound.certificate").verdict = Verdict::inconclusive; },
     &Comparison::changed, "finding inbound.certificate pass -> inconclusive", 3, 3},
    {"to_our_fault", [](Document& d) { finding(d, "inbound.certificate").verdict = Verdict::error; },
     &Comparison::changed, "finding inbound.certificate pass -> error", 3, 3},
    {"not_tested_any_more", [](Document& d) { finding(d, "inbound.certificate").verdict = Verdict::not_tested; },
     &Comparison::gone, "finding inbound.certificate pass -> -", 0, 0},
    {"a_new_failure",
     [](Document& d) {
       auto other = finding(d, "inbound.certificate");
       other.subject = "cert mx9.target.test 192.0.2.9 rsa";
       other.verdict = Verdict::fail;
       d.findings.push_back(other);
     },
     &Comparison::appeared, "finding inbound.certificate - -> fail", 1, 1},
    {"the_worst_of_several",
     [](Document& d) {
       auto other = finding(d, "inbound.certificate");
       other.verdict = Verdict::fail;
       d.findings.push_back(other);
     },
     &Comparison::worse, "finding inbound.certificate pass -> fail", 1, 1},
    {"another_mail_server", [](Document& d) { d.target.mx.push_back({.host = "mx9.target.test", .preference = 30}); },
     &Comparison::changed, "mx mx mx9.target.test - -> 30", 0, 0},
    {"a_mail_server_less", [](Document& d) { d.target.mx.pop_back(); }, &Comparison::changed,
     "mx mx mx2.target.test 20 -> -", 0, 0},
    {"another_preference", [](Document& d) { d.target.mx[0].preference = 5; }, &Comparison::changed,
     "mx mx mx1.target.test 10 -> 5", 0, 0},
    {"another_address", [](Document& d) { d.target.mx[0].addresses.push_back({.ip = "192.0.2.77"}); },
     &Comparison::changed, "address address mx1.target.test 192.0.2.77 - -> 192.0.2.77", 0, 0},
    {"another_record", [](Document& d) { d.target.policies["spf"] = "v=spf1 -all"; }, &Comparison::changed,
     "record domain target.test ", 0, 0},
    {"a_new_certificate",
     [](Document& d) { set(d, [](Attempt& it) { it.tls->certificates[0].sha256 = std::string(64, 'f'); }); },
     &Comparison::changed, "certificate cert mx1.target.test 192.0.2.1 ", 0, 0},
    {"an_older_tls", [](Document& d) { set(d, [](Attempt& it) { it.tls->version = "TLSv1.2"; }); }, &Comparison::worse,
     "tls-version address mx1.target.test 192.0.2.1 TLSv1.3 -> TLSv1.2", 0, 1},
    {"another_group", [](Document& d) { set(d, [](Attempt& it) { it.tls->group = "secp256r1"; }); },
     &Comparison::changed, "tls-parameters address mx1.target.test 192.0.2.1 ", 0, 0},
    {"a_slow_session", [](Document& d) { set(d, [](Attempt& it) { it.duration_ms = 2015; }); }, &Comparison::worse,
     "session-time address mx1.target.test 192.0.2.1 15ms -> 2s15ms", 0, 1},
    {"a_slow_way", [](Document& d) { d.probes[0].mailbox->delay_ms = 10'420; }, &Comparison::worse,
     "latency probe default 420ms -> 10s420ms", 0, 1},
    {"another_folder", [](Document& d) { d.probes[0].mailbox->folder = "Lists"; }, &Comparison::changed,
     "folder probe default INBOX -> Lists", 0, 0},
    {"a_lower_score", [](Document& d) { d.scores[0].value -= 1; }, &Comparison::worse, "score mecsa, ", 0, 1},
};

TEST(Compare, AScoreOfWhatWasNotSeenIsNoWorse) {
  auto before = assessed(test::good_delivery());
  before.scores = {{"mecsa", "confidential delivery", 10, 10, {"starttls: in place"}}};
  auto after = before;
  after.scores = {{"mecsa", "confidential delivery", 0, 10, {"starttls: not determined"}}};
  EXPECT_EQ(everything(compare(before, after)), std::vector<std::string>{});
}

class Changed : public testing::TestWithParam<Row> {};

TEST_P(Changed, IsTheOnlyDifference) {
  const auto& row = GetParam();
  const auto before = assessed(test::good_delivery());
  auto after = before;
  row.change(after);
  const auto comparison = compare(before, after);
  EXPECT_THAT(lines_of(comparison.*row.list), testing::ElementsAre(testing::StartsWith(row.says)));
  EXPECT_EQ(everything(comparison).size(), 1U) << testing::PrintToString(everything(comparison));
  EXPECT_FALSE((comparison.*row.list).front().summary.empty());
  EXPECT_EQ(comparison_status(comparison, false), row.status);
  EXPECT_EQ(comparison_status(comparison, true), row.strict);
}

INSTANTIATE_TEST_SUITE_P(Rows, Changed, testing::ValuesIn(rows), [](const auto& info) { return info.param.name; });

/// What is no news: below the threshold, not known on one side, found later.
struct Quiet {
  const char* name;
  void (*change)(Document&);
};
void PrintTo(const Quiet& row, std::ostream* os) { *os << row.name; }

const Quiet quiet[] = {
    {"a_little_slower", [](Document& d) { d.probes[0].mailbox->delay_ms = 10'419; }},
    {"slower_by_less_than_twice",
     [](Document& d) {
       d.probes[0].attempts[0].duration_ms = d.probes[0].smtp->duration_ms = 29;  // of 15
     }},
    {"found_later",
     [](Document& d) {
       d.probes[0].mailbox->delay_ms = 900'000;
       d.probes[0].mailbox->late = true;
     }},
    {"a_negative_time", [](Document& d) { d.probes[0].mailbox->delay_ms = INT64_MIN; }},
    {"records_not_looked_up", [](Document& d) { d.target.policies.clear(); }},
    {"name_servers_not_looked_up", [](Document& d) { d.target.ns = std::vector{NameServer{"ns1.target.test", {}}}; }},
    {"another_id", [](Document& d) { d.run.id = "20260201T120000Z-bbbbbb"; }},
    {"another_sentence", [](Document& d) { finding(d, "inbound.certificate").summary = "Valid for 20 days."; }},
};

class NoNews : public testing::TestWithParam<Quiet> {};

TEST_P(NoNews, IsNotTold) {
  const auto before = assessed(test::good_delivery());
  auto after = before;
  GetParam().change(after);
  EXPECT_THAT(everything(compare(before, after)), testing::IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Rows, NoNews, testing::ValuesIn(quiet), [](const auto& info) { return info.param.name; });

TEST(Compare, AFailedLookUpIsNoMailServerLess) {
  const auto before = assessed(test::good_delivery());
  auto after = before;
  after.target.shape = MxShape::failed;
  after.target.mx.clear();
  EXPECT_THAT(everything(compare(before, after)), testing::IsEmpty());
}

TEST(Compare, ProbesAreFoundAgainByTheirNames) {
  const auto before = assessed(test::scenario_run());
  auto after = before;
  after.probes[0].id = "another";
  for (auto& each : after.findings)
    if (each.probe == before.probes[0].id) each.probe = "another";
  for (auto& each : after.expectations)
    if (each.probe == before.probes[0].id) each.probe = "another";
  EXPECT_THAT(everything(compare(before, after)), testing::IsEmpty());
}

TEST(Compare, ExpectationsOfAScenarioAreHeldAgainstEachOther) {
  const auto before = assessed(test::scenario_run());
  auto after = before;
  after.expectations[0].verdict = Verdict::fail;
  after.expectations[0].found = "fail";
  const auto comparison = compare(before, after);
  EXPECT_THAT(lines_of(comparison.worse), testing::ElementsAre("expectation dkim[r1].result == pass pass -> fail"));
  EXPECT_EQ(comparison.worse[0].probe, "plain");
  EXPECT_THAT(comparison.worse[0].summary, HasSubstr("Found: fail."));
  EXPECT_EQ(comparison_status(comparison, false), 1);
}

TEST(Compare, AGradeThatRisesIsBetter) {
  auto before = assessed(test::looked_up());
  auto& row = finding(before, "inbound.spf-evaluated");
  row.verdict = Verdict::pass;
  row.grade = Grade::looked_up;
  auto after = before;
  finding(after, "inbound.spf-evaluated").grade = Grade::recorded;
  EXPECT_THAT(lines_of(compare(before, after).better),
              testing::ElementsAre("finding inbound.spf-evaluated pass (looked-up) -> pass (recorded)"));
}

TEST(Compare, TellsWhetherTheKeyIsTheSame) {
  const auto before = assessed(test::good_delivery());
  auto after = before;
  auto& renewed = after.probes[0].attempts[0].tls->certificates[0];
  renewed.sha256 = std::string(64, 'f');
  renewed.not_after = *parse_rfc3339("2026-12-24T00:00:00Z");
  EXPECT_THAT(compare(before, after).changed.at(0).summary, HasSubstr("until 2026-12-24"));
  EXPECT_THAT(compare(before, after).changed.at(0).summary, HasSubstr("with the same key"));
  renewed.spki_sha256 = std::string(64, 'e');
  EXPECT_THAT(compare(before, after).changed.at(0).summary, HasSubstr("with another key"));
}

TEST(Compare, PointsIntoTheLaterDocument) {
  const auto before = assessed(test::good_delivery()), after = assessed(test::footer_delivery());
  const auto comparison = compare(before, after);
  ASSERT_FALSE(comparison.worse.empty());
  EXPECT_FALSE(comparison.worse[0].evidence.empty());
}

TEST(Compare, SurvivesWhatAnybodyMayWrite) {
  for (const auto* payload : {"\x1b[2J", "<script>", "pass", ": fail", ""}) {
    const auto hostile = assessed(test::hostile(payload)), good = assessed(test::good_delivery());
    for (const auto& each : compare(good, hostile).changed) EXPECT_EQ(each.summary.find('\x1b'), std::string::npos);
    (void)compare(hostile, good);
  }
}

// --- the trend ------------------------------------------------------------------------------------------------------

TEST(Trend, APointCountsVerdictsAndTakesTheMedian) {
  auto document = test::scenario_run();
  document.run.command = "mailprobe send --to reflector@target.test";
  document.probes.push_back(document.probes[0]);
  document.probes[0].mailbox->delay_ms = 100;
  document.probes[1].mailbox->delay_ms = 90'000;
  document.probes[2].mailbox->delay_ms = 300;
  document.findings = {{.verdict = Verdict::pass}, {.verdict = Verdict::pass},         {.verdict = Verdict::warn},
                       {.verdict = Verdict::fail}, {.verdict = Verdict::inconclusive}, {.verdict = Verdict::error},
                       {.verdict = Verdict::info}, {.verdict = Verdict::not_tested}};
  const auto point = trend_point(document);
  EXPECT_EQ(point.passed, 2);
  EXPECT_EQ(point.warned, 1);
  EXPECT_EQ(point.failed, 1);
  EXPECT_EQ(point.undetermined, 2);
  EXPECT_EQ(point.latency_ms, 300);
  EXPECT_EQ(point.session_ms, 15);
  EXPECT_EQ(point.id, document.run.id);
}

TEST(Trend, OfARunTheExpectationsCount) {
  auto document = assessed(test::scenario_run());
  document.expectations.resize(4);
  document.expectations[0].verdict = document.expectations[1].verdict = Verdict::fail;
  document.expectations[2].verdict = Verdict::pass;
  document.expectations[3].verdict = Verdict::inconclusive;
  const auto point = trend_point(document);
  EXPECT_EQ(point.failed, 2);
  EXPECT_EQ(point.passed, 1);
  EXPECT_EQ(point.undetermined, 1);
  EXPECT_EQ(point.warned, 0);
}

TEST(Trend, WithoutACopyThereIsNoLatency) {
  EXPECT_EQ(trend_point(test::rejected()).latency_ms, std::nullopt);
  EXPECT_EQ(trend_point(test::no_such_domain()).session_ms, std::nullopt);
  auto late = test::good_delivery();
  late.probes[0].mailbox->late = true;
  EXPECT_EQ(trend_point(late).latency_ms, std::nullopt);
}

TEST(Command, IsTheFirstWordThatIsOne) {
  Document document;
  for (const auto& [text, command] : {std::pair{"mailprobe --lab send --to run@x.test", "send"},
                                      {"mailprobe inspect send.test", "inspect"},
                                      {"mailprobe --lab run daily.yaml", "run"},
                                      {"mailprobe verify x", ""},
                                      {"", ""}}) {
    document.run.command = text;
    EXPECT_EQ(command_of(document), command) << text;
  }
}

TEST(ComparisonJson, SaysWhichRunIsTheLater) {
  const auto document = test::compared();
  const auto text = to_json(*document.comparison, document.run);
  EXPECT_THAT(text, testing::StartsWith(R"({"schema":"mailprobe-diff/1","run":{"id":"20260131T120000Z-k7q3zx")"));
  EXPECT_THAT(text, HasSubstr(R"("comparison":{"with":{"id":"20260130T120000Z-aaaaaa")"));
}

}  // namespace
}  // namespace mailprobe::evidence
