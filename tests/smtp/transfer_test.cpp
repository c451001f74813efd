// How a message goes: dots, line ends, and what the server has to announce for it.
#include <gtest/gtest.h>

#include "smtp/dot_stuffing.h"
#include "smtp/transfer.h"

namespace mailprobe::smtp {
namespace {

using namespace std::string_view_literals;

TEST(DotStuffing, AddsADotWhereALineBeginsWithOne) {
  EXPECT_EQ(*stuff(""), "");
  EXPECT_EQ(*stuff("a\r\n"), "a\r\n");
  EXPECT_EQ(*stuff(".\r\n"), "..\r\n");
  EXPECT_EQ(*stuff("..a\r\n.b\r\nc.\r\n"), "...a\r\n..b\r\nc.\r\n");
}

TEST(DotStuffing, MendsNothing) {
  for (const auto message : {"a"sv, "a\n"sv, "a\r"sv, "\n.\n"sv, "\r.\r\n"sv, "a\r\r\n"sv, "a\r\nb"sv}) {
    const auto stuffed = stuff(message);
    ASSERT_FALSE(stuffed) << message;
    EXPECT_EQ(stuffed.error().kind, Failure::ours);
  }
}

TEST(BareNewline, IsACrOrAnLfAlone) {
  for (const auto bytes : {"\n"sv, "\r"sv, "a\rb"sv, "a\n\r\n"sv, "\r\r\n"sv, "\r\n\n"sv})
    EXPECT_TRUE(has_bare_newline(bytes));
  for (const auto bytes : {""sv, "\r\n"sv, "a\r\n\r\nb"sv}) EXPECT_FALSE(has_bare_newline(bytes));
}

Capabilities announced(std::string text) { return Capabilities(Reply{250, {}, "mx.test\n" + std::move(text)}); }
Path path(std::string_view text) { return Path(*Mailbox::parse(text)); }

Result<Transfer> plan(std::string_view message, std::string announcement, std::string_view to = "to@target.test") {
  return plan_transfer(message, path("probe@probe.test"), path(to), announced(std::move(announcement)));
}

TEST(Transfer, IsDataWithNothingWhereNothingIsNeeded) {
  const auto plain = plan("a: b\r\n\r\nc\r\n", "PIPELINING");
  EXPECT_FALSE(plain->bdat);
  EXPECT_FALSE(plain->parameters.size);
  EXPECT_EQ(plain->parameters.body, Body::seven_bit);
  EXPECT_FALSE(plain->parameters.smtputf8);
}

TEST(Transfer, SaysTheSizeWhereItIsAskedFor) {
  EXPECT_EQ(plan("a: b\r\n", "SIZE")->parameters.size, 6U);
  EXPECT_EQ(plan("a: b\r\n", "SIZE 6")->parameters.size, 6U);
  EXPECT_EQ(plan("a: b\r\n", "SIZE 5").error().kind, Failure::refused);
}

TEST(Transfer, NeedsWhatTheBytesNeed) {
  const std::string body = "a: b\r\n\r\ngrün\r\n", header = "a: grün\r\n\r\nb\r\n", line(999, 'x');
  EXPECT_EQ(plan(body, "8BITMIME")->parameters.body, Body::eight_bit);
  EXPECT_EQ(plan(body, "").error().kind, Failure::unsupported);
  EXPECT_TRUE(plan(header, "8BITMIME\nSMTPUTF8")->parameters.smtputf8);
  EXPECT_EQ(plan(header, "8BITMIME").error().kind, Failure::unsupported);
  EXPECT_TRUE(plan("a: b\r\n", "SMTPUTF8", "dörte@target.test")->parameters.smtputf8);
  EXPECT_FALSE(plan("a: b\r\n", "", "dörte@target.test"));
  EXPECT_TRUE(plan(line + "\r\n", "CHUNKING")->bdat);
  EXPECT_FALSE(plan(line + "\r\n", ""));
  EXPECT_EQ(plan("a\nb", "CHUNKING\nBINARYMIME")->parameters.body, Body::binary);
  EXPECT_FALSE(plan("a\nb", "CHUNKING"));
}

TEST(Transfer, GoesByBdatWhereThatIsAskedFor) {
  const auto asked = [](std::string announcement) {
    return plan_transfer("a: b\r\n", path("probe@probe.test"), path("to@target.test"),
                         announced(std::move(announcement)), Method::chunking);
  };
  EXPECT_TRUE(asked("CHUNKING")->bdat);
  EXPECT_EQ(asked("PIPELINING").error().kind, Failure::unsupported);
}

}  // namespace
}  // namespace mailprobe::smtp
