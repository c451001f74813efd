// A scenario's secret in every place of a message where it may stand, sent to targets of the lab that change the
// message: it stands in the folder of the run where the messages lie, and nowhere else.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <array>

#include "tests/app/run_program.h"
#include "tests/support/conformance.h"

namespace mailprobe::app {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;

// Of the value, of its base64 whatever stands before it, of its quoted-printable.
constexpr std::array forms{"k9-canary=5f1d", "azktY2FuYXJ5PTVmMW", "s5LWNhbmFyeT01ZjFk", "rOS1jYW5hcnk9NWYxZ",
                           "k9-canary=3D5f1d"};

constexpr auto scenario = R"(version: 1
name: secret
variables: {token: {env: MAILPROBE_TEST_TOKEN}}
probes:
  - name: body
    send: {body: "it is ${token}\n"}
    expect: [dkim.result == pass, {not: dkim.mutation.diff contains canary}]
  - {name: subject, send: {subject: "it is ${token}", body: "x\n"}}
  - {name: header, send: {headers: {X-Token: "${token}"}, body: "x\n"}}
  - {name: base64, send: {transfer_encoding: base64, body: "it is ${token}\n"}}
  - {name: quoted, send: {transfer_encoding: quoted-printable, charset: utf-8, body: "ü ${token}\n"}}
  - {name: part, send: {multipart: mixed, parts: [{body: "${token}\n"}, {body: "x\n", transfer_encoding: base64}]}}
  - {name: none, send: {body: "nothing\n"}}
)";

class RunWithSecret : public test::ProgramTest {
 protected:
  RunWithSecret() {
    std::ofstream(folder.path() / "s.yaml") << scenario;
    ::setenv("MAILPROBE_TEST_TOKEN", "k9-canary=5f1d", 1);
  }
  ~RunWithSecret() override { ::unsetenv("MAILPROBE_TEST_TOKEN"); }

  void expect_nowhere(const test::Ran& ran) const {
    for (const auto* form : forms) EXPECT_THAT(ran.out + ran.err, Not(HasSubstr(form)));
    std::size_t files = 0;
    for (const auto& entry : fs::recursive_directory_iterator(folder.path())) {
      if (!entry.is_regular_file() || entry.path().extension() == ".eml") continue;
      ++files;
      for (const auto* form : forms) EXPECT_THAT(test::read_file(entry.path()), Not(HasSubstr(form))) << entry.path();
    }
    EXPECT_GT(files, 10U);
  }
  [[nodiscard]] bool kept() const {
    for (const auto& entry : fs::recursive_directory_iterator(folder.path()))
      if (entry.path().extension() == ".eml" &&
          test::read_file(entry.path()).find("k9-canary=5f1d") != std::string::npos)
        return true;
    return false;
  }
};

TEST_F(RunWithSecret, IsShownNowhere) {
  const auto ran = run({"--lab", "run", "s.yaml", "--to", "reflector@footer.test", "-v", "--out-all", "out"});
  EXPECT_EQ(ran.status, 1) << ran.out << ran.err;
  expect_nowhere(ran);
  EXPECT_TRUE(kept());
  EXPECT_THAT(ran.out, HasSubstr("not shown: the message holds a secret"));
  EXPECT_THAT(folder.read("out.html"), HasSubstr("Not shown: the message holds a secret."));
  const auto json = folder.read("out.json");
  EXPECT_THAT(json, HasSubstr("\"kind\":\"footer-appended\""));
  EXPECT_THAT(json, HasSubstr("\"secret\":true"));
  EXPECT_THAT(json, HasSubstr("\"secret\":false"));
  EXPECT_THAT(json, Not(HasSubstr("\"path\":\"raw/"))) << "it would lead nowhere";
  for (const std::vector<std::string>& more :
       {std::vector<std::string>{"-v"}, {"--out-all", "again"}, {"--redact", "--html", "r.html"}, {"--nagios"}}) {
    std::vector<std::string> all{"--lab", "report", "last"};
    all.insert(all.end(), more.begin(), more.end());
    expect_nowhere(run(all));
  }
  expect_nowhere(run({"report", "out.json", "--html", "b.html"}));
  expect_nowhere(run({"--lab", "history"}));
}

/// What others see is as it was: only the value is missing from it.
TEST_F(RunWithSecret, IsNeverPrintedWhereNothingIsSent) {
  for (const auto* option : {"--dry-run", "--export-swaks"}) {
    const auto ran = run({"--lab", "run", "s.yaml", "--to", "reflector@target.test", option});
    EXPECT_EQ(ran.status, 0) << ran.err;
    for (const auto* form : forms) EXPECT_THAT(ran.out + ran.err, Not(HasSubstr(form))) << option;
  }
}

TEST_F(RunWithSecret, IsInNoCore) {
  rlimit limit{};
  ASSERT_EQ(::getrlimit(RLIMIT_CORE, &limit), 0);
  if (limit.rlim_max == 0) GTEST_SKIP() << "no core is left here anyway";
  limit.rlim_cur = limit.rlim_max;
  ASSERT_EQ(::setrlimit(RLIMIT_CORE, &limit), 0);
  EXPECT_EQ(run({"checks"}).status, 0);
  ASSERT_EQ(::getrlimit(RLIMIT_CORE, &limit), 0);
  EXPECT_EQ(limit.rlim_cur, 0U);
}

TEST_F(RunWithSecret, ADryRunSaysWhichMessagesHoldIt) {
  const auto ran = run({"--lab", "run", "s.yaml", "--to", "reflector@target.test", "--dry-run"});
  EXPECT_THAT(ran.out, HasSubstr("secret    in the message: nothing of it is shown"));
  EXPECT_EQ(ran.err.find("is a secret"), std::string::npos) << "there is nothing to be warned of";
}

}  // namespace
}  // namespace mailprobe::app
