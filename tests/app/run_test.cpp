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
        Row{"twice_to", plain, {"--to", good_target, "--to", good_target}, "is there twice"},
        Row{"several_on_one_output",
            plain,
            {"--to", good_target, "--to", "a@footer.test", "--json", "-"},
            "standard output has room for one report"},
        Row{"smtputf8_for_nothing", "version: 1\nname: a\nprobes: [{name: a, send: {extensions: [smtputf8]}}]\n", to,
            "\"smtputf8\" is for header fields in UTF-8"},
        Row{"smuggling_unasked", plain, {"smuggling", "--to", good_target}, "that goes with --intrusive only"},
        Row{"smuggling_by_a_relay",
            plain,
            {"smuggling", "--to", good_target, "--intrusive", "--via", "relay"},
            "not with --via"},
        Row{"smuggling_signed",
            "version: 1\nname: a\nprobes: [{name: a, send: {end_of_data: lf-dot-lf}}, {name: b, control_of: a}]\n", to,
            "cannot be signed as a whole"},
        Row{"smuggling_a_text",
            "version: 1\nname: a\nprobes: [{name: a, send: {end_of_data: lf-dot-lf, body: x, dkim: {sign: false}}}, "
            "{name: b, control_of: a}]\n",
            to, "the two messages are mailprobe's own"},
        Row{"no_such_file", plain, {"none.yaml", "--to", good_target}, "none.yaml"},
        Row{"twice_the_same", plain, {"f.yaml", "--to", good_target}, "are both called \"a\""},
        Row{"bad_set", plain, {"--to", good_target, "--set", "x"}, "write NAME=VALUE"},
        Row{"set_target", plain, {"--to", good_target, "--set", "target=x"}, "--to says what ${target} is"},
        Row{"set_nothing",
            plain + "variables: {tag: x}\n",
            {"--to", good_target, "--set", "tagg=x"},
            "--set \"tagg\": no file has such a variable: did you mean \"tag\"?"},
        Row{"fail_on", plain, {"--to", good_target, "--fail-on", "warn"}, "of a run its expectations count"},
        Row{"no_such_signature", "version: 1\nname: a\nprobes: [{name: a, expect: [\"dkim[r9].result != pass\"]}]\n",
            to,
            "f.yaml:3:29: expectation \"dkim[r9].result\": no signature of \"r9\" is sent: there are e1, r1 or probe"},
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

TEST_F(RunCommandTest, NoLinkLeadsAScenarioToFilesOfTheUsers) {
  const test::TemporaryFolder elsewhere;
  std::ofstream(elsewhere.path() / "id") << "canary-5f1d";
  std::filesystem::permissions(elsewhere.path() / "id", std::filesystem::perms(0600));
  std::filesystem::create_symlink(elsewhere.path() / "id", folder.path() / "link");
  std::filesystem::create_symlink(elsewhere.path(), folder.path() / "below");
  for (const std::string name : {"link", "below/id"}) {
    file("f.yaml", plain + "variables: {token: {file: " + name + "}}\n");
    const auto ran = lab({"f.yaml", "--to", good_target, "--dry-run"});
    EXPECT_EQ(ran.status, 2) << name;
    EXPECT_THAT(ran.err, HasSubstr("is a link that leads away from the scenario")) << name;
  }
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
  EXPECT_THAT(ran.out, HasSubstr("path.delivered in [pass, info, warn, not-applicable, not-tested]"));
  EXPECT_THAT(run({"run", "--help"}).out,
              HasSubstr("baseline, content, dkim-survival, enforcement, forwarding, mecsa, outbound, smuggling"));
}

/// What `send` counts is what the suite expects: the status is the same, whatever the target does.
class Baseline : public RunCommandTest, public testing::WithParamInterface<std::vector<std::string>> {};

TEST_P(Baseline, IsWhatSendDoes) {
  auto send = GetParam(), suite = GetParam();
  send.insert(send.begin(), {"--lab", "send", "--to"});
  suite.insert(suite.begin(), {"baseline", "--to"});
  const auto sent = run(send);
  const auto ran = lab(suite);
  EXPECT_EQ(ran.status, sent.status) << sent.out << ran.out;
  EXPECT_NE(sent.status, 2) << sent.err;
}

INSTANTIATE_TEST_SUITE_P(
    Each, Baseline,
    testing::Values(
        std::vector<std::string>{good_target}, std::vector<std::string>{good_target, "--no-wait"},
        std::vector<std::string>{good_target, "--via", "relay"}, std::vector<std::string>{"reflector@footer.test"},
        std::vector<std::string>{"expired@bad-cert.test"}, std::vector<std::string>{"self-signed@bad-cert.test"},
        std::vector<std::string>{"reflector@sts-testing.test"}, std::vector<std::string>{"reflector@junk.test"},
        std::vector<std::string>{"reflector@ipv6-only.test"}, std::vector<std::string>{"reflector@half-dead.test"},
        std::vector<std::string>{"reflector@block-list.test"}, std::vector<std::string>{"reflector@reject.test"},
        std::vector<std::string>{"reflector@no-tls.test"}, std::vector<std::string>{"reflector@bogus-mx.test"},
        std::vector<std::string>{"reflector@busy.test", "--wait", "1s"}),
    [](const auto& info) {
      auto name = info.param.front() + (info.param.size() > 1 ? info.param[1] : "");
      std::erase_if(name, [](char c) { return !std::isalnum(static_cast<unsigned char>(c)); });
      return name;
    });

TEST_F(RunCommandTest, WhatTheFileExpectsHoldsOfEachOfItsProbes) {
  file("one.yaml", "version: 1\nname: one\nprobes: [{name: a}]\n");
  file("two.yaml",
       "version: 1\nname: two\nprobes:\n"
       "  - {name: bad, send: {from: dmarc-quarantine, dkim: {sign: false}}}\n"
       "  - {name: good, control_of: bad, send: {from: dmarc-quarantine}}\n"
       "expect: [mailbox.folder == INBOX, max(latency) < 30s, published.mx == pass]\n");
  const auto ran = lab({"one.yaml", "two.yaml", "--to", good_target, "--junit", "out.xml"});
  EXPECT_EQ(ran.status, 1) << ran.out << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("3 of 4 expectations hold"));
  EXPECT_THAT(ran.out, HasSubstr("two:bad: mailbox.folder == INBOX"));
  EXPECT_THAT(ran.out, HasSubstr("Found: Junk"));
}

TEST_F(RunCommandTest, AFileThatExpectsNothingSaysWhyItIsInconclusive) {
  file("f.yaml", "version: 1\nname: a\nprobes: [{name: a}]\n");
  const auto ran = lab({"f.yaml", "--to", good_target, "--json", "out.json"});
  EXPECT_EQ(ran.status, 3) << ran.out << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("The scenario expects"));
}

TEST_F(RunCommandTest, WhatIsRefusedRightlyIsNoLostMessage) {
  file("f.yaml",
       "version: 1\nname: a\nprobes:\n"
       "  - {name: bad, send: {from: dmarc-reject, dkim: {sign: false}}}\n"
       "  - {name: good, control_of: bad, send: {from: dmarc-reject}}\n"
       "expect: [max(latency) < 30s]\n");
  const auto ran = lab({"f.yaml", "--to", good_target, "--verbose"});
  EXPECT_EQ(ran.status, 0) << ran.out << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("of 1 (good)"));
}

TEST_F(RunCommandTest, AControlInTheJunkTellsWhatItCan) {
  const auto ran = lab({"enforcement", "--to", "reflector@junk.test", "--only", "dkim", "--jobs", "8", "--verbose",
                        "--json", "out.json"});
  EXPECT_EQ(ran.status, 0) << ran.out << ran.err;
  EXPECT_THAT(written("out.json"), HasSubstr("as its control did, so that the folder tells nothing"));
  EXPECT_THAT(written("out.json"), Not(HasSubstr("did not arrive, so that this one tells nothing")));
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

TEST_F(RunCommandTest, ForwardingTellsAGoodForwarderFromABadOne) {
  const auto ran = lab({"forwarding", "--to", "forwarder@target.test", "--json", "out.json", "--html", "out.html"});
  EXPECT_EQ(ran.status, 0) << ran.out << ran.err;
  EXPECT_THAT(ran.err, HasSubstr("forwarded to us after"));
  EXPECT_THAT(ran.out, HasSubstr("2 of 2 messages arrived"));
  EXPECT_THAT(written("out.json"), HasSubstr("by SRS: SRS0="));
  EXPECT_THAT(written("out.html"), HasSubstr("How the target forwards"));
  const auto bad = lab({"forwarding", "--to", "bad-forwarder@target.test"});
  EXPECT_EQ(bad.status, 1) << bad.out << bad.err;
  for (const auto* words : {"under our own reverse-path", "SPF is fail for probe.test", "adds no ARC set",
                            "bytes were added at the end of the body", "came in plain text"})
    EXPECT_THAT(bad.out, HasSubstr(words));
}

TEST_F(RunCommandTest, OfSeveralTargetsEachHasItsOwnReports) {
  const auto ran = lab({"baseline", "--to", good_target, "--to", "reflector@footer.test", "--json", "out.json"});
  EXPECT_EQ(ran.status, 1) << "the worse of the two" << ran.out << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("PASS  8 of 8 expectations hold"));
  EXPECT_THAT(ran.out, HasSubstr("reflector@footer.test"));
  EXPECT_THAT(written("out-reflector@target.test.json"), HasSubstr("\"target\":\"target.test\""));
  EXPECT_THAT(written("out-reflector@footer.test.json"), HasSubstr("\"target\":\"footer.test\""));
  EXPECT_THAT(written("out-reflector@footer.test.json"), Not(HasSubstr("reflector@target.test")));
}

TEST_F(RunCommandTest, EachMxGetsEveryProbeAndIsJudgedByItself) {
  file("daily.yaml", daily);
  const auto ran =
      lab({"daily.yaml", "--to", "reflector@half-dead.test", "--each-mx", "--only", "plain", "--json", "out.json"});
  EXPECT_EQ(ran.status, 3) << "nobody is at the second address" << ran.out << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("4 of 8 expectations hold, 4 could not be determined"));
  EXPECT_THAT(ran.out, HasSubstr("1 of 2"));
  EXPECT_THAT(written("out.json"), HasSubstr("\"name\":\"plain mx.half-dead.test 127.53."));
}

TEST_F(RunCommandTest, ABounceComesBackToTheNameThatTheMessageIsFrom) {
  file("bounced.yaml",
       "version: 1\nname: bounced\nprobes:\n"
       "  - {name: wrong, send: {from: spf-fail}, watch: {reply: true}, expect: [reply.kind == bounce]}\n"
       "  - {name: right, control_of: wrong, watch: {reply: true}, expect: [reply.kind == bounce]}\n");
  const auto ran = lab({"bounced.yaml", "--to", "bouncer@target.test", "--wait", "10s", "--json", "out.json"});
  EXPECT_EQ(ran.status, 3) << ran.out << ran.err;                          // the control did not arrive either
  EXPECT_THAT(written("out.json"), HasSubstr("@spf-fail.probe.test\"]"));  // the recipient of the bounce
  EXPECT_THAT(ran.out, HasSubstr("its control right did not arrive"));
}

TEST_F(RunCommandTest, WhatIsForwardedToNobodyIsNotKnown) {
  const auto ran = lab({"forwarding", "--to", good_target, "--wait", "300ms", "--only", "plain"});
  EXPECT_EQ(ran.status, 3) << ran.out << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("Found: nothing was forwarded to us"));
}

/// What becomes of a message with a second one in it, and what is said of it. A NUL is text to our own server.
struct SmugglingRow {
  const char* name;
  std::string target;
  int status;
  std::size_t second;  // of nine that came as one of their own
  std::size_t times;   // of nine
  const char* says;
};
void PrintTo(const SmugglingRow& row, std::ostream* os) { *os << row.name; }

class Smuggling : public RunCommandTest, public testing::WithParamInterface<SmugglingRow> {};

std::size_t times(const std::string& words, const std::string& text) {
  std::size_t count = 0;
  for (auto at = text.find(words); at != std::string::npos; at = text.find(words, at + 1)) ++count;
  return count;
}

TEST_P(Smuggling, IsToldByTheSecondMessage) {
  const auto& row = GetParam();
  const auto ran = lab({"smuggling", "--intrusive", "--to", row.target, "--json", "out.json"});
  EXPECT_EQ(ran.status, row.status) << ran.out << ran.err;
  const auto json = written("out.json");
  EXPECT_EQ(times("\"sequence\":\"", json), 9U);
  EXPECT_EQ(times("arrived as one of its own, in", ran.err), row.second) << ran.err;
  EXPECT_EQ(times(row.says, json), row.times);
  EXPECT_THAT(json, HasSubstr("\"consent\":\"mailprobe-consent=probe.test\""));
}

INSTANTIATE_TEST_SUITE_P(Each, Smuggling,
                         testing::Values(SmugglingRow{"refused", good_target, 0, 0, 8,
                                                      "\"summary\":\"The server refuses a message with"},
                                         SmugglingRow{"kept_whole", "reflector@patient.test", 0, 0, 9,
                                                      " does not end a message: it arrived whole"},
                                         SmugglingRow{"smuggled", "reflector@smuggled.test", 1, 9, 9,
                                                      "\"summary\":\"A second message behind"}),
                         [](const auto& info) { return std::string(info.param.name); });

TEST_F(RunCommandTest, NothingMoreIsSentOnceSomethingFailed) {
  file("daily.yaml", daily);
  const auto ran = lab({"daily.yaml", "--to", "reflector@footer.test", "--fail-fast"});
  EXPECT_EQ(ran.status, 1) << ran.out << ran.err;
  EXPECT_THAT(ran.err, HasSubstr("nothing more is sent, because an expectation failed: plain: dkim.result == pass"));
  EXPECT_THAT(ran.out, HasSubstr("not sent, because an expectation had failed before (--fail-fast)"));
}

/// A copy that is under judgement while another message's is judged has arrived all the same.
TEST_F(RunCommandTest, WithSeveralUnderWayNothingElseStopsThem) {
  const auto ran = lab({"enforcement", "--to", "reflector@lax.test", "--fail-fast", "--jobs", "3"});
  EXPECT_EQ(ran.status, 1) << ran.out << ran.err;
  EXPECT_THAT(ran.err, HasSubstr("because an expectation failed: policy/dmarc-quarantine: not(mailbox.folder"));
}

TEST_F(RunCommandTest, TheNearestSwaksCommandsArePrinted) {
  file("daily.yaml", daily);
  const auto ran = lab({"daily.yaml", "--to", good_target, "--export-swaks"});
  EXPECT_EQ(ran.status, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("# text/utf-8\n"));
  EXPECT_THAT(ran.out, HasSubstr("swaks --to 'reflector@target.test' --from 'probe@probe.test'"));
  EXPECT_THAT(ran.err, Not(HasSubstr("accepted")));
}

TEST_F(RunCommandTest, NoSecretIsInASwaksCommand) {
  ::setenv("MAILPROBE_TEST_TOKEN", "canary-5f1d", 1);
  file("secret.yaml",
       "version: 1\nname: secret\nvariables: {pw: {env: MAILPROBE_TEST_TOKEN}}\nprobes: [{name: a, send: {body: "
       "\"${pw}\"}}]\n");
  const auto ran = lab({"secret.yaml", "--to", good_target, "--export-swaks"});
  ::unsetenv("MAILPROBE_TEST_TOKEN");
  EXPECT_EQ(ran.status, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("<env MAILPROBE_TEST_TOKEN>"));
  EXPECT_THAT(ran.out + ran.err, Not(HasSubstr("canary-5f1d")));
}

TEST_F(RunCommandTest, TheFloorOfTheCommandLineHoldsWhereAFileSaysNone) {
  file("any.yaml", "version: 1\nname: any\nprobes: [{name: a, expect: [smtp.outcome == accepted]}]\n");
  file("own.yaml",
       "version: 1\nname: own\nprobes: [{name: a, send: {tls: encrypt}, expect: [smtp.outcome == accepted]}]\n");
  EXPECT_NE(lab({"any.yaml", "--to", "reflector@no-tls.test"}).status, 0);
  const auto ran = lab({"any.yaml", "--to", "reflector@no-tls.test", "--tls", "may"});
  EXPECT_EQ(ran.status, 0) << ran.out << ran.err;
  EXPECT_NE(lab({"own.yaml", "--to", "reflector@no-tls.test", "--tls", "may"}).status, 0);
  EXPECT_EQ(lab({"any.yaml", "--to", good_target, "--tls", "mya"}).status, 2);
}

TEST_F(RunCommandTest, EverySuiteHoldsAtATargetThatBehavesWell) {
  const auto ran = lab({"content", "dkim-survival", "--to", good_target, "--only", "text", "attachment", "tabs",
                        "soft-breaks", "no-final-newline", "utf8-header", "folded-header", "nested-multipart",
                        "message-in-a-message", "lines-of-998", "lines-over-998"});
  EXPECT_EQ(ran.status, 0) << ran.out << ran.err;
}

/// A refusal of what nobody has to take is no failure; of a plain message it is.
TEST_F(RunCommandTest, OfLinesThatAreTooLongARefusalIsLawful) {
  EXPECT_EQ(lab({"dkim-survival", "--to", "reflector@reject.test", "--only", "lines-over-998"}).status, 0);
  EXPECT_EQ(lab({"dkim-survival", "--to", "reflector@reject.test", "--only", "lines-of-998"}).status, 1);
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
