#include "auth/mutation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

#include "base/encoding.h"
#include "base/text.h"
#include "tests/auth/signing.h"

namespace mailprobe::auth {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

const std::string header =
    "From: Probe <probe@example.org>\r\nTo: reflector@target.test\r\nSubject: Test of delivery\r\n"
    "Message-ID: <1@example.org>\r\nMIME-Version: 1.0\r\n";
const std::string plain = "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n";

std::vector<std::string> kinds(const std::vector<Mutation>& mutations) {
  std::vector<std::string> out;
  out.reserve(mutations.size());
  for (const auto& mutation : mutations) out.push_back(mutation.kind);
  return out;
}

std::string_view bytes(const std::string& message, const std::optional<ByteRange>& range) {
  const auto from = static_cast<std::size_t>(range->first), to = static_cast<std::size_t>(range->second);
  return std::string_view(message).substr(from, to - from);
}

const Mutation& only(const std::vector<Mutation>& mutations, std::string_view kind) {
  static const Mutation none;
  for (const auto& mutation : mutations)
    if (mutation.kind == kind) return mutation;
  ADD_FAILURE() << "no " << kind;
  return none;
}

// ---- bodies ---------------------------------------------------------------------------------------------------------

struct BodyCase {
  std::string_view name, sent, received;
  std::vector<std::string> expected;
  std::string diff;  // of the first
};

class Bodies : public testing::TestWithParam<BodyCase> {};

TEST_P(Bodies, AreNamed) {
  const auto& one = GetParam();
  const auto sent = header + plain + std::string(one.sent), received = header + plain + std::string(one.received);
  const auto found = find_mutations(sent, received);
  EXPECT_THAT(kinds(found), testing::UnorderedElementsAreArray(one.expected));
  for (const auto& mutation : found) {
    EXPECT_EQ(mutation.part, "body");
    ASSERT_TRUE(mutation.sent && mutation.received);
    EXPECT_LE(static_cast<std::size_t>(mutation.sent->second), sent.size());
    EXPECT_LE(static_cast<std::size_t>(mutation.received->second), received.size());
    EXPECT_LE(mutation.sent->first, mutation.sent->second);
    EXPECT_LE(mutation.received->first, mutation.received->second);
  }
  if (!one.diff.empty() && !found.empty()) EXPECT_EQ(only(found, one.expected.front()).diff, one.diff);
}

INSTANTIATE_TEST_SUITE_P(
    Named, Bodies,
    testing::Values(
        BodyCase{"unchanged", "Hello\r\n", "Hello\r\n", {}, ""},
        BodyCase{"footer",
                 "Hello\r\nBye\r\n",
                 "Hello\r\nBye\r\n-- \r\nlist footer\r\n",
                 {"footer-appended"},
                 " Hello\n Bye\n+-- \n+list footer\n"},
        BodyCase{
            "footer_after_empty_lines", "Hello\r\n\r\n", "Hello\r\n\r\n____\r\nfooter\r\n", {"footer-appended"}, ""},
        BodyCase{"footer_in_place_of_empty_lines", "Hello\r\n\r\n\r\n", "Hello\r\nfooter\r\n", {"footer-appended"}, ""},
        BodyCase{"footer_to_an_empty_body", "", "footer\r\n", {"footer-appended"}, "+footer\n"},
        BodyCase{"footer_without_a_line_of_its_own", "Hello", "Hello footer", {"footer-appended"}, ""},
        BodyCase{
            "footer_that_repeats_the_text", "Hello\r\n", "Hello\r\nHello\r\n", {"footer-appended"}, " Hello\n+Hello\n"},
        BodyCase{"text_in_front",
                 "Hello\r\nBye\r\n",
                 "EXTERNAL MAIL\r\nHello\r\nBye\r\n",
                 {"text-prepended"},
                 "+EXTERNAL MAIL\n Hello\n Bye\n"},
        BodyCase{"text_in_front_and_footer",
                 "Hello\r\nBye\r\n",
                 "CAUTION\r\n\r\nHello\r\nBye\r\n\r\nfooter\r\n",
                 {"text-prepended", "footer-appended"},
                 ""},
        BodyCase{"trailing_spaces_gone",
                 "Hello  \r\nBye\t\r\n",
                 "Hello\r\nBye\r\n",
                 {"trailing-white-space"},
                 "-Hello··\n+Hello\n-Bye→\n+Bye\n"},
        BodyCase{"trailing_spaces_gone_and_empty_lines_added",
                 "Hello \r\nBye\r\n",
                 "Hello\r\nBye\r\n\r\n",
                 {"trailing-white-space"},
                 "-Hello·\n+Hello\n …\n+\n"},
        BodyCase{"empty_lines_at_the_end", "Hello\r\n", "Hello\r\n\r\n\r\n", {"trailing-white-space"}, ""},
        BodyCase{"final_line_ending_added", "Hello", "Hello\r\n", {"trailing-white-space"}, ""},
        BodyCase{"spaces_within_lines", "Hello  World\r\n", "Hello World\r\n", {"white-space-changed"}, ""},
        BodyCase{"trailing_space_and_footer",
                 "Hello \r\nBye\r\n",
                 "Hello\r\nBye\r\nfooter\r\n",
                 {"trailing-white-space", "footer-appended"},
                 ""},
        BodyCase{"rewrapped",
                 "one two three four\r\nfive six\r\nEnd\r\n",
                 "one two three\r\nfour five six\r\nEnd\r\n",
                 {"lines-rewrapped"},
                 ""},
        BodyCase{"long_line_cut",
                 "onetwothree\r\nEnd\r\n",
                 "onetwo\r\n three\r\nEnd\r\n",
                 {"lines-rewrapped"},
                 "-onetwothree\n+onetwo\n+ three\n End\n"},
        BodyCase{"empty_line_within", "Hello\r\nBye\r\n", "Hello\r\n\r\nBye\r\n", {"lines-rewrapped"}, ""},
        BodyCase{"rewrapped_with_a_footer",
                 "one two three four five\r\n",
                 "one two three\r\nfour five\r\nfooter\r\n",
                 {"lines-rewrapped", "footer-appended"},
                 ""},
        BodyCase{"rewrapped_between_two_additions",
                 "one two three four five\r\n",
                 "CAUTION\r\none two three\r\nfour five\r\nfooter\r\n",
                 {"lines-rewrapped", "footer-appended", "text-prepended"},
                 ""},
        BodyCase{"bare_lf_repaired",
                 "Hello\nWorld\r\nBye\r\n",
                 "Hello\r\nWorld\r\nBye\r\n",
                 {"line-endings-changed"},
                 "-Hello\\x0a\n+Hello\\x0d\\x0a\n"},
        BodyCase{"bare_cr_repaired", "Hello\rWorld\r\n", "Hello\r\nWorld\r\n", {"line-endings-changed"}, ""},
        BodyCase{"cr_became_lf", "Hello\rWorld\r\n", "Hello\nWorld\r\n", {"line-endings-changed"}, ""},
        BodyCase{"bare_lf_after_the_text", "Hello\r\n\n", "Hello\r\n\r\n", {"line-endings-changed"}, ""},
        BodyCase{"all_lf_repaired_and_a_footer",
                 "Hello\nBye\n",
                 "Hello\r\nBye\r\nfooter\r\n",
                 {"line-endings-changed", "footer-appended"},
                 ""},
        BodyCase{"word_changed",
                 "Hello World\r\nBye\r\n",
                 "Hello world\r\nBye\r\n",
                 {"body-changed"},
                 "-Hello World\n+Hello world\n Bye\n"},
        BodyCase{"line_removed",
                 "Hello\r\nsecret\r\nBye\r\n",
                 "Hello\r\nBye\r\n",
                 {"body-changed"},
                 " Hello\n-secret\n Bye\n"},
        BodyCase{"cut_short", "Hello\r\nBye\r\n", "Hello\r\n", {"body-changed"}, " Hello\n-Bye\n"},
        BodyCase{"emptied", "Hello\r\n", "", {"body-changed"}, ""},
        BodyCase{"link_rewritten_and_footer",
                 "See http://a.example/\r\nBye\r\n",
                 "See http://safe.example/?u=a\r\nBye\r\nfooter\r\n",
                 {"body-changed", "footer-appended"},
                 ""},
        BodyCase{"from_line_quoted", "From here on\r\nBye\r\n", ">From here on\r\nBye\r\n", {"body-changed"}, ""},
        BodyCase{"line_added_within", "one\r\ntwo\r\n", "one\r\nadded\r\ntwo\r\n", {"body-changed"}, ""}),
    [](const auto& test) { return std::string(test.param.name); });

TEST(Footer, ShowsTheAddedBytesAndWhereTheyStand) {
  const auto sent = header + plain + "Hello\r\n\r\n", received = sent + "-- \r\nAdded by the list\r\n";
  const auto found = find_mutations(sent, received);
  const auto& footer = only(found, "footer-appended");
  EXPECT_EQ(footer.sent, (ByteRange{sent.size(), sent.size()}));
  EXPECT_EQ(bytes(received, footer.received), "-- \r\nAdded by the list\r\n");
  EXPECT_THAT(footer.diff, HasSubstr("+Added by the list\n"));
}

TEST(Diff, EscapesAndIsCapped) {
  const auto sent = header + plain + "Hello\r\n";
  std::string footer = "\x1b[31mred\x07\r\n";
  for (int i = 0; i < 1000; ++i) footer += "a line of the footer\r\n";
  const auto found = find_mutations(sent, sent + footer);
  const auto& diff = only(found, "footer-appended").diff;
  EXPECT_THAT(diff, HasSubstr("+\\x1b[31mred\\x07\n"));
  EXPECT_LE(diff.size(), 4096U);
  EXPECT_TRUE(diff.ends_with(" …\n"));
}

TEST(Diff, OfALongLineShowsWhereItChanged) {
  const std::string line(500, 'x');
  const auto found = find_mutations(header + plain + line + "before" + line, header + plain + line + "after" + line);
  EXPECT_THAT(only(found, "body-changed").diff, HasSubstr("xxxbefore"));
}

// ---- MIME -----------------------------------------------------------------------------------------------------------

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

// ---- fields ---------------------------------------------------------------------------------------------------------

struct FieldCase {
  std::string_view name, sent, received;
  std::vector<std::string> expected;
  std::string part, diff;  // of the first
};

class FieldChanges : public testing::TestWithParam<FieldCase> {};

TEST_P(FieldChanges, AreNamed) {
  const auto& one = GetParam();
  const auto sent = std::string(one.sent) + "\r\nHello\r\n", received = std::string(one.received) + "\r\nHello\r\n";
  const auto found = find_mutations(sent, received);
  ASSERT_THAT(kinds(found), testing::UnorderedElementsAreArray(one.expected));
  if (found.empty()) return;
  EXPECT_EQ(only(found, one.expected.front()).part, one.part);
  if (!one.diff.empty()) EXPECT_EQ(only(found, one.expected.front()).diff, one.diff);
}

INSTANTIATE_TEST_SUITE_P(
    Named, FieldChanges,
    testing::Values(
        FieldCase{"unchanged", "Subject: a\r\n", "Received: x\r\nSubject: a\r\n", {}, "", ""},
        FieldCase{"refolded",
                  "Subject: one two\r\n",
                  "Subject: one\r\n two\r\n",
                  {"header-refolded"},
                  "Subject",
                  "-Subject: one two\n+Subject: one\n+ two\n"},
        FieldCase{"trailing_space",
                  "Subject: one\r\n",
                  "Subject: one \r\n",
                  {"header-refolded"},
                  "Subject",
                  "-Subject: one\n+Subject: one·\n"},
        FieldCase{"name_in_capitals", "Subject: one\r\n", "SUBJECT: one\r\n", {"header-refolded"}, "Subject", ""},
        FieldCase{"tagged",
                  "Subject: Hello\r\n",
                  "Subject: [list] Hello\r\n",
                  {"subject-tagged"},
                  "Subject",
                  "-Subject: Hello\n+Subject: [list] Hello\n"},
        FieldCase{
            "marked_as_spam", "Subject: Hello\r\n", "Subject: ***SPAM*** Hello\r\n", {"subject-tagged"}, "Subject", ""},
        FieldCase{"tagged_after_the_reply_prefix",
                  "Subject: Re: Hello\r\n",
                  "Subject: Re: [list] Hello\r\n",
                  {"subject-tagged"},
                  "Subject",
                  ""},
        FieldCase{"tagged_and_encoded_anew",
                  "Subject: =?utf-8?Q?caf=C3=A9?=\r\n",
                  "Subject: =?utf-8?B?W2xpc3RdIGNhZsOp?=\r\n",
                  {"subject-tagged"},
                  "Subject",
                  ""},
        FieldCase{
            "subject_replaced", "Subject: Hello\r\n", "Subject: Removed\r\n", {"header-rewritten"}, "Subject", ""},
        FieldCase{
            "tag_at_the_end", "Subject: Hello\r\n", "Subject: Hello [SPAM]\r\n", {"header-rewritten"}, "Subject", ""},
        FieldCase{"from_rewritten",
                  "From: a@b.example\r\n",
                  "From: a via list <list@l.example>\r\n",
                  {"address-rewritten"},
                  "From",
                  "-From: a@b.example\n+From: a via list <list@l.example>\n"},
        FieldCase{"cc_rewritten", "Cc: a@b\r\n", "Cc: undisclosed:;\r\n", {"address-rewritten"}, "Cc", ""},
        FieldCase{"resent", "Resent-To: a@b\r\n", "Resent-To: c@d\r\n", {"address-rewritten"}, "Resent-To", ""},
        FieldCase{"other_message_id",
                  "Message-ID: <1@a>\r\n",
                  "Message-ID: <2@b>\r\n",
                  {"message-id-rewritten"},
                  "Message-ID",
                  "-Message-ID: <1@a>\n+Message-ID: <2@b>\n"},
        FieldCase{"other_date",
                  "Date: Sat, 31 Jan 2026 12:00:00 +0000\r\n",
                  "Date: Sat, 31 Jan 2026 13:00:00 +0100\r\n",
                  {"date-rewritten"},
                  "Date",
                  ""},
        FieldCase{"removed",
                  "Reply-To: a@b\r\nSubject: x\r\n",
                  "Subject: x\r\n",
                  {"header-removed"},
                  "Reply-To",
                  "-Reply-To: a@b\n"},
        FieldCase{"duplicated",
                  "Subject: x\r\n",
                  "Subject: forged\r\nSubject: x\r\n",
                  {"header-duplicated"},
                  "Subject",
                  "+Subject: forged\n"},
        FieldCase{"one_rewritten_of_two",
                  "Comments: a\r\nComments: b\r\n",
                  "Comments: a\r\nComments: c\r\n",
                  {"header-rewritten"},
                  "Comments",
                  ""},
        FieldCase{"reordered",
                  "Comments: a\r\nComments: b\r\n",
                  "Comments: b\r\nComments: a\r\n",
                  {"header-reordered"},
                  "Comments",
                  ""},
        FieldCase{"other_names_may_change_places", "Subject: x\r\nTo: y\r\n", "To: y\r\nSubject: x\r\n", {}, "", ""},
        FieldCase{"two_fields_at_once",
                  "Subject: x\r\nTo: a@b, c@d\r\n",
                  "Subject: [l] x\r\nTo: a@b,\r\n c@d\r\n",
                  {"subject-tagged", "header-refolded"},
                  "Subject",
                  ""}),
    [](const auto& test) { return std::string(test.param.name); });

// ---- against a signature --------------------------------------------------------------------------------------------

class WithSignature : public testing::Test {
 protected:
  WithSignature() {
    options.headers = {"From", "To", "Content-Transfer-Encoding"};
    sent = test::signed_message(header + plain + "Hello\r\n", options);
    dkim.index = 1;
  }
  SignOptions options = test::options();
  std::string sent;
  Dkim dkim;
};

TEST_F(WithSignature, SubjectTaggedAndFooterWithSubjectUnsigned) {
  auto received = sent + "footer\r\n";
  received.replace(received.find("Test of"), 7, "[list] Test of");
  EXPECT_THAT(kinds(find_mutations(sent, received, dkim)), ElementsAre("footer-appended"));
  EXPECT_THAT(kinds(find_mutations(sent, received)), UnorderedElementsAre("subject-tagged", "footer-appended"));
}

TEST_F(WithSignature, AFieldSignedAsAbsentIsDuplicated) {
  const auto bare = test::signed_message(header + "\r\nHello\r\n", options);
  auto received = bare;
  received.insert(received.find("\r\n\r\n") + 2, "Content-Transfer-Encoding: 7bit\r\n");
  const auto found = find_mutations(bare, received, dkim);
  EXPECT_THAT(kinds(found), ElementsAre("header-duplicated"));
  EXPECT_EQ(found[0].part, "Content-Transfer-Encoding");
}

TEST_F(WithSignature, ItsOwnFieldRefolded) {
  auto received = sent;
  received.replace(received.find("; d="), 4, ";\r\n d=");
  const auto found = find_mutations(sent, received, dkim);
  EXPECT_THAT(kinds(found), ElementsAre("header-refolded"));
  EXPECT_EQ(found[0].part, "DKIM-Signature");
}

TEST_F(WithSignature, OfAnotherIsNoneOfOurs) {
  auto theirs = test::options();
  theirs.domain = "target.test";
  const auto received = test::signed_message(sent + "footer\r\n", theirs);
  EXPECT_THAT(find_mutations(sent, received, dkim), IsEmpty());
  dkim.index = 2;  // ours, below the target's
  EXPECT_THAT(kinds(find_mutations(sent, received, dkim)), ElementsAre("footer-appended"));
  dkim.index = 3;
  EXPECT_THAT(find_mutations(sent, received, dkim), IsEmpty());
}

struct Survival {
  std::string_view kind;
  bool simple, relaxed;
};

class Surviving : public testing::TestWithParam<Survival> {};

TEST_P(Surviving, IsKnownByKind) {
  EXPECT_EQ(survives(GetParam().kind, Canon::simple, Canon::simple), GetParam().simple);
  EXPECT_EQ(survives(GetParam().kind, Canon::relaxed, Canon::relaxed), GetParam().relaxed);
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, Surviving,
    testing::Values(Survival{"trailing-white-space", false, true}, Survival{"white-space-changed", false, true},
                    Survival{"header-refolded", false, true}, Survival{"footer-appended", false, false},
                    Survival{"subject-tagged", false, false}, Survival{"line-endings-changed", false, false},
                    Survival{"part-added", false, false}, Survival{"address-rewritten", false, false},
                    Survival{"transfer-encoding-changed", false, false}));

// ---- size -----------------------------------------------------------------------------------------------------------

std::string large_body(std::size_t size, std::size_t line, unsigned char seed) {
  std::string body;
  body.reserve(size + line);
  unsigned state = seed;
  while (body.size() < size) {
    for (std::size_t i = 0; i < line; ++i) {
      state = state * 1103515245U + 12345U;
      body += static_cast<char>('a' + (state >> 16U) % 26);
    }
    body += "\r\n";
  }
  return body;
}

/// Made when the test runs, not when the program starts.
struct LargeCase {
  std::string_view name;
  std::string (*sent)(), (*received)();
};

class Large : public testing::TestWithParam<LargeCase> {};

TEST_P(Large, TenMegabytesTakeSeconds) {
  const auto sent = header + plain + GetParam().sent(), received = header + plain + GetParam().received();
  const auto start = std::chrono::steady_clock::now();
  const auto found = find_mutations(sent, received);
  EXPECT_FALSE(found.empty());
  // Generous: the sanitizers' build runs this too. Quadratic work would take hours.
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(40));
}

constexpr std::size_t ten_megabytes = 10UL * 1024 * 1024;

std::string text() { return large_body(ten_megabytes, 76, 'a'); }
std::string one_line() { return std::string(ten_megabytes, 'x'); }
std::string empty_lines() { return large_body(ten_megabytes, 0, 'a'); }

INSTANTIATE_TEST_SUITE_P(
    Shapes, Large,
    testing::Values(LargeCase{"footer", text, [] { return text() + "footer\r\n"; }},
                    LargeCase{"another_text", text, [] { return large_body(ten_megabytes, 76, 'b'); }},
                    LargeCase{"one_line", one_line, [] { return one_line() + "y"; }},
                    LargeCase{"short_lines", [] { return large_body(ten_megabytes / 3, 1, 'a'); },
                              [] { return large_body(ten_megabytes / 3, 1, 'b'); }},
                    LargeCase{"nothing_but_empty_lines", empty_lines, [] { return "x" + empty_lines(); }},
                    LargeCase{"rewrapped", text, [] { return large_body(ten_megabytes, 400, 'a'); }}),
    [](const auto& test) { return std::string(test.param.name); });

}  // namespace
}  // namespace mailprobe::auth
