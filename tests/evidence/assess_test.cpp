// What holds of the findings of any document: every pointer resolves, nothing from outside is raw, the subjects are
// those of the contract, and a message that was not accepted is never a success.
#include "evidence/assess.h"

#include <gtest/gtest.h>
#include <boost/json.hpp>

#include <regex>
#include <set>

#include "evidence/json.h"
#include "tests/evidence/members.h"
#include "tests/support/documents.h"

namespace mailprobe::evidence {
namespace {

namespace json = boost::json;
using test::NamedDocument;

Document assessed(Document document) {
  document.findings = assess(document, embedded);
  return document;
}

bool clean(const std::string& text) {
  return std::ranges::none_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

std::vector<NamedDocument> documents() {
  auto all = test::all_documents();
  all.push_back({"hostile", test::hostile("<script>\x1b[31m\r\n\xff\"'&\xe2\x80\xae" + std::string(500, 'A'))});
  all.push_back({"nothing", {}});
  Document bare;
  bare.run.command = "send";
  bare.probes.emplace_back();
  all.push_back({"bare", bare});
  return all;
}

class Any : public testing::TestWithParam<NamedDocument> {};

TEST_P(Any, EveryPointerResolves) {
  const auto document = assessed(GetParam().document);
  const auto value = json::parse(to_json(document));
  for (const auto& finding : document.findings)
    for (const auto& pointer : finding.evidence) {
      boost::system::error_code error;
      EXPECT_NE(value.find_pointer(pointer, error), nullptr) << finding.check << " " << pointer;
    }
}

TEST_P(Any, FindingsAreWholeAndSafeToPrint) {
  for (const auto& finding : assessed(GetParam().document).findings) {
    const auto row = std::ranges::find(catalogue(), finding.check, &Check::id);
    ASSERT_NE(row, catalogue().end()) << finding.check;
    EXPECT_EQ(finding.reference, row->reference);
    EXPECT_FALSE(finding.summary.empty()) << finding.check;
    EXPECT_TRUE(finding.summary.ends_with('.')) << finding.check << ": " << finding.summary;
    EXPECT_LT(finding.summary.size(), 1500U) << finding.check << ": " << finding.summary;
    for (const auto* text : {&finding.subject, &finding.summary, &finding.advice})
      EXPECT_TRUE(clean(*text)) << finding.check << ": " << *text;
    if (finding.verdict == Verdict::fail) EXPECT_FALSE(finding.evidence.empty()) << finding.check;
    if (finding.verdict == Verdict::pass) EXPECT_EQ(finding.fix_by, FixBy::nobody) << finding.check;
    if (finding.verdict == Verdict::error) EXPECT_EQ(finding.fix_by, FixBy::us) << finding.check;
    const bool where_we_are = finding.cause == Cause::blocked || finding.cause == Cause::our_port_25;
    if (finding.verdict == Verdict::inconclusive && where_we_are) EXPECT_EQ(finding.fix_by, FixBy::us) << finding.check;
  }
}

TEST_P(Any, SubjectsAreThoseOfTheContract) {
  static const std::regex subject("(mx|domain|probe|trap) .*|address .* .*|cert .* .*( (rsa|ecdsa|ed25519))?");
  for (const auto& finding : assessed(GetParam().document).findings)
    if (GetParam().name != "hostile" && GetParam().name != "bare")
      EXPECT_TRUE(std::regex_match(finding.subject, subject)) << finding.check << ": " << finding.subject;
}

TEST_P(Any, FindingsAreInTheOrderOfTheCatalogueAndOnceASubject) {
  std::ptrdiff_t last = 0;
  std::set<std::string> seen;
  for (const auto& finding : assessed(GetParam().document).findings) {
    const auto place = std::ranges::find(catalogue(), finding.check, &Check::id) - catalogue().begin();
    EXPECT_GE(place, last) << finding.check;
    last = place;
    if (!finding.check.starts_with("self."))
      EXPECT_TRUE(seen.insert(finding.check + " of " + finding.subject).second) << finding.check << finding.subject;
  }
}

TEST_P(Any, SameDocumentSameFindings) {
  EXPECT_EQ(to_json(assessed(GetParam().document)), to_json(assessed(GetParam().document)));
}

TEST_P(Any, FindingsOfADocumentAreNotRead) {
  EXPECT_EQ(to_json(assessed(assessed(GetParam().document))), to_json(assessed(GetParam().document)));
}

TEST_P(Any, WithoutRawBytesTheRestIsJudged) {
  auto with = assessed(GetParam().document);
  auto without = GetParam().document;
  without.findings = assess(without, [](const Raw&) { return std::nullopt; });
  EXPECT_EQ(without.findings.size(), with.findings.size());
  without.findings = assess(without, {});
  EXPECT_EQ(without.findings.size(), with.findings.size());
}

TEST_P(Any, AnInterruptedRunIsAlwaysThree) {
  auto document = GetParam().document;
  document.run.interrupted = true;
  document = assessed(document);
  EXPECT_EQ(exit_status(document, false), 3);
  EXPECT_EQ(exit_status(document, true), 3);
  EXPECT_EQ(nagios_status(document), 3);
}

TEST_P(Any, WhatWasNotAcceptedIsNoSuccess) {
  const auto document = assessed(GetParam().document);
  const bool accepted = !document.probes.empty() && std::ranges::all_of(document.probes, [](const Probe& probe) {
    return probe.smtp && probe.smtp->outcome == Outcome::accepted;
  });
  const bool sends = !document.run.command.contains("doctor") && !document.run.command.contains("inspect");
  if (!accepted && sends) EXPECT_NE(exit_status(document, false), 0);
}

TEST_P(Any, FailOnWarnNeverMakesItBetter) {
  const auto document = assessed(GetParam().document);
  const auto rank = [](int status) { return status == 0 ? 0 : status == 3 ? 1 : 2; };
  EXPECT_GE(rank(exit_status(document, true)), rank(exit_status(document, false)));
}

INSTANTIATE_TEST_SUITE_P(Documents, Any, testing::ValuesIn(documents()),
                         [](const auto& info) { return info.param.name; });

TEST(Assess, DocumentsOfChanceAreJudgedToo) {
  for (unsigned seed = 0; seed < 200; ++seed) {
    Document document;
    test::Filler(seed).fill(document);
    document = assessed(document);
    const auto value = json::parse(to_json(document));
    for (const auto& finding : document.findings) {
      EXPECT_TRUE(clean(finding.subject + finding.summary + finding.advice)) << seed << " " << finding.check;
      for (const auto& pointer : finding.evidence) {
        boost::system::error_code error;
        EXPECT_NE(value.find_pointer(pointer, error), nullptr) << seed << " " << finding.check << " " << pointer;
      }
    }
    for (const bool fail_on_warn : {false, true}) {
      const auto status = exit_status(document, fail_on_warn);
      EXPECT_TRUE(status == 0 || status == 1 || status == 3) << status;
    }
  }
}

TEST(Catalogue, IdsAreUniqueAndGroupedByDirection) {
  std::set<std::string_view> ids, directions;
  std::string_view direction;
  for (const auto& check : catalogue()) {
    EXPECT_TRUE(ids.insert(check.id).second) << check.id;
    EXPECT_FALSE(check.passes_when.empty()) << check.id;
    const auto now = check.id.substr(0, check.id.find('.'));
    if (now != direction) EXPECT_TRUE(directions.insert(now).second) << check.id;
    direction = now;
  }
}

TEST(Catalogue, WhatSendAndDoctorExpect) {
  std::set<std::string_view> send, doctor;
  for (const auto& check : catalogue()) {
    if (check.expected_by_send) send.insert(check.id);
    if (check.expected_by_doctor) doctor.insert(check.id);
    EXPECT_EQ(check.expected_by_doctor, check.id.starts_with("self.")) << check.id;
  }
  EXPECT_EQ(send, (std::set<std::string_view>{
                      "published.mx", "inbound.starttls", "inbound.tls-version", "inbound.certificate", "path.accepted",
                      "path.delivered", "path.dkim-survival", "path.authentication-results", "outbound.starttls",
                      "outbound.tls-version", "outbound.spf", "outbound.dkim", "outbound.dmarc"}));
}

TEST(Embedded, IsWhatTheDocumentHolds) {
  EXPECT_EQ(embedded(test::raw_of("a\r\nb")), "a\r\nb");
  EXPECT_EQ(embedded({.base64 = {}, .path = "raw/1.eml", .sha256 = {}}), std::nullopt);
  EXPECT_EQ(embedded({.base64 = "%%%", .path = {}, .sha256 = {}}), std::nullopt);
}

}  // namespace
}  // namespace mailprobe::evidence
