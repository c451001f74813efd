// `mailprobe inspect` as it is typed: outputs, files, exit statuses, consent. Against the embedded lab.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/inspect_output.h"
#include "base/text.h"
#include "evidence/json.h"
#include "tests/app/run_program.h"

namespace mailprobe::app {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;

class InspectCommandLine : public test::ProgramTest {};

std::vector<evidence::Document> documents(const std::string& text) {
  std::vector<evidence::Document> all;
  for (const auto line : split(text, '\n')) {
    if (line.empty()) continue;
    auto document = evidence::from_json(line);
    EXPECT_TRUE(document) << (document ? "" : document.error().message);
    if (document) all.push_back(std::move(*document));
  }
  return all;
}

TEST_F(InspectCommandLine, OneDomainIsTheWholeVerdict) {
  const auto ran = run({"--lab", "inspect", "target.test"});
  EXPECT_EQ(ran.status, 0) << ran.out << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("PASS"));
  EXPECT_THAT(ran.out, HasSubstr("mx.target.test"));
  EXPECT_THAT(ran.out, HasSubstr("127.53.1.1"));
  EXPECT_THAT(ran.out, HasSubstr("TLS 1.3"));
}

TEST_F(InspectCommandLine, SeveralAreATable) {
  const auto ran = run({"--lab", "inspect", "target.test", "no-tls.test"});
  EXPECT_EQ(ran.status, 1) << ran.out << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("DOMAIN"));
  EXPECT_THAT(ran.out, HasSubstr("address mx.no-tls.test"));
  EXPECT_THAT(ran.out, HasSubstr("2 domains: 1 good, 1 failed"));
}

TEST_F(InspectCommandLine, JsonIsADocumentALine) {
  const auto ran = run({"--lab", "inspect", "target.test", "no-tls.test", "--json", "-"});
  EXPECT_EQ(ran.status, 1);
  const auto all = documents(ran.out);
  ASSERT_EQ(all.size(), 2U);
  for (const auto& document : all) {
    EXPECT_EQ(document.run.exit, document.run.target == "target.test" ? 0 : 1);
    EXPECT_EQ(document.run.command, "mailprobe --lab inspect --json - " + document.run.target);
    EXPECT_TRUE(document.target.mx.at(0).addresses.at(0).session);
  }
}

TEST_F(InspectCommandLine, FilesAreAboutAllOfThem) {
  const auto ran = run({"--lab", "inspect", "target.test", "slow.test", "--out-all", "r", "--quiet"});
  EXPECT_EQ(ran.status, 0) << ran.err;
  EXPECT_EQ(ran.out, "");
  EXPECT_EQ(documents(folder.read("r.json")).size(), 2U);
  EXPECT_THAT(folder.read("r.html"), HasSubstr("id=\"d2-top\""));
  EXPECT_THAT(folder.read("r.xml"), HasSubstr("slow.test: inbound"));
  EXPECT_THAT(folder.read("r.tap"), HasSubstr("# target.test"));
}

TEST_F(InspectCommandLine, AReportOfTheirFileIsTheSameByteForByte) {
  for (const auto& domains : std::vector<std::vector<std::string>>{{"target.test", "no-tls.test"}, {"target.test"}}) {
    std::vector<std::string> words{"--lab", "inspect", "--out-all", "r", "-q", "--no-history"};
    words.insert(words.end(), domains.begin(), domains.end());
    const auto status = run(words).status;
    const auto again = run({"report", "r.json", "--out-all", "again", "-q"});
    EXPECT_EQ(again.status, status) << again.err;
    for (const auto* ending : {".html", ".xml", ".tap", ".csv", ".md", ".prom"})
      EXPECT_EQ(folder.read("again" + std::string(ending)), folder.read("r" + std::string(ending))) << ending;
    EXPECT_EQ(documents(folder.read("again.json")).size(), domains.size());
  }
}

TEST_F(InspectCommandLine, AReportOfTheirFileIsATable) {
  ASSERT_EQ(run({"--lab", "inspect", "target.test", "no-tls.test", "--json", "r.json", "-q"}).status, 1);
  EXPECT_THAT(run({"report", "r.json"}).out, HasSubstr("2 domains: 1 good, 1 failed"));
  for (const auto& [words, says] : std::vector<std::pair<std::vector<std::string>, std::string>>{
           {{"report", "r.json", "--probe", "a"}, "--probe is for one run"},
           {{"report", "r.json", "--mail-to", "postmaster@target.test"}, "--mail-to is for one run"},
           {{"diff", "r.json", "last"}, "r.json has the runs of 2 domains"}}) {
    const auto ran = run(words);
    EXPECT_EQ(ran.status, 2);
    EXPECT_THAT(ran.err, HasSubstr(says));
  }
  folder.write("r.json", folder.read("r.json") + "{\"cut\": ");
  const auto cut = run({"report", "r.json"});
  EXPECT_EQ(cut.status, 2);
  EXPECT_THAT(cut.err, HasSubstr("r.json:3 is no evidence of mailprobe"));
}

TEST_F(InspectCommandLine, MonitoringGetsOneLine) {
  const auto ran = run({"--lab", "inspect", "target.test", "no-tls.test", "--nagios"});
  EXPECT_EQ(ran.status, 2);
  EXPECT_THAT(ran.out, testing::StartsWith("MAILPROBE CRITICAL - 2 domains"));
  EXPECT_EQ(std::ranges::count(ran.out, '\n'), 1);
}

TEST_F(InspectCommandLine, AListIsReadWholeBeforeAnything) {
  folder.write("list", "target.test\nnot a domain\n");
  const auto bad = run({"--lab", "inspect", "--file", "list", "--json", "out.json"});
  EXPECT_EQ(bad.status, 2);
  EXPECT_THAT(bad.err, HasSubstr("list:2: \"not a domain\""));
  EXPECT_FALSE(fs::exists("out.json"));
  folder.write("list", "target.test  # the good one\n");
  const auto good = run({"--lab", "inspect", "--file", "list", "--json", "-"});
  EXPECT_EQ(good.status, 0) << good.err;
  ASSERT_EQ(documents(good.out).size(), 1U);
  EXPECT_EQ(documents(good.out).front().run.command, "mailprobe --lab inspect --json - target.test");
}

TEST_F(InspectCommandLine, KnowsNoConfigurationAndNeedsNone) {
  const auto ran = run({"inspect", "nothing.invalid", "--deadline", "1ms", "--json", "-"});
  EXPECT_NE(ran.status, 2) << ran.err;
  EXPECT_EQ(documents(ran.out).size(), 1U);
}

TEST_F(InspectCommandLine, RefusesWhatMakesNoSense) {
  for (const auto& [arguments, says] : std::vector<std::pair<std::vector<std::string>, std::string>>{
           {{"inspect"}, "which domain?"},
           {{"inspect", "a b"}, "no domain name"},
           {{"inspect", "someone@target.test"}, "behind the @"},
           {{"inspect", "target.test", "-4", "-6"}, "exclude"},
           {{"inspect", "target.test", "--concurrency", "0"}, "from 1 to 1000"},
           {{"inspect", "target.test", "--deadline", "soon"}, "--deadline"},
           {{"inspect", "target.test", "--source-ip", "here"}, "--source-ip"},
           {{"inspect", "target.test", "--confirm", "target.test"}, "--intrusive"},
           {{"inspect", "target.test", "--file", "none"}, "none"},
           {{"lab", "--domains", "many"}, "--domains"}}) {
    const auto ran = run(arguments);
    EXPECT_EQ(ran.status, 2) << says;
    EXPECT_THAT(ran.err, HasSubstr(says));
  }
}

TEST_F(InspectCommandLine, IntrusiveNeedsTheDomainOnceMore) {
  const auto unasked = run({"--lab", "inspect", "injectable.test", "--intrusive", "--quiet"});
  EXPECT_EQ(unasked.status, 2);
  EXPECT_THAT(unasked.err, HasSubstr("--confirm injectable.test"));
  const auto other = run({"--lab", "inspect", "injectable.test", "--intrusive", "--confirm", "target.test"});
  EXPECT_EQ(other.status, 2);
  const auto two =
      run({"--lab", "inspect", "injectable.test", "target.test", "--intrusive", "--confirm", "target.test"});
  EXPECT_EQ(two.status, 2);
  const auto asked = run({"--lab", "inspect", "injectable.test", "--intrusive", "--confirm", "Injectable.test"});
  EXPECT_EQ(asked.status, 1);
  EXPECT_THAT(asked.out, HasSubstr("inbound.starttls-injection"));
}

TEST_F(InspectCommandLine, RedactsAndColours) {
  const auto ran = run({"--lab", "inspect", "target.test", "no-tls.test", "--redact", "--color", "always"});
  EXPECT_THAT(ran.out, HasSubstr("\x1b["));
  const auto plain = run({"--lab", "inspect", "target.test", "no-tls.test", "--color", "never"});
  EXPECT_THAT(plain.out, Not(HasSubstr("\x1b[")));
}

TEST(WorstStatus, OneBeforeThreeBeforeNothing) {
  EXPECT_EQ(worst_status({0, 0}), 0);
  EXPECT_EQ(worst_status({0, 3}), 3);
  EXPECT_EQ(worst_status({3, 1, 0}), 1);
  EXPECT_EQ(worst_status({}), 3);
}

}  // namespace
}  // namespace mailprobe::app
