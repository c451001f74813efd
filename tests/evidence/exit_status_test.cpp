// The exit status of the contract (docs/architecture.md, Exit status), by document and by every set of verdicts.
#include "tests/evidence/findings_of.h"
#include "tests/support/documents.h"

namespace mailprobe::evidence {
namespace {

using enum Verdict;

Document assessed(Document document) {
  document.findings = assess(document, embedded);
  return document;
}

struct Row {
  const char* name;
  Document document;
  int status, nagios;
  int fail_on_warn = -1;  // where it differs
};
void PrintTo(const Row& row, std::ostream* os) { *os << row.name; }

Document with(Document document, void (*change)(Document&)) {
  change(document);
  return document;
}

std::vector<Row> rows() {
  return {
      {"good_delivery", test::good_delivery(), 0, 0},
      {"footer", test::footer_delivery(), 1, 2},
      {"junk", test::junk_delivery(), 0, 1, 1},
      {"rejected", test::rejected(), 1, 2},
      {"blocked", test::blocked(), 3, 3},
      {"greylisted", test::greylisted(), 3, 3},
      {"without_starttls", test::without_starttls(), 1, 2},
      {"old_tls", test::old_tls(), 1, 2},
      {"expired", test::expired_certificate(), 1, 2},
      {"wrong_name", test::wrong_name(), 1, 2},
      {"self_signed", test::self_signed(), 1, 2},
      {"possibly_delivered", test::possibly_delivered(), 3, 3},
      {"timed_out", test::timed_out(), 1, 2},
      {"interrupted", test::interrupted(), 3, 3},
      {"interrupted_after_a_failure", with(test::footer_delivery(), [](Document& d) { d.run.interrupted = true; }), 3,
       3},
      {"unwatched", test::unwatched(), 0, 0},
      {"mailbox_lost", test::mailbox_lost(), 3, 3},
      {"via_relay", test::via_relay(), 0, 0},
      {"our_port_25", test::our_port_25(), 3, 3},
      {"no_such_domain", test::no_such_domain(), 1, 2},
      {"null_mx", test::null_mx(), 1, 2},
      {"bogus", test::bogus_domain(), 1, 2},
      {"forged_results", test::forged_results(), 0, 1, 1},
      {"partly_surviving", test::partly_surviving(), 0, 1, 1},
      {"scenario_run", test::scenario_run(), 1, 2},
      {"scenario_without_the_failure",
       with(test::scenario_run(), [](Document& d) { d.expectations.erase(d.expectations.begin() + 1); }), 3, 3},
      {"scenario_that_holds", with(test::scenario_run(), [](Document& d) { d.expectations.resize(1); }), 0, 0},
      {"scenario_that_expects_nothing", with(test::scenario_run(), [](Document& d) { d.expectations.clear(); }), 3, 3},
      {"doctor_good", test::doctor_good(), 0, 0},
      {"doctor_bad", test::doctor_bad(), 1, 2},
      {"bad_records_of_ours_do_not_count_for_send",
       with(test::good_delivery(), [](Document& d) { d.self = test::doctor_bad().self; }), 0, 1},
      {"no_spf_of_the_target_does_not_count_for_send",
       with(test::good_delivery(), [](Document& d) { d.target.policies["spf"] = std::nullopt; }), 0, 1},
      {"send_that_came_to_no_probe", with(test::good_delivery(), [](Document& d) { d.probes.clear(); }), 3, 3},
      {"fail_before_inconclusive",
       with(test::footer_delivery(),
            [](Document& d) {
              d.probes.push_back(test::greylisted().probes[0]);
              d.probes[1].name = "second";
            }),
       1, 2}};
}

class ExitStatus : public testing::TestWithParam<Row> {};

TEST_P(ExitStatus, IsThatOfTheContract) {
  const auto& row = GetParam();
  const auto document = assessed(row.document);
  EXPECT_EQ(exit_status(document, false), row.status);
  EXPECT_EQ(exit_status(document, true), row.fail_on_warn < 0 ? row.status : row.fail_on_warn);
  EXPECT_EQ(nagios_status(document), row.nagios);
}

INSTANTIATE_TEST_SUITE_P(Documents, ExitStatus, testing::ValuesIn(rows()),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(ExitStatusOf, NoFindingsIsNoSuccess) {
  EXPECT_EQ(exit_status(test::good_delivery(), false), 3);
  EXPECT_EQ(nagios_status(test::good_delivery()), 3);
  EXPECT_EQ(exit_status(Document{}, false), 3);
}

/// A document with one finding of an expected check for each verdict in the set.
Document with_verdicts(unsigned set) {
  auto document = test::good_delivery();
  for (unsigned i = 0; i < Words<Verdict>::table.size(); ++i)
    if ((set >> i & 1U) != 0) {
      Finding finding;
      finding.check = "path.accepted";
      finding.verdict = Words<Verdict>::table[i].first;
      document.findings.push_back(finding);
    }
  return document;
}

bool has(const Document& document, Verdict verdict) {
  return std::ranges::any_of(document.findings, [&](const Finding& each) { return each.verdict == verdict; });
}

/// 1 before 3 before 0; pass, info, not-applicable and not-tested never count, warn only where it was asked for.
TEST(ExitStatusOf, EverySetOfVerdicts) {
  for (unsigned set = 1; set < 1U << Words<Verdict>::table.size(); ++set) {
    const auto document = with_verdicts(set);
    const bool unclear = has(document, inconclusive) || has(document, error);
    const int strict = has(document, fail) || has(document, warn) ? 1 : unclear ? 3 : 0;
    EXPECT_EQ(exit_status(document, false), has(document, fail) ? 1 : unclear ? 3 : 0) << set;
    EXPECT_EQ(exit_status(document, true), strict) << set;
    const int quiet = has(document, warn) ? 1 : 0;
    EXPECT_EQ(nagios_status(document), has(document, fail) ? 2 : unclear ? 3 : quiet) << set;
  }
}

/// To a monitor they are a warning: as to those who read the report.
TEST(ExitStatusOf, ChecksThatNobodyExpectsNeverFail) {
  auto document = test::good_delivery();
  document.findings = with_verdicts(1).findings;
  for (const auto& check : catalogue()) {
    if (check.expected_by_send) continue;
    Finding finding;
    finding.check = std::string(check.id);
    finding.subject = "address mx1.target.test 192.0.2.1";
    finding.verdict = fail;
    document.findings.push_back(finding);
  }
  Finding unknown;
  unknown.check = "path.of-a-later-version";
  unknown.verdict = fail;
  document.findings.push_back(unknown);
  EXPECT_EQ(exit_status(document, true), 0);
  EXPECT_EQ(nagios_status(document), 1);
}

}  // namespace
}  // namespace mailprobe::evidence
