#include <gtest/gtest.h>

#include <cstdio>
#include <regex>

#include "tests/reporter/rendered.h"

namespace mailprobe::reporter {
namespace {

/// -1 where xmllint is not installed.
int xmllint(const std::string& xml) {
  if (std::system("command -v xmllint >/dev/null 2>&1") != 0) return -1;
  FILE* pipe = popen("xmllint --noout - 2>&1", "w");
  if (pipe == nullptr) return -1;
  std::fwrite(xml.data(), 1, xml.size(), pipe);
  return pclose(pipe);
}

std::size_t count(const std::string& text, const std::string& what) {
  std::size_t n = 0;
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++n;
  return n;
}

class JUnit : public test::EveryDocument {
 protected:
  std::string xml = junit(document);
};

TEST_P(JUnit, IsWellFormed) {
  const int status = xmllint(xml);
  if (status == -1) GTEST_SKIP() << "xmllint is not installed";
  EXPECT_EQ(status, 0) << xml;
}

TEST_P(JUnit, HasACaseAFindingAndCountsThatAgree) {
  const auto cases = document.findings.size() + document.expectations.size() + count(xml, "name=\"run.completed\"");
  EXPECT_EQ(count(xml, "<testcase "), cases);
  const auto root =
      xml.substr(xml.find("<testsuites"), xml.find('>', xml.find("<testsuites")) - xml.find("<testsuites"));
  EXPECT_NE(root.find(" tests=\"" + std::to_string(cases) + "\""), std::string::npos) << root;
  EXPECT_NE(root.find(" failures=\"" + std::to_string(count(xml, "<failure ")) + "\""), std::string::npos) << root;
  EXPECT_NE(root.find(" errors=\"" + std::to_string(count(xml, "<error ")) + "\""), std::string::npos) << root;
  EXPECT_NE(root.find(" skipped=\"" + std::to_string(count(xml, "<skipped ")) + "\""), std::string::npos) << root;
}

TEST_P(JUnit, AgreesWithTheExitStatus) {
  const auto failures = count(xml, "<failure "), errors = count(xml, "<error ");
  switch (document.run.exit.value()) {
    case 0: EXPECT_EQ(failures + errors, 0U) << xml; break;
    case 1: EXPECT_GT(failures, 0U) << xml; break;
    case 3: EXPECT_GT(errors, 0U) << xml; break;
    default: ADD_FAILURE() << "exit status " << *document.run.exit;
  }
}

TEST_P(JUnit, TapAgreesToo) {
  const auto text = tap(document);
  const std::regex failing(R"(not ok \d+ - (?![^\n]*[^\\]# TODO)[^\n]*)");
  const bool fails = std::regex_search(text, failing) || text.find("Bail out!") != std::string::npos;
  EXPECT_EQ(fails, document.run.exit != 0) << text;
}

FOR_EVERY_DOCUMENT(JUnit);

TEST(JUnitOfWarnings, CountsThemWhereTheExitStatusDoes) {
  const auto document = test::assessed(test::junk_delivery());
  ASSERT_EQ(evidence::exit_status(document, false), 0);
  ASSERT_EQ(evidence::exit_status(document, true), 1) << "path.delivered is a warning that --fail-on warn counts";
  EXPECT_EQ(junit(document).find("<failure "), std::string::npos);
  EXPECT_NE(junit(document, Strictness::warnings_too).find("<failure "), std::string::npos);
  EXPECT_EQ(tap(document).find("\nnot ok "), std::string::npos);
  EXPECT_NE(tap(document, Strictness::warnings_too).find("\nnot ok "), std::string::npos);
}

TEST(JUnitOfNothing, IsAnErrorAsTheExitStatusSays) {
  evidence::Document document;
  document.run.command = "send --to reflector@target.test";
  document.run.exit = evidence::exit_status(document, false);
  ASSERT_EQ(document.run.exit, 3);
  EXPECT_NE(junit(document).find("<error "), std::string::npos);
  EXPECT_NE(tap(document).find("\nBail out! "), std::string::npos);
}

TEST(JUnitSuites, AreNamedByProbeAndDirection) {
  const auto xml = junit(test::assessed(test::good_delivery()));
  EXPECT_NE(xml.find("<testsuite name=\"default: path\""), std::string::npos) << xml;
  EXPECT_NE(xml.find(": inbound\""), std::string::npos) << xml;
}

}  // namespace
}  // namespace mailprobe::reporter
