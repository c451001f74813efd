// The report as a mail: its form, what is in it, and that nothing from outside gets into its header.
#include "reporter/mail.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/encoding.h"
#include "base/text.h"
#include "tests/reporter/rendered.h"

namespace mailprobe::reporter {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

Envelope envelope() {
  return {.id = "token",
          .from = *Mailbox::parse("probe@probe.test"),
          .to = *Mailbox::parse("postmaster@target.test"),
          .date = *parse_rfc3339("2026-01-31T12:00:00Z")};
}

/// The decoded body of part number `index`.
std::string part_of(const std::string& mail, std::size_t index) {
  std::size_t at = 0;
  for (std::size_t i = 0; i <= index; ++i) at = mail.find("--mailprobe-token\r\n", at) + 1;
  const auto begin = mail.find("\r\n\r\n", at) + 4, end = mail.find("--mailprobe-token", begin);
  std::string encoded;
  for (const char c : mail.substr(begin, end - begin))
    if (c != '\r' && c != '\n') encoded += c;
  return from_base64(encoded).value_or("not base64");
}

TEST(ReportMail, HasATextAndThePage) {
  const auto document = test::assessed(test::footer_delivery());
  const auto page = html(document, evidence::embedded);
  const auto text = mail(document, page, envelope());
  EXPECT_THAT(text, StartsWith("Date: Sat, 31 Jan 2026 12:00:00 +0000\r\nFrom: probe@probe.test\r\n"
                               "To: postmaster@target.test\r\nSubject: mailprobe: "));
  EXPECT_THAT(text, HasSubstr("\r\nMessage-ID: <token@probe.test>\r\nAuto-Submitted: auto-generated\r\n"));
  EXPECT_EQ(part_of(text, 1), page);
  EXPECT_THAT(part_of(text, 0), HasSubstr("path.dkim-survival"));
}

TEST(ReportMail, IsLinesThatTravel) {
  const auto document = test::assessed(test::footer_delivery());
  const auto text = mail(document, html(document, evidence::embedded), envelope());
  for (const auto line : split(text, '\n')) {
    EXPECT_LE(line.size(), 998U);
    EXPECT_TRUE(line.empty() || line.ends_with('\r')) << line;
    EXPECT_TRUE(std::ranges::all_of(line, [](char c) { return c == '\r' || (c >= ' ' && c <= '~'); })) << line;
  }
}

TEST(ReportMail, NothingFromOutsideIsAField) {
  auto document = test::assessed(test::good_delivery());
  document.probes.front().to = "a@b.test\r\nBcc: everybody@example.org\r\n\r\n<script>é";
  const auto text = mail(document, "", envelope());
  const auto header = text.substr(0, text.find("\r\n\r\n"));
  EXPECT_EQ(header.find("\r\nBcc:"), std::string::npos) << header;
  EXPECT_THAT(header, HasSubstr("Subject: mailprobe: a@b.test?"
                                "?Bcc: everybody@example.org?"
                                "?"
                                "?"
                                "?<script>?"
                                "?: "));
}

}  // namespace
}  // namespace mailprobe::reporter
