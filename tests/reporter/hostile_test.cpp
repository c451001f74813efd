// A payload in every string of the document: no renderer lets it through raw.
#include <gtest/gtest.h>

#include <algorithm>
#include <regex>
#include <set>

#include <boost/json.hpp>

#include "base/safe_text.h"
#include "base/text.h"
#include "evidence/json.h"
#include "reporter/each_text.h"
#include "tests/reporter/hostile.h"
#include "tests/reporter/rendered.h"

namespace mailprobe::reporter {
namespace {

using evidence::Document;
using test::filled;
using test::Payload;
using test::payloads;

bool only_printable(std::string_view text) {
  return std::ranges::all_of(text, [](unsigned char c) { return c >= 0x20 || c == '\n' || c == '\t'; });
}

class Hostile : public testing::TestWithParam<Payload> {};

TEST_P(Hostile, IsNoControlCharacterAnywhere) {
  for (const auto& [renderer, text] : test::renderings(filled(GetParam().text))) {
    EXPECT_TRUE(only_printable(text)) << renderer;
    EXPECT_EQ(valid_utf8(text), text) << renderer;
    for (const auto* raw : {"\xe2\x80\xae", "\xe2\x80\xac", "\xc2\x9b", "\x7f"})
      EXPECT_EQ(text.find(raw), std::string::npos) << renderer;
  }
}

TEST_P(Hostile, IsWhatXmlCallsAChar) {
  for (const auto* renderer : {"html", "junit"})
    for (const auto* raw : {"\xef\xbf\xbe", "\xef\xbf\xbf"})
      EXPECT_EQ(test::renderings(filled(GetParam().text)).at(renderer).find(raw), std::string::npos) << renderer;
}

TEST_P(Hostile, IsNoMarkup) {
  for (const auto* renderer : {"html", "junit"}) {
    const auto text = test::renderings(filled(GetParam().text)).at(renderer);
    for (const auto* raw : {"<script", "<img", "<x/>", "<!--", "]]>", "onload=\"", "onerror=alert(1)>"})
      EXPECT_EQ(text.find(raw), std::string::npos) << renderer << " has " << raw;
  }
}

TEST_P(Hostile, StaysInItsLine) {
  const auto document = filled(GetParam().text);
  const auto all = test::renderings(document);
  EXPECT_EQ(std::ranges::count(all.at("nagios"), '\n'), 1);
  EXPECT_EQ(std::ranges::count(all.at("nagios"), '|'), 1);
  std::size_t results = 0;
  for (const auto line : split(all.at("tap"), '\n')) {
    const bool result = line.starts_with("ok ") || line.starts_with("not ok ");
    results += result ? 1 : 0;
    if (result && GetParam().name == "tap") EXPECT_EQ(line.find(" # TODO later"), std::string_view::npos) << line;
  }
  EXPECT_EQ(results, document.findings.size() + document.expectations.size());
}

TEST_P(Hostile, IsNoSecondDocument) {
  const auto page = html(filled(GetParam().text), evidence::embedded);
  EXPECT_EQ(page.find("</html>"), page.rfind("</html>"));
  EXPECT_EQ(page.find("<style>"), page.rfind("<style>"));
}

INSTANTIATE_TEST_SUITE_P(Payloads, Hostile, testing::ValuesIn(payloads()),
                         [](const auto& info) { return info.param.name; });

/// Members whose strings are words of a closed list, times or bytes, not text from outside.
const std::set<std::string>& closed() {
  static const std::set<std::string> names{
      "schema",  "started", "finished", "time",   "not_before", "not_after", "base64",  "at",          "dnssec",
      "outcome", "dir",     "shape",    "floor",  "result",     "policy",    "verdict", "disposition", "tls_source",
      "cause",   "grade",   "fix_by",   "answer", "begin",      "end",       "dmarc",   "kind",        "rest"};
  return names;
}

void expect_visited(const boost::json::value& value, const std::string& name) {
  if (const auto* object = value.if_object())
    for (const auto& [key, member] : *object) expect_visited(member, std::string(key));
  if (const auto* array = value.if_array())
    for (const auto& item : *array) expect_visited(item, name);
  if (const auto* text = value.if_string())
    EXPECT_TRUE(text->starts_with("@@") || closed().contains(name)) << name << ": " << std::string_view(*text);
}

class EachText : public test::EveryDocument {};

TEST_P(EachText, ReachesEveryStringOfTheDocument) {
  each_text(document, [](std::string& text) { text = "@@" + text; });
  expect_visited(boost::json::parse(evidence::to_json(document)), "");
}

FOR_EVERY_DOCUMENT(EachText);

TEST(HostileTemplate, IsTextToTheTemplate) {
  const auto page = html(filled("{{{title}}}{{#probes}}x{{/probes}}{{=<% %>=}}"), evidence::embedded);
  EXPECT_NE(page.find("{{{title}}}{{#probes}}x{{/probes}}{{=&lt;% %&gt;=}}"), std::string::npos);
}

TEST(HostileRun, AttackerControlledFieldsOfASampleRun) {
  for (const auto& payload : payloads()) {
    const auto document = test::assessed(test::hostile(payload.text));
    for (const auto& [renderer, text] : test::renderings(document))
      EXPECT_TRUE(only_printable(text)) << renderer << " " << payload.name;
    EXPECT_EQ(html(document, evidence::embedded).find("<script"), std::string::npos) << payload.name;
  }
}

}  // namespace
}  // namespace mailprobe::reporter
