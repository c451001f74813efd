// `mailprobe --lab inspect` of the targets that show what a server's TLS accepts: the program says what each was built
// for, in JSON, on a terminal and as a page.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/json.hpp>

#include "tests/app/run_program.h"

namespace mailprobe::app {
namespace {

namespace json = boost::json;
using testing::HasSubstr;

/// "inbound.tls-cipher fail mx.weak-tls.test", of each finding of these checks.
std::vector<std::string> findings(const json::value& document) {
  std::vector<std::string> lines;
  for (const auto& finding : document.at("findings").as_array()) {
    const std::string check(finding.at("check").as_string());
    if (!check.starts_with("inbound.tls-") && check != "inbound.certificate" && check != "inbound.dane") continue;
    lines.push_back(check + " " + std::string(finding.at("verdict").as_string()) + " " +
                    std::string(finding.at("subject").as_string()));
  }
  return lines;
}

class InspectTls : public test::ProgramTest {
 protected:
  json::value inspected(const std::string& domain) const {
    return json::parse(run({"--lab", "inspect", domain, "--json", "-"}).out);
  }
};

TEST_F(InspectTls, NamesWeakSuitesPrimesAndOldVersions) {
  const auto document = inspected("weak-tls.test");
  const auto lines = findings(document);
  EXPECT_THAT(lines,
              testing::Contains(testing::MatchesRegex("inbound.tls-cipher fail address mx.weak-tls.test [0-9.]+")));
  EXPECT_THAT(
      lines, testing::Contains(testing::MatchesRegex("inbound.tls-version warn address mx-old.weak-tls.test [0-9.]+")));
  const auto& survey = document.at("target").at("mx").at(0).at("addresses").at(0).at("survey");
  EXPECT_EQ(survey.at("dh_bits"), 1024);
  EXPECT_EQ(survey.at("finished"), true);
  std::string suites;
  for (const auto& suite : survey.at("suites").as_array())
    if (suite.at("answer") == "accepted") suites += std::string(suite.at("name").as_string()) + " ";
  for (const auto* name : {"TLS_RSA_WITH_NULL_SHA256", "TLS_ECDH_anon_WITH_AES_256_CBC_SHA",
                           "TLS_RSA_WITH_AES_128_CBC_SHA", "TLS_DHE_RSA_WITH_AES_128_CBC_SHA"})
    EXPECT_THAT(suites, HasSubstr(name));
}

TEST_F(InspectTls, JudgesEachCertificateOfAServerWithTwo) {
  const auto lines = findings(inspected("two-certs.test"));
  EXPECT_THAT(
      lines, testing::Contains(testing::MatchesRegex("inbound.certificate pass cert mx.two-certs.test [0-9.]+ ecdsa")));
  EXPECT_THAT(lines,
              testing::Contains(testing::MatchesRegex("inbound.certificate fail cert mx.two-certs.test [0-9.]+ rsa")));
  EXPECT_THAT(lines, testing::Contains(testing::MatchesRegex("inbound.dane pass [a-z ]*mx.two-certs.test [0-9.]+")));
  EXPECT_THAT(lines, testing::Contains(testing::MatchesRegex("inbound.dane fail cert mx.two-certs.test [0-9.]+ rsa")));
}

TEST_F(InspectTls, SeesAServerWithTls10AloneAndItsCertificate) {
  const auto lines = findings(inspected("old-tls.test"));
  EXPECT_THAT(lines, testing::Contains(
                         testing::MatchesRegex("inbound.tls-version fail address mx-tls10.old-tls.test [0-9.]+")));
  EXPECT_THAT(lines, testing::Contains(
                         testing::MatchesRegex("inbound.certificate pass cert mx-tls10.old-tls.test [0-9.]+ ecdsa")));
}

TEST_F(InspectTls, ShowsItOnATerminal) {
  const auto ran = run({"--lab", "inspect", "weak-tls.test"});
  for (const auto* words : {"TLS_RSA_WITH_NULL_SHA256", "DH 1024 bits", "TLS 1.0, TLS 1.1", "no compression"})
    EXPECT_THAT(ran.out, HasSubstr(words));
}

TEST_F(InspectTls, LeavesItOutWhereAsked) {
  const auto ran = run({"--lab", "inspect", "target.test", "--no-survey", "--json", "-"});
  const auto document = json::parse(ran.out);
  EXPECT_TRUE(document.at("target").at("mx").at(0).at("addresses").at(0).at("survey").is_null());
  EXPECT_THAT(
      findings(document),
      testing::Contains(testing::MatchesRegex("inbound.tls-hygiene not-tested address mx.target.test [0-9.]+")));
  EXPECT_EQ(run({"--lab", "inspect", "target.test", "--no-survey", "--full"}).status, 2);
}

TEST_F(InspectTls, ListsEverySuiteWithFull) {
  const auto ran = run({"--lab", "inspect", "target.test", "--full", "--json", "-"});
  const auto document = json::parse(ran.out);
  const auto& survey = document.at("target").at("mx").at(0).at("addresses").at(0).at("survey");
  EXPECT_EQ(survey.at("full"), true);
  for (const auto& suite : survey.at("suites").as_array())
    EXPECT_NE(suite.at("answer"), "not-tested") << suite.at("name");
}

}  // namespace
}  // namespace mailprobe::app
