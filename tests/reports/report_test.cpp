// Reports as they come: in a mail of several shapes, in an archive, as a bare file.
#include "reports/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/encoding.h"
#include "reports/report_mail.h"
#include "tests/reports/packing.h"
#include "tests/reports/samples.h"

namespace mailprobe::reports {
namespace {

using test::gzipped;
using test::report_of;
using test::sample;
using test::with;
using test::zipped;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::string_view name = "google.com!probe.test!1769817600!1769903999";

std::string in_lines(std::string_view text) {
  constexpr std::size_t width = 76;
  std::string out;
  for (std::size_t at = 0; at < text.size(); at += width) out.append(text.substr(at, width)).append("\r\n");
  return out;
}

std::string part(const std::string& type, const std::string& file_name, const std::string& bytes) {
  return "Content-Type: " + type + "; name=\"" + file_name + "\"\r\nContent-Disposition: attachment; filename=\"" +
         file_name + "\"\r\nContent-Transfer-Encoding: base64\r\n\r\n" + in_lines(base64(bytes));
}

/// The attachment is the whole message, as large providers send it.
std::string bare_mail(const std::string& type, const std::string& file_name, const std::string& bytes) {
  return "From: noreply-dmarc-support@google.com\r\nSubject: Report domain: probe.test\r\n Submitter: google.com\r\n"
         " Report-ID: 8293631894893125362\r\nMIME-Version: 1.0\r\n" +
         part(type, file_name, bytes);
}

std::string multipart_mail(const std::string& head, const std::string& content) {
  return head +
         "MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=\"tlsrpt\"; boundary=\"b-1\"\r\n\r\n"
         "--b-1\r\nContent-Type: text/plain\r\n\r\nThis is a report.\r\n--b-1\r\n" +
         content + "--b-1--\r\n";
}

std::string problem_of(const std::string& bytes) {
  const auto report = read_report(bytes);
  return report ? "none" : report.error().message;
}

TEST(Report, ABareFile) {
  for (const auto& bytes : {sample("like-google.xml"), gzipped(sample("like-google.xml")),
                            zipped({{.name = "a.xml", .content = sample("like-google.xml")}}),
                            "\xEF\xBB\xBF" + sample("like-google.xml")}) {
    const auto report = report_of(bytes);
    EXPECT_EQ(report.kind(), "dmarc");
    EXPECT_EQ(report.id(), "8293631894893125362");
    EXPECT_FALSE(report.by_mail);
    EXPECT_THAT(report.notes, IsEmpty());
  }
  const auto tls = report_of(gzipped(sample("like-google.json")));
  EXPECT_EQ(tls.kind(), "tls");
  EXPECT_EQ(tls.organization(), "Google Inc.");
}

TEST(Report, AMailThatIsNothingElse) {
  const auto file = std::string(name) + ".zip";
  const auto bytes = zipped({{.name = "a.xml", .content = sample("like-google.xml")}});
  for (const auto* type : {"application/zip", "application/octet-stream", "application/x-zip-compressed"}) {
    const auto report = report_of(bare_mail(type, file, bytes));
    EXPECT_EQ(report.id(), "8293631894893125362") << type;
    EXPECT_TRUE(report.by_mail);
    EXPECT_THAT(report.notes, IsEmpty()) << type;
  }
}

TEST(Report, AMailOfParts) {
  const auto head = std::string(
      "From: smtp-tls-reporting@google.com\r\nTLS-Report-Domain: probe.test\r\nTLS-Report-Submitter: google.com\r\n"
      "Subject: Report Domain: probe.test Submitter: google.com Report-ID: <2026-01-31T00:00:00Z_probe.test>\r\n");
  const auto json = sample("like-google.json");
  const auto zipped_part = part("application/tlsrpt+gzip", std::string(name) + "!001.json.gz", gzipped(json));
  EXPECT_THAT(report_of(multipart_mail(head, zipped_part)).notes, IsEmpty());
  const auto plain = part("application/tlsrpt+json", std::string(name) + ".json", json);
  EXPECT_EQ(report_of(multipart_mail(head, plain)).kind(), "tls");
}

TEST(Report, WithTheLineEndsOfAFile) {
  auto mail = bare_mail("application/gzip", std::string(name) + ".xml.gz", gzipped(sample("like-google.xml")));
  std::erase(mail, '\r');
  EXPECT_EQ(report_of(mail).kind(), "dmarc");
}

TEST(Report, AsTextInQuotedPrintable) {
  std::string encoded;
  for (const char c : sample("like-google.xml")) encoded += c == '=' ? "=3D" : std::string(1, c);
  encoded = with(encoded, "google.com</org_name>", "goog=\r\nle.com</org_name>");
  const auto mail = multipart_mail(
      "From: a@google.com\r\n",
      "Content-Type: text/xml\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n" + encoded + "\r\n");
  EXPECT_EQ(report_of(mail).organization(), "google.com");
}

TEST(Report, ForwardedAsAMessage) {
  const auto mail = multipart_mail("From: me@probe.test\r\n",
                                   "Content-Type: message/rfc822\r\n\r\n" +
                                       bare_mail("application/gzip", "a.xml.gz", gzipped(sample("like-google.xml"))));
  EXPECT_EQ(report_of(mail).id(), "8293631894893125362");
}

TEST(Report, WhatSubjectHeaderAndFileNameSayOtherwiseIsNoted) {
  auto mail = bare_mail("application/gzip", "google.com!other.test!1!2.xml.gz", gzipped(sample("like-google.xml")));
  mail = with(mail, "Report-ID: 8293631894893125362", "Report-ID: <7>");
  EXPECT_THAT(report_of(mail).notes, ElementsAre("the Subject names the report 7, the report itself another id",
                                                 "the file name names the domain other.test, the report another"));
}

TEST(Report, NothingOfTheKind) {
  EXPECT_EQ(problem_of("From: a@b.test\r\n\r\nHello\r\n"), "a message with no report in it");
  EXPECT_EQ(problem_of(""), "neither XML nor JSON");
  EXPECT_EQ(problem_of("Hello"), "neither XML nor JSON");
  EXPECT_EQ(problem_of(gzipped("From: a@b.test\r\n\r\nHello\r\n")), "neither XML nor JSON");
  EXPECT_THAT(problem_of(bare_mail("application/gzip", "a.gz", gzipped("<a/>"))), HasSubstr("root element"));
  EXPECT_THAT(problem_of(bare_mail("application/zip", "a.zip", "PK\x03\x04 and then nothing")), HasSubstr("damaged"));
  EXPECT_THAT(problem_of(std::string(33UL * 1024 * 1024, ' ')), HasSubstr("32 MB"));
}

TEST(Report, APartThatIsNoneHidesNoOther) {
  const auto mail = multipart_mail("From: a@google.com\r\n",
                                   part("application/gzip", "logo.gz", "no gzip at all") + "--b-1\r\n" +
                                       part("application/gzip", "a.xml.gz", gzipped(sample("like-google.xml"))));
  EXPECT_EQ(report_of(mail).id(), "8293631894893125362");
}

TEST(Report, WhoReports) {
  EXPECT_THAT(report_of(sample("like-google.xml")).reporters(), ElementsAre("google.com"));
  EXPECT_THAT(report_of(sample("like-microsoft.xml")).reporters(), ElementsAre("microsoft.com"));
  EXPECT_THAT(report_of(sample("like-microsoft.json")).domains(), ElementsAre("wrong-tlsa.probe.test", "probe.test"));
  const auto contact = with(sample("like-google.json"), "smtp-tls-reporting@google.com", "mailto:<x@Sub.Google.com>");
  EXPECT_THAT(report_of(contact).reporters(), ElementsAre("sub.google.com"));
}

TEST(ReportMail, Claims) {
  const auto claims =
      subject_claims(" Report Domain: example.com\r\n\tSubmitter: mail.receiver.example\r\n\tReport-ID: <1@x>");
  EXPECT_EQ(claims.domain, "example.com");
  EXPECT_EQ(claims.submitter, "mail.receiver.example");
  EXPECT_EQ(claims.id, "1@x");
  EXPECT_FALSE(subject_claims("Report Domain:").domain);
  EXPECT_FALSE(subject_claims("Hello").domain);
  EXPECT_EQ(file_name_claims("a.test!b.test!1!2!x.xml.gz").submitter, "a.test");
  EXPECT_FALSE(file_name_claims("report.xml").domain);
}

}  // namespace
}  // namespace mailprobe::reports
