// `mailprobe run` as one types it, against the embedded lab: outputs, exit statuses, what is said of a file that is
// wrong.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/app/run_program.h"
#include "tests/support/conformance.h"

namespace mailprobe::app {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr auto good_target = "reflector@target.test";

class RunCommandTest : public test::ProgramTest {
 protected:
  void file(const std::string& name, const std::string& text) const { std::ofstream(folder.path() / name) << text; }
  test::Ran lab(std::vector<std::string> more) const {
    std::vector<std::string> all{"--lab", "run"};
    all.insert(all.end(), more.begin(), more.end());
    return run(all);
  }
  [[nodiscard]] std::string written(const std::string& name) const { return test::read_file(folder.path() / name); }
};

constexpr auto daily = R"(version: 1
name: daily
probes:
  - name: plain
    expect:
      - mailbox.folder == INBOX
      - smtp.tls.version >= TLSv1.2
      - dkim.result == pass
      - dmarc.result == pass
  - name: text
    matrix: {charset: [utf-8, iso-8859-1]}
    send: {subject: "Grüße ${who}", charset: "${charset}", body: "Grüße\n"}
    expect: [dkim.result == pass, path.body-intact == pass]
variables: {who: nobody}
expect: [p95(latency) < 30s]
)";

TEST_F(RunCommandTest, HoldsWhatIsExpectedAndWritesEveryReport) {
  file("daily.yaml", daily);
  const auto ran = lab({"daily.yaml", "--to", good_target, "--out-all", "out"});
  EXPECT_EQ(ran.status, 0) << ran.out << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("9 of 9 expectations hold"));
  EXPECT_THAT(written("out.json"), HasSubstr("\"scenario\":\"daily\""));
  EXPECT_THAT(written("out.json"), HasSubstr("\"variation\":\"charset=iso-8859-1\""));
  EXPECT_THAT(written("out.xml"), HasSubstr("dmarc.result == pass"));
  EXPECT_THAT(written("out.tap"), HasSubstr("TAP version 14"));
  EXPECT_THAT(written("out.html"), HasSubstr("id=\"expectations\""));
}

TEST_F(RunCommandTest, SaysWhatFailedWhatWasFoundAndWhere) {
  file("daily.yaml", daily);
  const auto ran = lab({"daily.yaml", "--to", "reflector@footer.test", "--junit", "out.xml"});
  EXPECT_EQ(ran.status, 1) << ran.out << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("dkim.result == pass"));
  EXPECT_THAT(ran.out, HasSubstr("Found: fail"));
  EXPECT_THAT(ran.out, HasSubstr("/probes/0/mailbox/dkim/0/result"));
  EXPECT_THAT(written("out.xml"), HasSubstr("<failure message=\"dkim.result == pass: found fail\""));
}

constexpr auto faults = R"(version: 1
name: faults
probes:
  - name: broken
    matrix: {kind: [body-hash, signature, unknown-selector]}
    send: {dkim: {fault: "${kind}"}}
    expect: [not: dkim.result == pass, inbound.dkim-evaluated >= evaluated]
  - name: good
    control_of: broken
    expect: [dkim.result == pass]
)";

TEST_F(RunCommandTest, WhatIsWrongOnPurposeIsNoFailureOfTheTarget) {
  file("faults.yaml", faults);
  const auto ran = lab({"faults.yaml", "--to", good_target, "--json", "out.json"});
  EXPECT_EQ(ran.status, 0) << ran.out << ran.err;
  EXPECT_THAT(written("out.json"), HasSubstr("\"fault\":\"dkim-body-hash\""));
  EXPECT_THAT(written("out.json"), HasSubstr("signed wrongly on purpose"));
}

TEST_F(RunCommandTest, WithoutItsControlItTellsNothing) {
  file("faults.yaml", faults);
  const auto ran = lab({"faults.yaml", "--to", "reflector@reject.test"});
  EXPECT_EQ(ran.status, 1) << "the control itself was refused" << ran.out << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("its control good did not arrive"));
}

TEST_F(RunCommandTest, ADryRunPrintsThePlanAndSendsNothing) {
  file("daily.yaml", daily);
  const auto ran = lab({"daily.yaml", "--to", good_target, "--dry-run"});
  EXPECT_EQ(ran.status, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("scenario daily"));
  EXPECT_THAT(ran.out, HasSubstr("probe text/iso-8859-1"));
  EXPECT_THAT(ran.out, HasSubstr("mailbox.folder == INBOX"));
  EXPECT_THAT(ran.out, HasSubstr("nothing was sent"));
}

struct Row {
  const char* name;
  std::string text;
  std::vector<std::string> more;
  const char* says;
};
void PrintTo(const Row& row, std::ostream* os) { *os << row.name; }

class WrongRun : public RunCommandTest, public testing::WithParamInterface<Row> {};

TEST_P(WrongRun, SendsNothing) {
  const auto& row = GetParam();
  file("f.yaml", row.text);
  auto arguments = row.more;
  arguments.insert(arguments.begin(), "f.yaml");
  const auto ran = lab(arguments);
  EXPECT_EQ(ran.status, 2) << ran.out << ran.err;
  EXPECT_THAT(ran.err, HasSubstr(row.says));
  EXPECT_THAT(ran.err, Not(HasSubstr("accepted in")));
}

const std::vector<std::string> to{"--to", good_target};
const std::string plain = "version: 1\nname: a\nprobes: [{name: a, expect: [mailbox exists]}]\n";

INSTANTIATE_TEST_SUITE_P(
    Each, WrongRun,
    testing::Values(
        Row{"a_mistake", "version: 1\nname: a\nprobes:\n  - nmae: a\n", to, "f.yaml:4:5: unknown key \"nmae\""},
        Row{"no_address", plain, {}, "whom to send to? \"mailprobe run f.yaml --to ADDRESS\""},
        Row{"no_such_suite", plain, {"basline", "--to", good_target}, "did you mean \"baseline\"?"},
        Row{"only_nobody", plain, {"--to", good_target, "--only", "b"}, "--only \"b\" fits no probe"},
        Row{"bad_repeat", plain, {"--to", good_target, "--repeat", "0"}, "a number from 1 to 100"},
        Row{"bad_jobs", plain, {"--to", good_target, "--jobs", "0"}, "--jobs \"0\": a number from 1 to 100"},
        Row{"bad_retry", plain, {"--to", good_target, "--retry", "soon"}, "write a duration like 10m"},
        Row{"from_nobody_signed", "version: 1\nname: a\nprobes: [{name: a, send: {from: missing}}]\n", to,
            "without From nothing can be signed"},
        Row{"fault_without_control", "version: 1\nname: a\nprobes: [{name: a, send: {from: spf-fail}}]\n", to,
            "\"a\" is wrong on purpose and has no control"},
        Row{"two_faults",
            "version: 1\nname: a\nprobes: [{name: a, send: {from: spf-fail, dkim: {fault: expired}}}, {name: b, "
            "control_of: a}]\n",
            to, "one thing is wrong with a probe at a time"},
        Row{"no_such_file", plain, {"none.yaml", "--to", good_target}, "none.yaml"},
        Row{"twice_the_same", plain, {"f.yaml", "--to", good_target}, "are both called \"a\""},
        Row{"bad_set", plain, {"--to", good_target, "--set", "x"}, "write NAME=VALUE"},
        Row{"set_target", plain, {"--to", good_target, "--set", "target=x"}, "--to says what ${target} is"},
        Row{"secret_elsewhere", plain + "variables: {x: {file: ../secret}}\n", to, "f.yaml:4:13: "},
        Row{"no_such_identity", "version: 1\nname: a\nprobes: [{name: a, send: {identity: x}}]\n", to,
            "f.yaml:3:10: probe 'a': there is no identity 'x'"}),
    [](const auto& info) { return std::string(info.param.name); });

TEST_F(RunCommandTest, ASecretIsInNoOutput) {
  file("f.yaml", plain + "variables: {token: {env: MAILPROBE_TEST_TOKEN}}\n");
  ::setenv("MAILPROBE_TEST_TOKEN", "canary-5f1d", 1);
  const auto ran = lab({"f.yaml", "--to", good_target, "--dry-run", "--json", "-"});
  ::unsetenv("MAILPROBE_TEST_TOKEN");
  EXPECT_EQ(ran.status, 0) << ran.err;
  EXPECT_THAT(ran.out + ran.err, Not(HasSubstr("canary-5f1d")));
}

TEST_F(RunCommandTest, ASecretInAMessageIsWarnedOf) {
  file("f.yaml",
       "version: 1\nname: a\nvariables: {token: {env: MAILPROBE_TEST_TOKEN}}\n"
       "probes: [{name: a, send: {headers: {X-Token: \"${token}\"}}}]\n");
  ::setenv("MAILPROBE_TEST_TOKEN", "canary-5f1d", 1);
  const auto ran = lab({"f.yaml", "--to", good_target, "--dry-run"});
  ::unsetenv("MAILPROBE_TEST_TOKEN");
  EXPECT_EQ(ran.status, 0) << ran.err;
  EXPECT_THAT(ran.err, HasSubstr("f.yaml:4:"));
  EXPECT_THAT(ran.err, HasSubstr("\"token\" is a secret and stands in the message"));
  EXPECT_THAT(ran.out + ran.err, Not(HasSubstr("canary-5f1d")));
}

/// The scenarios that docs/scenarios.md teaches by, each as it stands there.
std::vector<std::string> taught() {
  const auto page = test::read_file(std::filesystem::path(MAILPROBE_SOURCE_DIR) / "docs/scenarios.md");
  const std::string begin = "```yaml\n", end = "```\n";
  std::vector<std::string> all;
  for (auto at = page.find(begin); at != std::string::npos; at = page.find(begin, at)) {
    at += begin.size();
    all.push_back(page.substr(at, page.find(end, at) - at));
  }
  return all;
}

TEST_F(RunCommandTest, TheExamplesOfTheDocumentationHoldInTheLab) {
  const auto examples = taught();
  ASSERT_GE(examples.size(), 3U);
  std::vector<std::string> arguments;
  for (const auto& text : examples) {
    arguments.push_back("example" + std::to_string(arguments.size()) + ".yaml");
    file(arguments.back(), text);
  }
  arguments.insert(arguments.end(), {"--to", good_target});
  const auto ran = lab(arguments);
  EXPECT_EQ(ran.status, 0) << ran.out << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("dkim-enforced"));
}

TEST_F(RunCommandTest, ASuiteIsKnownByItsName) {
  const auto ran = lab({"baseline", "--to", good_target, "--verbose"});
  EXPECT_EQ(ran.status, 0) << ran.out << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("mailbox.folder == INBOX"));
  EXPECT_THAT(run({"run", "--help"}).out, HasSubstr("baseline, content, dkim-survival, enforcement, mecsa, outbound"));
}

TEST_F(RunCommandTest, EnforcementHoldsWhereDmarcIsHeeded) {
  const auto ran = lab({"enforcement", "--to", good_target, "--jobs", "8", "--json", "out.json", "--verbose"});
  EXPECT_EQ(ran.status, 0) << ran.out << ran.err;
  for (const auto* words : {"spf/spf-lookups", "dkim/expired", "policy/dmarc-reject", "author/twice", "misaligned"})
    EXPECT_THAT(ran.out, HasSubstr(words));
  EXPECT_THAT(written("out.json"), HasSubstr("\"consent\":\"mailprobe-consent=probe.test\""));
  EXPECT_THAT(written("out.json"), HasSubstr("went to the junk"));
}

TEST_F(RunCommandTest, EnforcementFailsWhereNothingIsEvaluated) {
  const auto ran = lab({"enforcement", "--to", "reflector@lax.test", "--only", "policy", "misaligned", "--jobs", "8"});
  EXPECT_EQ(ran.status, 1) << ran.out << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("policy/dmarc-reject: "));
  EXPECT_THAT(ran.out, HasSubstr("Found: INBOX"));
}

TEST_F(RunCommandTest, MecsaHoldsInBothDirections) {
  const auto ran = lab({"mecsa", "--to", good_target, "--json", "out.json"});
  EXPECT_EQ(ran.status, 0) << ran.out << ran.err;
  EXPECT_THAT(written("out.json"), HasSubstr("\"profile\":\"mecsa\""));
  const auto careless = lab({"mecsa", "--to", "careless@target.test"});
  EXPECT_EQ(careless.status, 1) << careless.out << careless.err;
  EXPECT_THAT(careless.out, HasSubstr("outbound.starttls == pass"));
}

TEST_F(RunCommandTest, OutboundTellsWhoHeedsTheTraps) {
  const auto ran = lab({"outbound", "--to", good_target});
  EXPECT_EQ(ran.status, 0) << ran.out << ran.err;
  const auto other = lab({"outbound", "--to", "opportunistic@target.test"});
  EXPECT_EQ(other.status, 1) << other.out << other.err;
  EXPECT_THAT(other.out, HasSubstr("outbound.dane-enforced == pass"));
}

TEST_F(RunCommandTest, NothingMoreIsSentOnceSomethingFailed) {
  file("daily.yaml", daily);
  const auto ran = lab({"daily.yaml", "--to", "reflector@footer.test", "--fail-fast"});
  EXPECT_EQ(ran.status, 1) << ran.out << ran.err;
  EXPECT_THAT(ran.err, HasSubstr("nothing more is sent, because an expectation failed: plain: dkim.result == pass"));
  EXPECT_THAT(ran.out, HasSubstr("not sent, because an expectation had failed before (--fail-fast)"));
}

TEST_F(RunCommandTest, TheNearestSwaksCommandsArePrinted) {
  file("daily.yaml", daily);
  const auto ran = lab({"daily.yaml", "--to", good_target, "--export-swaks"});
  EXPECT_EQ(ran.status, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("# text/utf-8\n"));
  EXPECT_THAT(ran.out, HasSubstr("swaks --to 'reflector@target.test' --from 'probe@probe.test'"));
  EXPECT_THAT(ran.err, Not(HasSubstr("accepted")));
}

TEST_F(RunCommandTest, EverySuiteHoldsAtATargetThatBehavesWell) {
  const auto ran =
      lab({"content", "dkim-survival", "--to", good_target, "--only", "text", "attachment", "tabs", "soft-breaks",
           "no-final-newline", "folded-header", "nested-multipart", "message-in-a-message", "lines-of-998"});
  EXPECT_EQ(ran.status, 0) << ran.out << ran.err;
}

TEST_F(RunCommandTest, AFooterIsFoundByTheLadder) {
  const auto ran = lab({"dkim-survival", "--to", "reflector@footer.test", "--only", "plain", "base64"});
  EXPECT_EQ(ran.status, 1) << ran.out << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("dkim.result == pass"));
}

TEST_F(RunCommandTest, OnlySomeProbesAndEachSoOften) {
  file("daily.yaml", daily);
  const auto ran = lab({"daily.yaml", "--to", good_target, "--only", "plain", "--repeat", "2", "--dry-run"});
  EXPECT_EQ(ran.status, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("probe plain#2"));
  EXPECT_THAT(ran.out, Not(HasSubstr("probe text")));
}

TEST_F(RunCommandTest, TheSchemaIsPrinted) {
  const auto ran = run({"schema"});
  EXPECT_EQ(ran.status, 0);
  EXPECT_THAT(ran.out, HasSubstr("https://json-schema.org/draft/2020-12/schema"));
}

}  // namespace
}  // namespace mailprobe::app
