// Many domains at a glance: aligned, within the width, the worst of each with its address.
#include "reporter/domain_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "base/text.h"
#include "reporter/summary.h"
#include "reporter/terminal_page.h"
#include "tests/reporter/rendered.h"

namespace mailprobe::reporter {
namespace {

using evidence::Document;
using testing::HasSubstr;
using testing::Not;

Document named(Document document, const std::string& domain) {
  document.run.target = document.target.domain = domain;
  return test::assessed(std::move(document));
}

std::vector<std::string> lines(const std::string& text) {
  std::vector<std::string> all;
  for (const auto line : split(text, '\n')) all.emplace_back(line);
  return all;
}

TEST(DomainTable, KeepsToItsWidth) {
  const std::vector<std::string> names{"target.test", std::string(60, 'a') + ".example.test"};
  for (const int width : {40, 60, 80, 120}) {
    DomainTable table({.width = width, .written = {}}, names);
    auto text = table.head();
    for (const auto& name : names) text += table.row(named(test::inspected(), name));
    for (const auto& line : lines(text + table.foot()))
      EXPECT_LE(display_width(line), static_cast<std::size_t>(width)) << line;
  }
}

TEST(DomainTable, NamesAreShownAsPeopleWriteThem) {
  const std::string name = "xn--bcher-kva.example";
  DomainTable table({.width = 80, .written = {}}, {name});
  const auto row = lines(table.row(named(test::inspected(), name))).front();
  EXPECT_THAT(row, HasSubstr("bücher.example"));
  const auto head = lines(table.head()).front();
  EXPECT_EQ(display_width(std::string_view(head).substr(0, head.find("SPF"))),
            display_width(std::string_view(row).substr(0, row.find("✓ -all"))));
  const std::string wide = "xn--" + std::string(50, 'b') + "cher-kva.example";
  EXPECT_THAT(lines(table.row(named(test::inspected(), wide))).front(), HasSubstr("xn--bb"));
}

TEST(DomainTable, ColumnsStandBelowTheirTitles) {
  DomainTable table({.width = 80, .written = {}}, {"target.test", "a-rather-long-name.test"});
  const auto head = lines(table.head()).front();
  const auto row = lines(table.row(named(test::inspected(), "target.test"))).front();
  const auto column = [](const std::string& line, std::string_view text) {
    return display_width(std::string_view(line).substr(0, line.find(text)));
  };
  EXPECT_EQ(column(head, "SPF"), column(row, "✓ -all")) << head << "\n" << row;
  EXPECT_EQ(column(head, "DMARC"), column(row, "✓ reject")) << head << "\n" << row;
  EXPECT_EQ(column(head, "TLS"), column(row, "? 1.3")) << head << "\n" << row;
}

TEST(DomainTable, NarrowTerminalsLoseTheLastColumns) {
  const DomainTable narrow({.width = 60, .written = {}}, {"target.test"}),
      wide({.width = 80, .written = {}}, {"target.test"});
  EXPECT_THAT(narrow.head(), HasSubstr("TLS"));
  EXPECT_THAT(narrow.head(), Not(HasSubstr("CERT")));
  EXPECT_THAT(wide.head(), HasSubstr("STS"));
}

TEST(DomainTable, NamesTheAddressThatIsWorst) {
  DomainTable table({.width = 120, .written = {}}, {"target.test"});
  const auto text = table.row(named(test::inspected(), "target.test"));
  EXPECT_THAT(text, HasSubstr("inbound.connect"));
  EXPECT_THAT(text, HasSubstr("554"));
  EXPECT_THAT(text, HasSubstr("address mx1.target.test 2001:db8::1"));
  EXPECT_THAT(text, Not(HasSubstr("inbound.starttls"))) << "it follows from the other";
  EXPECT_THAT(text, HasSubstr("1/2")) << "one of two addresses greeted";
}

TEST(DomainTable, ASecondCertificateCountsToo) {
  DomainTable table({.width = 120, .written = {}}, {"target.test"});
  auto document = test::inspected();
  auto& address = document.target.mx.front().addresses.front();
  TlsChain chain{.key = "rsa", .certificates = address.session->tls->certificates, .verified = {}};
  chain.certificates.front().key = "RSA 2048";
  chain.verified = Verification{"fail", Cause::expired, "certificate has expired"};
  auto& survey = address.survey.emplace();
  survey.started = address.session->started;
  survey.chains.push_back(chain);
  EXPECT_THAT(table.row(named(std::move(document), "target.test")), HasSubstr("✗ old"));
}

TEST(DomainTable, AGreetingCountsWithoutExtensions) {
  DomainTable table({.width = 120, .written = {}}, {"target.test"});
  auto document = test::inspected();
  document.target.mx.front().addresses.front().session->capabilities.clear();
  EXPECT_THAT(table.row(named(std::move(document), "target.test")), HasSubstr("1/2"));
}

TEST(DomainTable, SaysHowManyCameToWhat) {
  DomainTable table({.width = 80, .written = {}}, {"one.test", "two.test"});
  (void)table.row(named(test::inspected(), "one.test"));
  auto good = test::inspected();
  good.target.mx.front().addresses.pop_back();
  (void)table.row(named(std::move(good), "two.test"));
  EXPECT_THAT(table.foot(), HasSubstr("2 domains: 1 good, 1 inconclusive"));
}

TEST(DomainTable, IsAsciiWithoutUtf8AndPlainWithoutColours) {
  DomainTable table({.utf8 = false, .width = 80, .written = {}}, {"target.test"});
  const auto text = table.head() + table.row(named(test::inspected(), "target.test")) + table.foot();
  EXPECT_TRUE(std::ranges::all_of(text, [](unsigned char c) { return c < 0x80 && (c >= 0x20 || c == '\n'); })) << text;
}

TEST(DomainTable, ShapesWithoutServersHaveAWord) {
  DomainTable table({.width = 80, .written = {}}, {"target.test"});
  auto gone = test::inspected();
  gone.target.mx.clear();
  gone.target.shape = evidence::MxShape::nxdomain;
  EXPECT_THAT(table.row(named(gone, "target.test")), HasSubstr("✗ gone"));
  gone.target.shape = evidence::MxShape::null_mx;
  EXPECT_THAT(table.row(named(gone, "target.test")), HasSubstr("✗ null"));
}

// --- the reports of several -----------------------------------------------------------------------------------------

Documents two() { return {named(test::inspected(), "one.test"), named(test::null_mx(), "two.test")}; }

TEST(SeveralDomains, HaveAPartOfThePageEach) {
  const auto page = html(two());
  for (const auto* part : {"id=\"d1-top\"", "id=\"d2-top\"", "href=\"#d1-top\"", "id=\"d1-servers\"",
                           "id=\"d1-findings\"", "id=\"d2-dns\"", "one.test", "two.test"})
    EXPECT_THAT(page, HasSubstr(part));
  EXPECT_THAT(page, Not(HasSubstr("{{")));
}

TEST(SeveralDomains, NoAnchorIsThereTwice) {
  const auto page = html(two());
  std::vector<std::string> ids;
  for (auto at = page.find(" id=\""); at != std::string::npos; at = page.find(" id=\"", at + 1))
    ids.push_back(page.substr(at + 5, page.find('"', at + 5) - at - 5));
  std::ranges::sort(ids);
  EXPECT_EQ(std::ranges::adjacent_find(ids), ids.end());
  for (auto at = page.find("href=\"#"); at != std::string::npos; at = page.find("href=\"#", at + 1)) {
    const auto target = page.substr(at + 7, page.find('"', at + 7) - at - 7);
    EXPECT_TRUE(std::ranges::binary_search(ids, target)) << target;
  }
}

TEST(SeveralDomains, OneIsThePageOfOne) {
  const Documents one{named(test::inspected(), "one.test")};
  EXPECT_EQ(html(one), html(one.front(), evidence::embedded));
  EXPECT_EQ(nagios(one), nagios(one.front()));
  EXPECT_EQ(junit(one), junit(one.front()));
}

TEST(SeveralDomains, CountTogetherForMachines) {
  const auto all = two();
  const auto text = tap(all);
  const auto points = all[0].findings.size() + all[1].findings.size();
  EXPECT_THAT(text, HasSubstr("1.." + std::to_string(points) + "\n"));
  EXPECT_THAT(text, HasSubstr(" " + std::to_string(points) + " - "));
  EXPECT_THAT(junit(all), HasSubstr("name=\"one.test: inbound\""));
  EXPECT_THAT(junit(all), HasSubstr("name=\"two.test: published\""));
  EXPECT_EQ(nagios_status(all), 2);
  EXPECT_THAT(nagios(all), HasSubstr("MAILPROBE CRITICAL - 2 domains, 1 CRITICAL, 1 UNKNOWN: two.test | ok=0"));
}

TEST(SeveralDomains, AreMergedByTheWorst) {
  const auto document = named(test::inspected(), "one.test");
  for (const auto& each : merged(document)) {
    if (each.worst.get().check != "inbound.connect") continue;
    EXPECT_EQ(each.worst.get().verdict, evidence::Verdict::inconclusive);
    EXPECT_EQ(each.subjects, 2U);
    EXPECT_EQ(each.as_bad, 1U);
  }
}

}  // namespace
}  // namespace mailprobe::reporter
