#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <regex>
#include <set>

#include "base/encoding.h"
#include "base/text.h"
#include "reporter/compiled_in.h"
#include "reporter/probe_rows.h"
#include "reporter/templates.h"
#include "tests/reporter/rendered.h"
#include "tests/support/conformance.h"

namespace mailprobe::reporter {
namespace {

std::string page_of(const evidence::Document& document) { return html(document, evidence::embedded); }

std::string page_of_footer() { return page_of(test::assessed(test::footer_delivery())); }

std::vector<std::string> matches(const std::string& text, const std::string& pattern) {
  const std::regex expression(pattern);
  std::vector<std::string> found;
  for (std::sregex_iterator at(text.begin(), text.end(), expression), end; at != end; ++at) found.push_back((*at)[1]);
  return found;
}

class EveryPage : public test::EveryDocument {
 protected:
  std::string page = page_of(document);
};

TEST_P(EveryPage, RefersToNothingOutside) {
  for (const auto& target : matches(page, R"re((?:src|href|action|data|poster|srcset|background)\s*=\s*"([^"]*)")re"))
    EXPECT_TRUE(target.starts_with("#")) << target;
  for (const auto* remote :
       {"<link", "<script", "<img", "<iframe", "<object", "<base", "@import", "url(", "http-equiv=\"refresh"})
    EXPECT_EQ(page.find(remote), std::string::npos) << remote;
}

TEST_P(EveryPage, PermitsItsOwnStyleOnly) {
  const auto style = Templates{}.text("style");
  const auto policy = "content=\"default-src 'none'; style-src 'sha256-" + base64(sha256(style)) + "';";
  EXPECT_NE(page.find(policy), std::string::npos);
  EXPECT_NE(page.find("<style>" + style + "</style>"), std::string::npos);
  EXPECT_EQ(page.find(" style="), std::string::npos) << "the policy forbids style attributes";
}

TEST_P(EveryPage, HasIdsOnceAndLinksThatLeadSomewhere) {
  std::set<std::string> ids;
  for (const auto& id : matches(page, R"re( id="([^"]*)")re")) EXPECT_TRUE(ids.insert(id).second) << id << " twice";
  for (const auto& target : matches(page, R"re(href="#([^"]*)")re")) EXPECT_TRUE(ids.contains(target)) << target;
  for (const auto& names : matches(page, R"re(aria-labelledby="([^"]*)")re"))
    for (const auto name : split(names, ' ')) EXPECT_TRUE(ids.contains(std::string(name))) << names;
}

/// Of several probes the first one's; of many none, but the list of them.
TEST_P(EveryPage, HasAllItsSectionsInTheContents) {
  const std::regex left_out(document.probes.size() > most_open_probes ? "-\\d+$" : "-(?!1$)\\d+$");
  const auto contents = page.substr(page.find("<nav "), page.find("</nav>") - page.find("<nav "));
  for (const auto& id : matches(page, R"re(<section id="([^"]*)")re")) {
    if (std::regex_search(id, left_out)) continue;
    EXPECT_NE(contents.find("href=\"#" + id + "\""), std::string::npos) << id;
  }
}

TEST_P(EveryPage, ClosesWhatItOpens) {
  const std::set<std::string> empty{"meta", "br", "!doctype"};
  std::vector<std::string> open;
  auto body = page;  // without its style, which a regular expression would take a stack frame a character for
  const auto style = body.find("<style>"), end = body.find("</style>");
  ASSERT_LT(style, end);
  body.erase(style, end + std::string_view("</style>").size() - style);
  for (const auto& tag : matches(body, R"re(<(/?[a-z!][^>\s/]*(?:[^>]*/(?=>))?))re")) {
    const auto name = tag.substr(0, tag.find_first_of(" \n"));
    if (tag.ends_with('/') || empty.contains(name)) continue;
    if (!tag.starts_with('/')) {
      open.push_back(name);
      continue;
    }
    ASSERT_FALSE(open.empty()) << tag;
    EXPECT_EQ("/" + open.back(), tag);
    open.pop_back();
  }
  EXPECT_TRUE(open.empty());
}

TEST_P(EveryPage, LeavesNoTemplateBehind) {
  EXPECT_EQ(page.find("{{"), std::string::npos);
  EXPECT_EQ(page.find("t-\""), std::string::npos) << "a verdict without a tone";
  EXPECT_EQ(page.find("href=\"#i-\""), std::string::npos);
}

TEST_P(EveryPage, HasLandmarksAndLanguage) {
  for (const auto* part : {"<html lang=\"en\">", "<header", "<nav ", "<main", "<footer", "<h1>", "<title>"})
    EXPECT_NE(page.find(part), std::string::npos) << part;
  EXPECT_EQ(page.find("<h1>"), page.rfind("<h1>"));
}

FOR_EVERY_DOCUMENT(EveryPage);

TEST(Page, ShowsTheFooterThatBrokeTheSignatures) {
  const auto page = page_of_footer();
  EXPECT_NE(page.find("A footer was appended"), std::string::npos);
  EXPECT_NE(page.find("Checked by footer.test, the careful provider."), std::string::npos);
  EXPECT_NE(page.find("<div class=\"l added\">"), std::string::npos);
  EXPECT_NE(page.find("<mark>-- \nChecked by footer.test, the careful provider.\n</mark>"), std::string::npos);
}

TEST(Page, FoldsTheExpectationsThatHoldAndShowsWhatStandsBehindTheOthers) {
  const auto page = page_of(test::assessed(test::scenario_run()));
  const auto begin = page.find("id=\"expectations\""), fold = page.find("<summary>2 expectations that hold</summary>");
  ASSERT_LT(begin, fold);
  ASSERT_NE(fold, std::string::npos);
  const auto open = page.substr(begin, fold - begin);
  EXPECT_NE(open.find("no answer was waited for"), std::string::npos);
  EXPECT_NE(open.find("<figcaption><a href=\"#dkim-2\">The signatures of the copy, probe broken</a>"),
            std::string::npos);
  EXPECT_EQ(open.find("pass, pass"), std::string::npos) << "which holds";
  EXPECT_NE(page.find("<a href=\"#expectations\">"), std::string::npos) << "in the contents";
}

TEST(Page, ShowsTheWorstOfAServersCertificatesAndDrawsEach) {
  const auto page = page_of(test::assessed(test::two_certificates()));
  const auto table =
      page.substr(page.find("id=\"servers\""), page.find("The certificate chains") - page.find("id=\"servers\""));
  EXPECT_NE(table.find("not valid"), std::string::npos);
  EXPECT_NE(table.find("RSA 1024"), std::string::npos);
  EXPECT_NE(table.find("the worst of 2"), std::string::npos);
  EXPECT_NE(table.find("DANE: no TLSA record matches"), std::string::npos);
  EXPECT_NE(page.find(", RSA 1024</span></summary>"), std::string::npos) << "its chain is drawn";
}

TEST(Page, SaysWhatTlsaRecordsWithoutDnssecMean) {
  auto document = test::good_delivery();
  auto& host = document.target.mx.front();
  document.target.dnssec = Dnssec::insecure;
  host.tlsa = {"3 1 1 " + std::string(64, 'a')};
  host.tlsa_lookup = evidence::TlsaLookup{.base = host.host,
                                          .state = evidence::TlsaState::insecure,
                                          .dnssec = Dnssec::secure,
                                          .unusable = {},
                                          .problem = "the MX records are not signed"};
  for (auto& address : host.addresses) address.dnssec = Dnssec::secure;
  const auto says = [&](std::string_view text) { return page_of(document).contains(text); };
  EXPECT_TRUE(says("signed, but a sender need not use them: the MX records are not signed"));
  host.addresses.front().dnssec = Dnssec::insecure;
  EXPECT_TRUE(says("without DNSSEC: they do not count"));
  host.tlsa.clear();
  EXPECT_TRUE(says("none, and no DNSSEC"));
  host.tlsa_lookup->cause = Cause::dns_failure;
  EXPECT_TRUE(says("not known, and no DNSSEC"));
}

TEST(Page, SaysThatRawBytesAreAbsent) {
  const auto page = html(test::assessed(test::footer_delivery()), [](const evidence::Raw&) { return std::nullopt; });
  EXPECT_NE(page.find("Its bytes are not part of this report."), std::string::npos);
}

TEST(Page, CutsALongMessageAndSaysSo) {
  auto document = test::assessed(test::good_delivery());
  document.probes.front().mailbox->raw = test::raw_of(std::string(2'000'000, 'x'));
  const auto page = page_of(document);
  EXPECT_LT(page.size(), 200'000U);
  EXPECT_NE(page.find("Cut after 32 kB"), std::string::npos);
}

TEST(Page, TellsSeveralProbesApart) {
  auto document = test::assessed(test::good_delivery());
  document.probes.push_back(document.probes.front());
  document.probes.back().name = "second";
  const auto page = page_of(document);
  EXPECT_NE(page.find("Probe 2: <b>second</b>"), std::string::npos);
  EXPECT_NE(page.find("id=\"dkim-2\""), std::string::npos);
}

TEST(Page, EscapesEverythingByDefault) {
  EXPECT_GT(compiled_in().size(), 25U);
  for (const auto& [name, text] : compiled_in()) {
    EXPECT_EQ(text.find("{{{"), std::string::npos) << name;
    EXPECT_EQ(text.find("{{&"), std::string::npos) << name;
  }
}

TEST(Page, IsMadeOfTheFilesThatAreThere) {
  for (const auto& [name, text] : compiled_in()) {
    const auto file = std::string(name) + (name == "style" ? ".css" : ".mustache");
    EXPECT_EQ(test::read_file(std::filesystem::path(MAILPROBE_SOURCE_DIR) / "reporter/templates" / file), text) << file;
  }
}

// --- contrast: WCAG 2.1, 1.4.3 ---------------------------------------------------------------------------------------

double channel(int value) {
  const double c = value / 255.0;
  return c <= 0.03928 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
}

double luminance(std::string hex) {
  if (hex.size() == 3) hex = {hex[0], hex[0], hex[1], hex[1], hex[2], hex[2]};
  const auto part = [&](std::size_t at) { return channel(std::stoi(hex.substr(at, 2), nullptr, 16)); };
  return 0.2126 * part(0) + 0.7152 * part(2) + 0.0722 * part(4);
}

double contrast(const std::string& a, const std::string& b) {
  const double one = luminance(a), two = luminance(b);
  return (std::max(one, two) + 0.05) / (std::min(one, two) + 0.05);
}

std::map<std::string, std::string> colours(const std::string& block) {
  std::map<std::string, std::string> found;
  const std::regex pair("--([a-z-]+):#([0-9a-f]+)");
  for (std::sregex_iterator at(block.begin(), block.end(), pair), end; at != end; ++at) found[(*at)[1]] = (*at)[2];
  return found;
}

TEST(Page, HasReadableContrastInLightAndDark) {
  const auto style = Templates{}.text("style");
  const auto dark = style.find("prefers-color-scheme:dark");
  for (const auto& theme :
       {colours(style.substr(0, dark)), colours(style.substr(dark, style.find("}}", dark) - dark))}) {
    for (const auto* text : {"ink", "soft"})
      for (const auto* ground : {"paper", "raised", "tint"})
        EXPECT_GE(contrast(theme.at(text), theme.at(ground)), 4.5) << text << " on " << ground;
    for (const std::string tone : {"pass", "warn", "fail", "info", "unsure", "mute"})
      for (const auto& ground : {tone + "-bg", std::string("raised"), std::string("paper")})
        EXPECT_GE(contrast(theme.at(tone), theme.at(ground)), 4.5) << tone << " on " << ground;
  }
}

TEST(Page, ShowsWhatTheTlsOfAnAddressAccepts) {
  const auto page = reporter::html(test::assessed(test::tls_weak()), evidence::embedded);
  for (const auto* words :
       {"What their TLS accepts", "SSLv3", "TLS 1.0", "TLS_RSA_WITH_RC4_128_SHA", "sect163k1", "DH 1024 bits",
        "no secure renegotiation", "in the client’s order", "the rest: the budget of 12 connections is used up"})
    EXPECT_NE(page.find(words), std::string::npos) << words;
  const auto plain = reporter::html(test::assessed(test::good_delivery()), evidence::embedded);
  EXPECT_EQ(plain.find("What their TLS accepts"), std::string::npos);
}

/// An address that we had no more time for, and one that we never tried.
TEST(Page, TellsWhatWeGaveUpFromWhatWeLeftOut) {
  auto document = test::inspected();
  auto& session = *document.target.mx.at(0).addresses.at(1).session;
  session.tls.reset();
  session.reply.reset();
  session.phase = "banner";
  session.cause = Cause::own_limit;
  session.error = "our time for it was over";
  const auto given_up = test::assessed(document);
  EXPECT_NE(page_of(given_up).find("given up by us"), std::string::npos);
  EXPECT_NE(terminal(given_up, {.width = 80}).find("? mx1.target.test  2001:db8::1"), std::string::npos);
  session.phase = "connect";
  session.events.clear();
  const auto left_out = test::assessed(document);
  EXPECT_EQ(page_of(left_out).find("given up by us"), std::string::npos);
  EXPECT_EQ(terminal(left_out, {.width = 80}).find("? mx1.target.test  2001:db8::1"), std::string::npos);
}

/// MAILPROBE_PAGES=DIR writes every sample there, to be looked at in a browser.
TEST(Page, WritesSamplesWhereAsked) {
  const char* folder = std::getenv("MAILPROBE_PAGES");
  if (folder == nullptr) GTEST_SKIP() << "MAILPROBE_PAGES names no folder";
  for (const auto& named : test::all_documents())
    std::ofstream(std::filesystem::path(folder) / (named.name + ".html")) << page_of(test::assessed(named.document));
}

}  // namespace
}  // namespace mailprobe::reporter
