// TLS reports in the shapes that providers give them, and those that are attacks.
#include "reports/tls_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/reports/samples.h"

namespace mailprobe::reports {
namespace {

using test::sample;
using test::with;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

TlsReport parsed(const std::string& text) {
  auto report = parse_tls_report(text);
  if (!report) throw std::runtime_error(report.error().message);
  return std::move(*report);
}

std::string problem_of(const std::string& text) {
  const auto report = parse_tls_report(text);
  return report ? "none" : report.error().message;
}

TEST(TlsReport, LikeGoogles) {
  const auto report = parsed(sample("like-google.json"));
  EXPECT_EQ(report.organization, "Google Inc.");
  EXPECT_EQ(report.report_id, "2026-01-31T00:00:00Z_probe.test");
  EXPECT_EQ(rfc3339(report.begin), "2026-01-31T00:00:00Z");
  EXPECT_EQ(rfc3339(report.end), "2026-01-31T23:59:59Z");
  EXPECT_THAT(report.oddities, IsEmpty());
  ASSERT_THAT(report.policies, SizeIs(1));
  const auto& policy = report.policies[0];
  EXPECT_EQ(policy.type, "sts");
  EXPECT_EQ(policy.domain, "probe.test");
  EXPECT_THAT(policy.strings, ElementsAre("version: STSv1", "mode: enforce", "mx: *.probe.test", "max_age: 604800"));
  EXPECT_EQ(policy.successful, 4);
  EXPECT_EQ(policy.failed, 2);
  ASSERT_THAT(policy.failures, SizeIs(1));
  const auto& failure = policy.failures[0];
  EXPECT_EQ(failure.result_type, "certificate-host-mismatch");
  EXPECT_EQ(failure.sending_mta_ip->text(), "198.51.100.20");
  EXPECT_EQ(failure.receiving_ip->text(), "192.0.2.11");
  EXPECT_EQ(failure.receiving_mx_hostname, "mx.wrong-name.probe.test");
  EXPECT_EQ(failure.failed_sessions, 2);
}

TEST(TlsReport, LikeMicrosofts) {
  const auto report = parsed(sample("like-microsoft.json"));
  ASSERT_THAT(report.policies, SizeIs(2));
  const auto& policy = report.policies[0];
  EXPECT_THAT(policy.strings, SizeIs(1));
  EXPECT_THAT(policy.mx_hosts, ElementsAre("mx.wrong-tlsa.probe.test"));
  ASSERT_THAT(policy.failures, SizeIs(1));
  EXPECT_EQ(policy.failures[0].sending_mta_ip->text(), "2001:db8:40::25");
  EXPECT_EQ(policy.failures[0].receiving_mx_hostname, "mx.wrong-tlsa.probe.test");
  EXPECT_EQ(policy.failures[0].reason_code, "TLSA mismatch");
  EXPECT_EQ(report.policies[1].type, "no-policy-found");
  EXPECT_EQ(report.policies[1].successful, 7);
}

TEST(TlsReport, WhatIsNotAsSpecifiedIsNoted) {
  const auto json = sample("like-google.json");
  const struct {
    const char *from, *to, *noted;
  } rows[] = {
      {"\"failed-session-count\":2", "\"failed-session-count\":-2", "failed-session-count"},
      {"\"failed-session-count\":2", "\"failed-session-count\":2.5", "failed-session-count"},
      {"\"failed-session-count\":2", "\"failed-session-count\":1e300", "failed-session-count"},
      {"\"failed-session-count\":2", "\"failed-session-count\":18446744073709551615", "failed-session-count"},
      {"\"198.51.100.20\"", "\"198.51.100\"", "sending-mta-ip"},
      {"\"Google Inc.\"", "7", "organization-name is not a string"},
      {"\"policy-domain\":\"probe.test\"", "\"policy-domain\":\"a b\"", "policy-domain"},
      {"\"mx-host\":[\"*.probe.test\"]", "\"mx-host\":7", "mx-host is no list"},
      {"[{\"result-type\"", "[7,{\"result-type\"", "an element of failure-details"},
  };
  for (const auto& row : rows) {
    const auto report = parsed(with(json, row.from, row.to));
    ASSERT_FALSE(report.oddities.empty()) << row.to;
    EXPECT_THAT(report.oddities[0], HasSubstr(row.noted)) << row.to;
    EXPECT_THAT(report.policies, SizeIs(1)) << row.to;
  }
}

TEST(TlsReport, WhatItCannotDoWithout) {
  const auto json = sample("like-google.json");
  EXPECT_THAT(problem_of(with(json, "2026-01-31T23:59:59Z", "yesterday")), HasSubstr("no period"));
  EXPECT_THAT(problem_of(with(json, "2026-01-31T23:59:59Z", "2026-01-30T23:59:59Z")), HasSubstr("no period"));
  EXPECT_THAT(problem_of(with(json, "\"report-id\"", "\"report_id\"")), HasSubstr("no report-id"));
  EXPECT_THAT(problem_of("[]"), HasSubstr("not a JSON object"));
  EXPECT_THAT(problem_of("{"), HasSubstr("not JSON"));
  EXPECT_THAT(problem_of(json + "x"), HasSubstr("not JSON"));
  EXPECT_THAT(problem_of("{}"), HasSubstr("no period"));
}

TEST(TlsReport, AByteOrderMarkIsPassedOver) {
  EXPECT_EQ(problem_of("\xEF\xBB\xBF" + sample("like-google.json")), "none");
}

TEST(TlsReport, DepthIsBounded) {
  EXPECT_THAT(problem_of("{\"a\":" + std::string(1000, '[') + std::string(1000, ']') + "}"), HasSubstr("not JSON"));
  EXPECT_THAT(problem_of(std::string(5'000'000, '[')), HasSubstr("not JSON"));
}

TEST(TlsReport, SizeAndNumbersAreBounded) {
  const auto json = sample("like-google.json");
  EXPECT_THAT(problem_of(json + std::string(11UL * 1024 * 1024, ' ')), HasSubstr("10 MB"));
  std::string policies;
  for (int i = 0; i < 1500; ++i) policies += "{\"policy\":{\"policy-domain\":\"probe.test\"}},";
  const auto many = parsed(with(json, "\"policies\":[", "\"policies\":[" + policies));
  EXPECT_THAT(many.policies, SizeIs(1000));
  EXPECT_THAT(many.oddities, ElementsAre(HasSubstr("more than 1000")));
  const auto words = parsed(with(json, "Google Inc.", std::string(100'000, 'x')));
  EXPECT_THAT(words.organization, SizeIs(1024));
}

TEST(TlsReport, CutAnywhereItIsRefused) {
  auto json = sample("like-google.json");
  while (!json.ends_with('}')) json.pop_back();
  for (std::size_t length = 0; length < json.size(); ++length)
    EXPECT_FALSE(parse_tls_report(std::string_view(json).substr(0, length))) << length;
}

}  // namespace
}  // namespace mailprobe::reports
