// Transfer encodings, boundaries, charsets and parts that were changed on the way.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/encoding.h"
#include "tests/auth/mutations.h"

namespace mailprobe::auth {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::UnorderedElementsAre;

std::string with(std::string_view type, std::string_view encoding, std::string_view body) {
  auto out = header + "Content-Type: " + std::string(type) + "\r\n";
  if (!encoding.empty()) out += "Content-Transfer-Encoding: " + std::string(encoding) + "\r\n";
  return out + "\r\n" + std::string(body);
}

std::string multipart(std::string_view boundary, std::string_view parts) {
  std::string out(parts);
  for (auto at = out.find("BB"); at != std::string::npos; at = out.find("BB", at + boundary.size()))
    out.replace(at, 2, boundary);
  return with("multipart/alternative; boundary=\"" + std::string(boundary) + "\"", "", out);
}

TEST(TransferEncoding, From8bitToQuotedPrintableIsThatAndTheField) {
  const auto sent = with("text/plain", "8bit",
                         "Gr\xc3\xbc\xc3\x9f"
                         "e\r\nBye\r\n");
  const auto received = with("text/plain", "quoted-printable", "Gr=C3=BC=C3=9Fe\r\nBye\r\n");
  const auto found = find_mutations(sent, received);
  EXPECT_THAT(kinds(found), ElementsAre("header-rewritten", "transfer-encoding-changed"));
  EXPECT_EQ(found[0].part, "Content-Transfer-Encoding");
  EXPECT_EQ(found[1].diff,
            "-Gr\xc3\xbc\xc3\x9f"
            "e\n-Bye\n+Gr=C3=BC=C3=9Fe\n+Bye\n");
  EXPECT_EQ(bytes(received, found[1].received), "Gr=C3=BC=C3=9Fe\r\nBye\r\n");
}

TEST(TransferEncoding, WithAFooterNamesBoth) {
  const auto sent = with("text/plain", "8bit",
                         "Gr\xc3\xbc\xc3\x9f"
                         "e\r\nBye\r\n");
  const auto received = with("text/plain", "base64",
                             base64("Gr\xc3\xbc\xc3\x9f"
                                    "e\r\nBye\r\nlist footer\r\n") +
                                 "\r\n");
  const auto found = find_mutations(sent, received);
  EXPECT_THAT(kinds(found), UnorderedElementsAre("header-rewritten", "transfer-encoding-changed", "footer-appended"));
  EXPECT_THAT(only(found, "footer-appended").diff, HasSubstr("+list footer\n"));
  EXPECT_EQ(only(found, "footer-appended").received->second, static_cast<std::int64_t>(received.size()));
}

TEST(TransferEncoding, FooterWithinBase64IsReadable) {
  const auto sent = with("text/plain", "base64", base64("Hello\r\nBye\r\n") + "\r\n");
  const auto received = with("text/plain", "base64", base64("Hello\r\nBye\r\n-- \r\nfooter\r\n") + "\r\n");
  const auto found = find_mutations(sent, received);
  EXPECT_THAT(kinds(found), ElementsAre("footer-appended"));
  EXPECT_THAT(found[0].diff, HasSubstr("+footer\n"));
}

TEST(TransferEncoding, SoftLineBreaksMovedIsAnotherEncodingOfTheSame) {
  const auto found = find_mutations(with("text/plain", "quoted-printable", "one two =\r\nthree\r\n"),
                                    with("text/plain", "quoted-printable", "one =\r\ntwo three\r\n"));
  EXPECT_THAT(kinds(found), ElementsAre("transfer-encoding-changed"));
}

TEST(TransferEncoding, Base64InOtherLinesIsRewrapped) {
  const auto found = find_mutations(with("text/plain", "base64", "SGVsbG8g\r\nV29ybGQ=\r\n"),
                                    with("text/plain", "base64", "SGVsbG8gV29ybGQ=\r\n"));
  EXPECT_THAT(kinds(found), ElementsAre("lines-rewrapped"));
}

TEST(TransferEncoding, OfOnePartOfTwo) {
  const std::string_view before =
      "--BB\r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: 8bit\r\n\r\n\xc3\xa4\r\n"
      "--BB\r\nContent-Type: text/html\r\n\r\n<p>\r\n--BB--\r\n";
  const std::string_view now =
      "--BB\r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n=C3=A4\r\n"
      "--BB\r\nContent-Type: text/html\r\n\r\n<p>\r\n--BB--\r\n";
  const auto found = find_mutations(multipart("x", before), multipart("x", now));
  EXPECT_THAT(kinds(found), ElementsAre("transfer-encoding-changed"));
}

TEST(Boundary, ChangedIsNamedAndTheRestIsComparedWithoutIt) {
  const std::string_view parts =
      "--BB\r\nContent-Type: text/plain\r\n\r\nHello\r\n--BB\r\nContent-Type: text/html\r\n\r\n<p>Hello\r\n--BB--\r\n";
  const auto sent = multipart("sent-boundary", parts), received = multipart("other", parts);
  const auto found = find_mutations(sent, received);
  EXPECT_THAT(kinds(found), ElementsAre("header-rewritten", "mime-boundary-changed"));
  EXPECT_EQ(bytes(sent, found[1].sent), "--sent-boundary");
  EXPECT_EQ(found[1].diff, "---sent-boundary\n+--other\n");
}

TEST(Boundary, ChangedWithAFooterInTheTextPart) {
  const auto sent = multipart("one",
                              "--BB\r\nContent-Type: text/plain\r\n\r\nHello\r\n\r\n--BB\r\n"
                              "Content-Type: text/html\r\n\r\n<p>Hello\r\n--BB--\r\n");
  const auto received = multipart("two",
                                  "--BB\r\nContent-Type: text/plain\r\n\r\nHello\r\n\r\nfooter\r\n\r\n--BB\r\n"
                                  "Content-Type: text/html\r\n\r\n<p>Hello\r\n--BB--\r\n");
  const auto found = find_mutations(sent, received);
  EXPECT_THAT(kinds(found), UnorderedElementsAre("header-rewritten", "mime-boundary-changed", "footer-appended"));
  EXPECT_THAT(only(found, "footer-appended").diff, HasSubstr("+footer\n"));
}

TEST(Charset, ChangedIsNamedAndTheRestIsComparedWithoutIt) {
  const auto sent = with("text/plain; charset=utf-8", "8bit",
                         "Gr\xc3\xbc\xc3\x9f"
                         "e\r\nBye\r\n");
  const auto received = with("text/plain; charset=iso-8859-1", "8bit",
                             "Gr\xfc\xdf"
                             "e\r\nBye\r\nfooter\r\n");
  const auto found = find_mutations(sent, received);
  EXPECT_THAT(kinds(found), UnorderedElementsAre("header-rewritten", "charset-changed", "footer-appended"));
  EXPECT_EQ(only(found, "footer-appended").diff,
            " Gr\xc3\xbc\xc3\x9f"
            "e\n Bye\n+footer\n");
}

TEST(Charset, ChangedTogetherWithTheEncoding) {
  const auto sent = with("text/plain; charset=utf-8", "8bit", "\xe2\x82\xac 5\r\n");
  const auto received = with("text/plain; charset=windows-1252", "quoted-printable", "=80 5\r\n");
  EXPECT_THAT(
      kinds(find_mutations(sent, received)),
      UnorderedElementsAre("header-rewritten", "header-rewritten", "charset-changed", "transfer-encoding-changed"));
}

TEST(Charset, OfOnePartOfTwo) {
  const auto sent = multipart("x", "--BB\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n\xc3\xa4\r\n--BB--\r\n");
  const auto received =
      multipart("x", "--BB\r\nContent-Type: text/plain; charset=iso-8859-1\r\n\r\n\xe4\r\n--BB--\r\n");
  EXPECT_THAT(kinds(find_mutations(sent, received)), ElementsAre("charset-changed"));
}

TEST(Charset, OfTheSameBytesIsOnlyTheField) {
  EXPECT_THAT(kinds(find_mutations(with("text/plain; charset=us-ascii", "", "Hello\r\n"),
                                   with("text/plain; charset=utf-8", "", "Hello\r\n"))),
              ElementsAre("header-rewritten"));
}

TEST(Parts, ThePreambleIsNoText) {
  const std::string_view parts = "--BB\r\n\r\nHello\r\n--BB--\r\n";
  const auto preamble = std::string("This is a message in MIME format.\r\n") + std::string(parts);
  EXPECT_THAT(kinds(find_mutations(multipart("x", preamble), multipart("x", parts))),
              ElementsAre("mime-preamble-changed"));
  EXPECT_THAT(kinds(find_mutations(multipart("x", parts), multipart("x", preamble))),
              ElementsAre("mime-preamble-changed"));
  EXPECT_THAT(kinds(find_mutations(multipart("x", "One.\r\n" + std::string(parts)), multipart("x", preamble))),
              ElementsAre("mime-preamble-changed"));
}

TEST(Parts, RemovedIsNamed) {
  const std::string plain_part = "--BB\r\nContent-Type: text/plain\r\n\r\nHello\r\n";
  const std::string html_part = "--BB\r\nContent-Type: text/html\r\n\r\n<p>Hello\r\n";
  const auto sent = multipart("x", plain_part + html_part + "--BB--\r\n");
  const auto found = find_mutations(sent, multipart("x", plain_part + "--BB--\r\n"));
  EXPECT_THAT(kinds(found), ElementsAre("part-removed"));
  EXPECT_THAT(std::string(bytes(sent, found[0].sent)), HasSubstr("<p>Hello"));
  EXPECT_THAT(kinds(find_mutations(sent, with("text/plain", "", "Hello\r\n"))),
              ElementsAre("header-rewritten", "part-removed"));
}

TEST(Footer, AsAPartOfItsOwn) {
  const auto sent = multipart("x", "--BB\r\n\r\nHello\r\n--BB--\r\n");
  const auto received =
      multipart("x", "--BB\r\n\r\nHello\r\n--BB\r\nContent-Type: text/plain\r\n\r\nfooter\r\n--BB--\r\n");
  const auto found = find_mutations(sent, received);
  EXPECT_THAT(kinds(found), ElementsAre("part-added"));
  EXPECT_THAT(std::string(bytes(received, found[0].received)), HasSubstr("footer"));
}

TEST(Footer, InTwoPartsIsNamedTwice) {
  const auto sent = multipart("x",
                              "--BB\r\nContent-Type: text/plain\r\n\r\nHello\r\n\r\n--BB\r\n"
                              "Content-Type: text/html\r\n\r\n<p>Hello\r\n\r\n--BB--\r\n");
  const auto received = multipart("x",
                                  "--BB\r\nContent-Type: text/plain\r\n\r\nHello\r\nfooter\r\n\r\n--BB\r\n"
                                  "Content-Type: text/html\r\n\r\n<p>Hello\r\n<p>footer\r\n\r\n--BB--\r\n");
  const auto found = find_mutations(sent, received);
  ASSERT_THAT(kinds(found), ElementsAre("footer-appended", "footer-appended"));
  EXPECT_EQ(bytes(received, found[0].received), "footer\r\n");
  EXPECT_EQ(bytes(received, found[1].received), "<p>footer\r\n");
}

TEST(Wrapping, OfAPlainMessageInAMultipartIsTextOnBothSides) {
  const auto sent = with("text/plain", "", "Hello\r\nBye\r\n");
  const auto received =
      multipart("x", "--BB\r\nContent-Type: text/plain\r\n\r\nHello\r\nBye\r\n\r\n--BB\r\n\r\nfooter\r\n--BB--\r\n");
  EXPECT_THAT(kinds(find_mutations(sent, received)),
              UnorderedElementsAre("header-rewritten", "text-prepended", "footer-appended"));
}

}  // namespace
}  // namespace mailprobe::auth
