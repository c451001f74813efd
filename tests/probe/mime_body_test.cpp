// Bodies of composed messages: charsets, transfer encodings, sizes; what a scenario's message looks like as a whole.
#include "probe/mime_body.h"

#include <gtest/gtest.h>

#include "auth/encoded_word.h"
#include "auth/header_block.h"
#include "base/encoding.h"
#include "base/text.h"
#include "probe/compose.h"
#include "tests/probe/fixture.h"

namespace mailprobe::probe {
namespace {

using namespace scenarios;

std::string bytes(const Part& part, const std::string& text = "usual\n") { return mime_body(part, text).bytes; }

TEST(MimeBody, IsTheUsualTextWhereNoneIsGiven) {
  const auto body = mime_body({}, "usual\n");
  EXPECT_EQ(body.bytes, "usual\r\n");
  EXPECT_EQ(body.charset, "us-ascii");
  EXPECT_EQ(body.encoding, TransferEncoding::seven_bit);
  EXPECT_EQ(bytes({.body = ""}), "");
  EXPECT_EQ(bytes({.body = "no final newline"}), "no final newline");
}

TEST(MimeBody, IsEncodedAsItNeeds) {
  EXPECT_EQ(mime_body({.body = "ü"}, "").encoding, TransferEncoding::eight_bit);
  EXPECT_EQ(mime_body({.body = "ü"}, "").charset, "utf-8");
  EXPECT_EQ(mime_body({.body = std::string(999, 'x')}, "").encoding, TransferEncoding::quoted_printable);
  EXPECT_EQ(mime_body({.type = "application/pdf", .body = "ü"}, "").encoding, TransferEncoding::base64);
  EXPECT_EQ(mime_body({.type = "application/pdf", .body = "x"}, "").charset, "");
}

TEST(MimeBody, InLatin1) {
  EXPECT_EQ(bytes({.charset = "iso-8859-1", .body = "grün ÿ"}), "gr\xfcn \xff");
  EXPECT_EQ(bytes({.charset = "ISO-8859-1", .body = "ü", .transfer_encoding = TransferEncoding::quoted_printable}),
            "=FC");
}

/// RFC 2045 §6.7.
TEST(MimeBody, QuotedPrintable) {
  const auto encoded = [](std::string body) {
    return bytes({.body = std::move(body), .transfer_encoding = TransferEncoding::quoted_printable});
  };
  EXPECT_EQ(encoded("a=b \n\t\nend "), "a=3Db=20\r\n=09\r\nend=20");
  EXPECT_EQ(encoded("ü"), "=C3=BC");
  const auto folded = encoded(std::string(200, 'x'));
  for (const auto line : split(folded, '\n')) EXPECT_LE(line.size(), 77U) << "with the CR";
  EXPECT_EQ(std::ranges::count(folded, 'x'), 200);
  EXPECT_NE(folded.find("=\r\n"), std::string::npos);
}

TEST(MimeBody, Base64InLines) {
  const auto encoded = bytes({.body = std::string(100, 'x'), .transfer_encoding = TransferEncoding::base64});
  EXPECT_EQ(encoded.find("\r\n"), 76U);
  std::string whole;
  for (const auto line : split(encoded, '\n')) whole += trim(line);
  EXPECT_EQ(from_base64(whole), std::string(100, 'x'));
}

TEST(MimeBody, IsFilledUpToItsSizeExactly) {
  for (const std::int64_t size : {1, 2, 3, 500, 501, 502, 64'000})
    EXPECT_EQ(static_cast<std::int64_t>(bytes({.body = "", .size = Size{size}}).size()), size);
  const auto filled = bytes({.body = "first", .size = Size{5000}, .line_length = 998});
  EXPECT_TRUE(filled.starts_with("first\r\nmailprobe 1 abc"));
  EXPECT_EQ(filled.find("\r\n", 7), 7U + 998U);
  EXPECT_EQ(bytes({.body = "longer than that", .size = Size{4}}), "longer than that");
}

TEST(HeaderText, CutsNoCharacter) {
  EXPECT_EQ(header_text("plain"), "plain");
  std::string long_text;
  for (int i = 0; i < 60; ++i) long_text += i % 2 == 0 ? "ü" : "漢";
  const auto encoded = header_text(long_text);
  for (const auto line : split(encoded, '\n')) EXPECT_LE(line.size(), 78U);
  EXPECT_EQ(auth::decode_words(encoded), long_text);
}

Letter letter() {
  return {.id = "abcdefghijklmnopqrstuvwxyz",
          .from = test::mailbox("probe@probe.test"),
          .reply_to = test::mailbox("probe+abc@probe.test"),
          .to = test::mailbox("to@target.test"),
          .contact = "postmaster@probe.test",
          .date = *parse_rfc3339("2026-01-31T12:00:00Z")};
}

std::string value(const auth::Message& message, std::string_view name) {
  const auto fields = message.all(name);
  return fields.empty() ? "none" : auth::unfold(fields.front()->value);
}

TEST(ScenarioMessage, HasTheFieldsThatAreAskedFor) {
  Send send;
  send.subject = "Grüße";
  send.headers = {{"X-Two", "one\ntwo"}, {"X-Two", "ü"}};
  const auto raw = compose(letter(), send);
  const auto message = auth::split_message(raw);
  EXPECT_EQ(auth::decode_words(value(message, "Subject")), "Grüße");
  EXPECT_NE(raw.find("X-Two: one\r\n two\r\nX-Two: =?utf-8?B?w7w=?=\r\n"), std::string::npos) << raw;
}

TEST(ScenarioMessage, SaysWhatItIsWhereItsBodyDoesNot) {
  Send send;
  EXPECT_EQ(value(auth::split_message(compose(letter(), send)), "Comments"), "none");
  send.content.body = "";
  const auto raw = compose(letter(), send);
  const auto said = value(auth::split_message(raw), "Comments");
  EXPECT_NE(said.find("A test message of mailprobe"), std::string::npos) << said;
  EXPECT_NE(said.find("postmaster@probe.test: to stop these messages"), std::string::npos) << said;
}

TEST(ScenarioMessage, EndsItsLastLineWhereDataNeedsIt) {
  Send send;
  send.content.body = "no end";
  EXPECT_TRUE(compose(letter(), send).ends_with("no end\r\n"));
  send.extensions = {Extension::chunking};
  EXPECT_TRUE(compose(letter(), send).ends_with("no end"));
}

TEST(ScenarioMessage, PartsAndAttachments) {
  Send send;
  send.content.multipart = Multipart::alternative;
  send.content.parts = {{.body = "plain"}, {.type = "text/html", .body = "<p>ü"}};
  send.attachments = {{.type = "text/csv", .filename = "a \"b\".csv", .body = "1"}, {.filename = "ü.txt", .body = "2"}};
  const auto raw = compose(letter(), send);
  const auto outer = raw.find("Content-Type: multipart/mixed; boundary=\"=_1_"),
             inner = raw.find("Content-Type: multipart/alternative;");
  ASSERT_NE(outer, std::string::npos) << raw;
  ASSERT_NE(inner, std::string::npos) << raw;
  EXPECT_LT(outer, inner);
  for (const auto* words :
       {"\r\n\r\nplain\r\n--=_2_", "Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n",
        "<p>ü\r\n--=_2_abcdefghijklmnopqrstuvwxyz--\r\n", "filename=\"a \\\"b\\\".csv\"", "filename*=utf-8''%C3%BC.txt",
        "\r\n\r\n2\r\n--=_1_abcdefghijklmnopqrstuvwxyz--\r\n"})
    EXPECT_NE(raw.find(words), std::string::npos) << words << "\n" << raw;
}

}  // namespace
}  // namespace mailprobe::probe
