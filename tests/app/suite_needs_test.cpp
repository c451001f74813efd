// What doctor says of the suites: which can run with a configuration and with what is published, and what is missing.
#include "app/suite_needs.h"

#include <gmock/gmock.h>

#include "tests/app/run_program.h"

namespace mailprobe::app {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

probe::Identity identity() {
  return {.name = "default", .domain = "probe.test", .address = Mailbox::parse("probe@probe.test").value(), .dkim = {}};
}

const SuiteStanding& of(const std::vector<SuiteStanding>& all, const std::string& name) {
  return *std::ranges::find(all, name, &SuiteStanding::name);
}

evidence::OwnRecord record(const std::string& label, bool holds) {
  evidence::OwnRecord out;
  out.what = label;
  out.name = label + ".probe.test";
  out.type = "TXT";
  out.wanted = "v=spf1 -all";
  out.holds = holds;
  if (!holds) out.problem = "is not published";
  return out;
}

TEST(SuiteStandings, SayWhatTheConfigurationLacks) {
  const auto all = suite_standings({}, identity(), {});
  EXPECT_THAT(of(all, "baseline").lacks, ElementsAre(HasSubstr("a mailbox at the target")));
  EXPECT_THAT(of(all, "mecsa").lacks, ElementsAre(HasSubstr("a mailbox"), HasSubstr("a receiver")));
  EXPECT_THAT(of(all, "outbound").lacks,
              ElementsAre(HasSubstr("a mailbox"), HasSubstr("a receiver"), HasSubstr("traps")));
}

TEST(SuiteStandings, SayWhatIsLeftOut) {
  probe::Settings settings;
  EXPECT_THAT(of(suite_standings(settings, identity(), {}), "enforcement").omits,
              ElementsAre("dkim/weak-key, which needs a domain of its own: \"receiver.dns.weak_domain\""));
  EXPECT_THAT(of(suite_standings(settings, identity(), {}), "baseline").omits, ElementsAre());
  settings.receiver.dns.weak_domain = "weak.test";
  EXPECT_THAT(of(suite_standings(settings, identity(), {}), "enforcement").omits, ElementsAre());
}

TEST(SuiteStandings, SayWhichRecordsAreMissing) {
  const auto all = suite_standings({}, identity(), {record("spf-fail", false), record("spf-softfail", true)});
  EXPECT_THAT(of(all, "enforcement").lacks,
              ElementsAre(HasSubstr("a mailbox"), "spf-fail.probe.test IN TXT \"v=spf1 -all\" is not published"));
  EXPECT_THAT(of(all, "enforcement").besides, ElementsAre(HasSubstr("mailprobe-consent=probe.test")));
  EXPECT_THAT(of(all, "dkim-survival").lacks, ElementsAre(HasSubstr("a mailbox"))) << "it needs no such record";
}

TEST(SuiteStandings, SayWhereNothingIsKnown) {
  auto silent = record("spf-fail", false);
  silent.problem = "could not be looked up: no answer within 10 s";
  silent.cause = Cause::timed_out;
  probe::Settings settings;
  settings.mailboxes.emplace("target", probe::MailboxAccount{.name = "target",
                                                             .url = {},
                                                             .user = {},
                                                             .address = Mailbox::parse("a@target.test").value(),
                                                             .secret = {},
                                                             .folders = {},
                                                             .authserv_ids = {}});
  const auto all = suite_standings(settings, identity(), {silent});
  EXPECT_THAT(of(all, "enforcement").lacks, ElementsAre());
  const auto text = to_text({of(all, "enforcement")});
  EXPECT_THAT(text, HasSubstr("not known"));
  EXPECT_THAT(text, HasSubstr("spf-fail.probe.test could not be looked up: no answer within 10 s"));
}

class SuiteStandingsInTheLab : public test::ProgramTest {};

TEST_F(SuiteStandingsInTheLab, AllOfThemCanRun) {
  const auto ran = run({"--lab", "doctor"});
  EXPECT_THAT(ran.out, HasSubstr("Suites of \"mailprobe run\"\n"));
  for (const auto* suite : {"baseline", "content", "dkim-survival", "enforcement", "mecsa", "outbound"})
    EXPECT_THAT(ran.out, HasSubstr(suite));
  EXPECT_THAT(ran.out, Not(HasSubstr("cannot run yet")));
  EXPECT_THAT(run({"--lab", "doctor", "--json", "-"}).out, Not(HasSubstr("Suites of")));
}

TEST_F(SuiteStandingsInTheLab, InitPrintsTheRecordsThatAreToFail) {
  const auto ran = run({"init", "probe.example.org"});
  EXPECT_EQ(ran.status, 0) << ran.err;
  for (const auto* words : {"spf-fail.probe.example.org.", "\"v=spf1 ~all\"", "_dmarc.dmarc-strict.probe.example.org.",
                            "revoked._domainkey.probe.example.org.", "\"v=DKIM1; p=\""})
    EXPECT_THAT(ran.out, HasSubstr(words));
}

}  // namespace
}  // namespace mailprobe::app
