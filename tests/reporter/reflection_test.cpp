// "As seen by the other side": the rows, and that no text of the reflector's gets through raw.
#include "reporter/reflection.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/reporter/rendered.h"

namespace mailprobe::reporter {
namespace {

evidence::Document reflected() {
  auto document = test::good_delivery();
  auto& probe = document.probes.front();
  auto& seen = probe.reflection.emplace();
  seen.schema = "mailprobe-reflection/1";
  seen.version = "0.1.0";
  seen.host = "mx.reflector.test";
  seen.received = *parse_rfc3339("2026-01-31T12:00:00Z");
  seen.session.address = "192.0.2.10";
  seen.session.helo = probe.smtp->helo;
  seen.session.mail_from = probe.reverse_path;
  seen.session.tls = probe.smtp->tls;
  seen.spf.emplace();
  seen.spf->result = auth::SpfOutcome::pass;
  seen.spf->domain = "probe.test";
  seen.dkim = probe.mailbox->dkim;
  seen.dmarc.result = auth::DmarcOutcome::pass;
  seen.dmarc.domain = "probe.test";
  seen.headers = "Subject: Test message of mailprobe\r\n";
  return document;
}

const SeenRow& row_of(const std::vector<SeenRow>& rows, std::string_view what) {
  const auto found = std::ranges::find(rows, what, &SeenRow::what);
  if (found == rows.end()) throw std::runtime_error("there is no row " + std::string(what));
  return *found;
}

TEST(SeenRows, StandBesideWhatWeKnow) {
  const auto document = reflected();
  const auto rows = seen_rows(document.probes.front());
  EXPECT_EQ(row_of(rows, "TLS").agree, true);
  EXPECT_EQ(row_of(rows, "HELO").agree, true);
  EXPECT_EQ(row_of(rows, "Reverse-path").agree, true);
  EXPECT_EQ(row_of(rows, "SPF").result, "pass");
  EXPECT_EQ(row_of(rows, "SPF").agree, std::nullopt);
  EXPECT_EQ(row_of(rows, "DMARC").result, "pass");
}

TEST(SeenRows, TellWhereTheOtherSideSawSomethingElse) {
  auto document = reflected();
  document.probes.front().reflection->session.tls.reset();
  const auto rows = seen_rows(document.probes.front());
  EXPECT_EQ(row_of(rows, "TLS").theirs, "plain text");
  EXPECT_EQ(row_of(rows, "TLS").agree, false);
  EXPECT_NE(terminal(document, {.width = 100}).find("DIFFERS from ours"), std::string::npos);
}

TEST(SeenRows, CompareNoSessionOfARelay) {
  auto document = reflected();
  document.probes.front().via = "relay";
  const auto rows = seen_rows(document.probes.front());
  EXPECT_EQ(row_of(rows, "TLS").agree, std::nullopt);
  EXPECT_EQ(row_of(rows, "HELO").agree, std::nullopt);
}

TEST(SeenRows, AreNoneWithoutAReflection) {
  const auto document = test::good_delivery();
  EXPECT_TRUE(seen_rows(document.probes.front()).empty());
  EXPECT_EQ(terminal(document, {.width = 100}).find("other side"), std::string::npos);
  EXPECT_EQ(html(document, evidence::embedded).find("As seen by the other side"), std::string::npos);
}

TEST(Reflection, IsShownOnTheTerminalAndOnThePage) {
  const auto document = reflected();
  const auto text = terminal(document, {.width = 100});
  EXPECT_NE(text.find("As seen by the other side"), std::string::npos) << text;
  EXPECT_NE(text.find("mailprobe 0.1.0 at mx.reflector.test"), std::string::npos) << text;
  const auto page = html(document, evidence::embedded);
  EXPECT_NE(page.find("As seen by the other side"), std::string::npos);
  EXPECT_NE(page.find("#reflection-1"), std::string::npos) << "in the contents";
  EXPECT_NE(page.find("Test message of mailprobe"), std::string::npos);
}

TEST(Reflection, LetsNothingThroughRaw) {
  const std::string payload = "\x1b[2J<script>alert(1)</script>{{#probes}}\xe2\x80\xae";
  auto document = reflected();
  auto& seen = *document.probes.front().reflection;
  seen.version = seen.host = seen.headers = payload;
  seen.session.address = payload;
  seen.session.helo = seen.session.ptr = seen.session.mail_from = payload;
  seen.session.tls->version = seen.session.tls->cipher = payload;
  seen.spf->domain = seen.spf->reason = payload;
  for (auto& dkim : seen.dkim) dkim.domain = dkim.selector = dkim.algorithm = dkim.reason = payload;
  seen.dmarc.domain = seen.dmarc.reason = payload;
  seen.arc.emplace();
  seen.arc->reason = payload;
  const auto text = terminal(document, {.color = false, .width = 100});
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_EQ(text.find("\xe2\x80\xae"), std::string::npos);
  const auto page = html(document, evidence::embedded);
  EXPECT_EQ(page.find("<script>alert"), std::string::npos);
  EXPECT_EQ(page.find('\x1b'), std::string::npos);
}

}  // namespace
}  // namespace mailprobe::reporter
