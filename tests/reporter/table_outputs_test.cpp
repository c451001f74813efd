// CSV, Markdown and Prometheus: their form, and that what comes from outside stays text in each.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>

#include "base/text.h"
#include "reporter/reporter.h"
#include "tests/reporter/rendered.h"

namespace mailprobe::reporter {
namespace {

using evidence::Document;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

Document sample() { return test::assessed(test::footer_delivery()); }

Document with_summary(std::string text) {
  auto document = sample();
  document.findings.resize(1);
  document.findings[0].summary = std::move(text);
  document.findings[0].verdict = evidence::Verdict::fail;
  return document;
}

// --- CSV ------------------------------------------------------------------------------------------------------------

TEST(Csv, HasALineAFindingAndOneAbove) {
  const auto document = sample();
  const auto text = csv({document, document});
  EXPECT_EQ(std::ranges::count(text, '\n'), std::ptrdiff_t(2 * document.findings.size() + 1));
  EXPECT_THAT(text, StartsWith("target,run,started,check,verdict,"));
  EXPECT_THAT(text, EndsWith("\r\n"));
  EXPECT_THAT(text, HasSubstr("\"path.dkim-survival\",\"fail\""));
}

class CsvFormula : public ::testing::TestWithParam<const char*> {};

TEST_P(CsvFormula, IsText) {
  const auto text = csv({with_summary(GetParam())});
  EXPECT_THAT(text, HasSubstr("\"'" + std::regex_replace(std::string(GetParam()), std::regex("\""), "\"\"")));
}

INSTANTIATE_TEST_SUITE_P(All, CsvFormula,
                         ::testing::Values("=HYPERLINK(\"http://x\")", "+1+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)"));

TEST(Csv, QuotesQuotesAndKeepsALine) {
  EXPECT_THAT(csv({with_summary("a \"b\", c\r\nd")}), HasSubstr(R"("a ""b"", c d")"));
}

// --- Markdown -------------------------------------------------------------------------------------------------------

TEST(Markdown, SaysWhatHasChangedSinceTheLastRun) {
  auto document = test::assessed(test::compared());
  ASSERT_TRUE(document.comparison);
  const auto text = markdown({document});
  EXPECT_THAT(text, HasSubstr("\nSince the run of "));
  EXPECT_THAT(text, HasSubstr("\n- Worse: "));
  document.comparison->worse = {{.what = "finding", .subject = "a | b", .summary = "<x> @all"}};
  EXPECT_THAT(markdown({document}), Not(HasSubstr("<x>")));
  document.comparison.reset();
  EXPECT_THAT(markdown({document}), Not(HasSubstr("Since the run of")));
}

TEST(Markdown, SaysWhatIsWrongAndWhoseItIs) {
  const auto text = markdown({sample()});
  EXPECT_THAT(text, HasSubstr("| **fail** | path.dkim-survival |"));
  EXPECT_THAT(text, HasSubstr("| the mail provider |"));
  EXPECT_THAT(text, HasSubstr("\nHolds: "));
}

/// Of several messages some were tested, and some were not.
TEST(Markdown, HasACheckOnceAmongWhatHoldsAndWhatWasNotTested) {
  auto document = sample();
  document.findings.resize(1);
  document.findings[0].verdict = evidence::Verdict::pass;
  document.findings[0].check = "a.some";
  const auto add = [&](std::string check, evidence::Verdict verdict) {
    document.findings.push_back({.check = std::move(check), .subject = {}, .verdict = verdict, .summary = "It is so."});
  };
  add("a.some", evidence::Verdict::not_tested);
  add("a.fault", evidence::Verdict::pass);
  add("a.fault", evidence::Verdict::fail);
  add("a.never", evidence::Verdict::not_tested);
  add("a.all", evidence::Verdict::pass);
  const auto text = markdown({document});
  EXPECT_THAT(text, HasSubstr("\nHolds: a.some (1 of 2), a.all\n"));
  EXPECT_THAT(text, HasSubstr("\nNot tested: a.never\n"));
}

struct MarkdownRow {
  const char *from, *to;
};

class MarkdownText : public ::testing::TestWithParam<MarkdownRow> {};

TEST_P(MarkdownText, IsNoMarkup) {
  EXPECT_THAT(markdown({with_summary(GetParam().from)}), HasSubstr(std::string("| ") + GetParam().to));
}

INSTANTIATE_TEST_SUITE_P(
    All, MarkdownText,
    ::testing::Values(MarkdownRow{"a | b", R"(a \| b)"}, MarkdownRow{"**x** _y_", R"(\*\*x\*\* \_y\_)"},
                      MarkdownRow{"![a](b)", R"(\!\[a\]\(b\))"}, MarkdownRow{"<img src=x>", R"(\<img src=x\>)"},
                      MarkdownRow{"http://x.test", R"(http\://x.test)"},
                      MarkdownRow{"see www.x.test", R"(see www\.x.test)"},
                      MarkdownRow{"@all `rm` #1", R"(\@all \`rm\` \#1)"}, MarkdownRow{"&lt;b&gt;", R"(\&lt;b\&gt;)"},
                      MarkdownRow{"a\r\n# b", R"(a \# b)"}));

/// What is left of the section about the traps.
std::vector<std::string> trap_lines(const Document& document) {
  const auto text = markdown({document});
  const auto begin = text.find("\n### Traps");
  std::vector<std::string> lines;
  if (begin == std::string::npos) return lines;
  for (const auto line : split(std::string_view(text).substr(begin + 1), '\n')) lines.emplace_back(line);
  return lines;
}

/// Pipes that end a cell: those without a backslash before them.
std::ptrdiff_t cells(const std::string& line) {
  const auto bare = std::regex_replace(line, std::regex(R"(\\.)"), "");
  return std::ranges::count(bare, '|');
}

TEST(Markdown, TellsOfEachTrap) {
  const auto lines = trap_lines(test::assessed(test::trapped()));
  ASSERT_THAT(lines, ::testing::Not(::testing::IsEmpty()));
  EXPECT_THAT(lines, ::testing::Contains(AllOf(StartsWith("| **pass** | dane-wrong: "), HasSubstr("It obeys DANE"),
                                               HasSubstr("control: dane-right, which came"))));
  EXPECT_THAT(lines, ::testing::Contains(AllOf(StartsWith("| **warn** | sts-wrong: "),
                                               HasSubstr("It does not obey MTA-STS"), HasSubstr("| TLS 1.3 |"))));
  EXPECT_THAT(lines, ::testing::Contains(StartsWith("- ipv6-only: trap-ipv6-only.probe.test is not published")));
  EXPECT_THAT(trap_lines(sample()), ::testing::IsEmpty());
}

class MarkdownTraps : public ::testing::TestWithParam<const char*> {};

/// Neither columns nor lines nor markup come from outside.
TEST_P(MarkdownTraps, StayATable) {
  auto document = test::assessed(test::trapped());
  const auto before = trap_lines(document);
  const auto taint = [](std::string& text) { text = GetParam(); };
  auto& probe = document.probes.front();
  for (auto& session : probe.sessions) {
    for (auto* text : {&session.address, &*session.helo}) taint(*text);
    if (session.tls) taint(session.tls->version);
  }
  for (auto& left : probe.traps->left_out) taint(left.reason);
  for (auto& asked : probe.traps->asked) taint(asked.address);
  probe.traps->asked.push_back({GetParam(), GetParam()});
  probe.traps->left_out.push_back({GetParam(), GetParam()});
  const auto after = trap_lines(document);
  EXPECT_EQ(after.size(), before.size() + 2) << markdown({document});
  const std::regex markup(R"((^|[^\\])[<\[`@])");
  for (const auto& line : after) {
    if (line.starts_with("|")) EXPECT_EQ(cells(line), 7) << line;
    EXPECT_FALSE(std::regex_search(line, markup)) << line;
  }
}

INSTANTIATE_TEST_SUITE_P(All, MarkdownTraps,
                         ::testing::Values("a | b | c", "<script>x</script>", "[a](http://b)", "`code` @all",
                                           "x\r\n# y\n| z |\n", "\x1b[2J\\|", ""));

// --- Prometheus -----------------------------------------------------------------------------------------------------

TEST(Prometheus, EveryLineIsACommentOrASample) {
  auto document = sample();
  document.scores = {{"mecsa", "confidential \"delivery\"\n", 7, 10, {}}};
  const std::regex form(
      R"re((# (HELP|TYPE) [a-z_]+ .+)|([a-z_]+\{([a-z_]+="([^"\\\n]|\\["\\n])*",?)*\} [-+0-9.e]+)|)re");
  const auto text = prometheus_text({document});
  for (const auto line : split(text, '\n')) EXPECT_TRUE(std::regex_match(std::string(line), form)) << line;
}

TEST(Prometheus, HasWhatMonitoringAsksFor) {
  auto document = sample();
  document.run.target = "target.test";
  document.run.exit = 1;
  const auto text = prometheus_text({document});
  EXPECT_THAT(text, HasSubstr("\nprobe_success{target=\"target.test\"} 0\n"));
  EXPECT_THAT(text, HasSubstr("\nprobe_duration_seconds{"));
  EXPECT_THAT(text, HasSubstr("version=\"TLSv1.3\""));
  EXPECT_THAT(text, HasSubstr("\nprobe_ssl_earliest_cert_expiry{"));
  EXPECT_THAT(
      text, HasSubstr("\nmailprobe_finding{target=\"target.test\",check=\"path.dkim-survival\",verdict=\"fail\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("\nmailprobe_latency_seconds{"));
  document.run.exit = 0;
  EXPECT_THAT(prometheus_text({document}), HasSubstr("\nprobe_success{target=\"target.test\"} 1\n"));
}

/// One client in two meets it.
TEST(Prometheus, ASecondCertificateMayBeTheFirstToExpire) {
  auto document = test::two_certificates();
  auto& chain = document.target.mx.at(0).addresses.at(0).survey->chains.back();
  chain.certificates.front().not_after = document.run.started - std::chrono::hours(48);
  const auto expiry =
      std::chrono::duration_cast<std::chrono::seconds>(chain.certificates.front().not_after.time_since_epoch());
  const auto text = prometheus_text({document});
  const auto at = text.find("\nprobe_ssl_earliest_cert_expiry{");
  ASSERT_NE(at, std::string::npos);
  const auto value = text.find("} ", at) + 2;
  EXPECT_EQ(std::stod(text.substr(value)), static_cast<double>(expiry.count()));
  EXPECT_THAT(nagios(test::assessed(document)), HasSubstr(" certificate_days=-2"));
}

TEST(Prometheus, ASeriesStandsOnce) {
  auto document = sample();
  document.probes.push_back(document.probes.front());
  std::map<std::string, int> series;
  const auto text = prometheus_text({document, document});
  for (const auto line : split(text, '\n'))
    if (!line.empty() && !line.starts_with('#')) ++series[std::string(line.substr(0, line.rfind(' ')))];
  for (const auto& [name, times] : series) EXPECT_EQ(times, 1) << name;
}

TEST(Prometheus, NoFamilyWithoutASample) {
  EXPECT_THAT(prometheus_text({Document{}}), Not(HasSubstr("mailprobe_latency_seconds")));
}

}  // namespace
}  // namespace mailprobe::reporter
