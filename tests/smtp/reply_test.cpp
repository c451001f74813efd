// Replies: lines in, a reply or an error out; and what a refusal means.
#include <gtest/gtest.h>

#include "base/text.h"
#include "smtp/capabilities.h"
#include "smtp/reply.h"
#include "smtp/reply_causes.h"

namespace mailprobe::smtp {
namespace {

using namespace std::string_view_literals;
using Words = std::vector<std::string>;

/// nullopt: an error or not whole.
std::optional<Reply> parse(std::initializer_list<std::string_view> lines) {
  ReplyParser parser;
  for (const auto line : lines) {
    const auto whole = parser.feed(line);
    if (!whole) return std::nullopt;
    if (*whole) return parser.take();
  }
  return std::nullopt;
}

TEST(Reply, IsOneLineOrMany) {
  const auto one = parse({"250 ok"});
  EXPECT_EQ(one->code, 250);
  EXPECT_EQ(one->text, "ok");
  EXPECT_FALSE(one->enhanced);
  EXPECT_EQ(parse({"250-a", "250-b", "250 c"})->text, "a\nb\nc");
  EXPECT_EQ(parse({"250-a", "250"})->text, "a\n");
  EXPECT_EQ(parse({"250"})->text, "");
  EXPECT_FALSE(parse({"250-a", "250-b"}));
}

TEST(Reply, HasAnEnhancedCodeWhereAllLinesAgree) {
  EXPECT_EQ(parse({"550 5.7.1 no"})->enhanced, "5.7.1");
  EXPECT_EQ(parse({"550 5.7.1 no"})->text, "no");
  EXPECT_EQ(parse({"550 5.7.1"})->enhanced, "5.7.1");
  EXPECT_EQ(parse({"550-5.7.1 a", "550 5.7.1 b"})->enhanced, "5.7.1");
  EXPECT_FALSE(parse({"550-5.7.1 a", "550 5.1.1 b"})->enhanced);
  EXPECT_EQ(parse({"550-5.7.1 a", "550 5.1.1 b"})->text, "5.7.1 a\n5.1.1 b");
  EXPECT_FALSE(parse({"550-5.7.1 a", "550 b"})->enhanced);
  EXPECT_FALSE(parse({"550-a", "550 5.7.1 b"})->enhanced);
}

TEST(Reply, HasNoEnhancedCodeOfAnotherShape) {
  for (const auto line : {"250 5.7.1 x"sv, "550 5.7 x"sv, "550 5.7.1x"sv, "550 5.1234.1 x"sv, "550 5..1 x"sv,
                          "550 6.7.1 x"sv, "550 5.7.1.2 x"sv})
    EXPECT_FALSE(parse({line})->enhanced) << line;
}

TEST(Reply, ClassIsTheFirstDigit) {
  EXPECT_TRUE(parse({"250 x"})->positive());
  EXPECT_TRUE(parse({"354 x"})->positive());
  EXPECT_TRUE(parse({"451 x"})->temporary());
  EXPECT_TRUE(parse({"599 x"})->permanent());
}

TEST(Reply, RefusesWhatIsNone) {
  for (const auto line : {""sv, "25"sv, "abc ok"sv, "150 x"sv, "600 x"sv, "2x0 x"sv, "250x"sv, "250\tx"sv, "250 a\0b"sv,
                          " 250 x"sv, "HTTP/1.1 400"sv}) {
    ReplyParser parser;
    const auto fed = parser.feed(line);
    ASSERT_FALSE(fed) << line;
    EXPECT_EQ(fed.error().kind, Failure::protocol);
  }
}

TEST(Reply, RefusesMixedCodes) { EXPECT_FALSE(parse({"250-a", "550 b"})); }

TEST(Reply, IsBounded) {
  ReplyParser parser;
  EXPECT_FALSE(parser.feed("250 " + std::string(max_reply_line, 'x')));
  ReplyParser endless;
  std::size_t lines = 0;
  while (endless.feed("250-x")) ++lines;
  EXPECT_EQ(lines, max_reply_lines);
}

TEST(Reply, ParserIsReadyForTheNext) {
  ReplyParser parser;
  ASSERT_TRUE(*parser.feed("250 5.0.0 first"));
  (void)parser.take();
  ASSERT_TRUE(*parser.feed("550 5.1.1 second"));
  const auto second = parser.take();
  EXPECT_EQ(second.text, "second");
  EXPECT_EQ(second.enhanced, "5.1.1");
}

TEST(Reply, IsWrittenSoThatItCanBeRead) {
  EXPECT_EQ(format({250, {}, "a\nb"}), "250-a\r\n250 b\r\n");
  EXPECT_EQ(format({550, "5.7.1", "a\nb"}), "550-5.7.1 a\r\n550 5.7.1 b\r\n");
  EXPECT_EQ(format({250, {}, ""}), "250 \r\n");
  EXPECT_EQ(format({250, {}, "a\r\x1b"}), "250 a??\r\n");
}

// --- capabilities ---------------------------------------------------------------------------------------------------

Capabilities announced(std::string text) { return Capabilities(Reply{250, {}, "mx.test hello\n" + std::move(text)}); }

TEST(Capability, IsAKeywordInAnyCaseWithItsParameters) {
  const auto capabilities = announced("Size 1000\nauth PLAIN LOGIN\n8BITMIME");
  EXPECT_TRUE(capabilities.has("SIZE"));
  EXPECT_TRUE(capabilities.has("8bitmime"));
  EXPECT_FALSE(capabilities.has("8BIT"));
  EXPECT_EQ(capabilities.parameters("AUTH"), (Words{"PLAIN", "LOGIN"}));
  EXPECT_FALSE(capabilities.has("MX.TEST"));  // the first line is a greeting
}

TEST(Capability, SizeZeroIsNoLimit) {
  EXPECT_EQ(announced("SIZE 1000").size_limit(), 1000U);
  for (const auto* text : {"SIZE", "SIZE 0", "SIZE many", "PIPELINING"}) EXPECT_FALSE(announced(text).size_limit());
}

TEST(Capability, AuthOfOldServers) {
  EXPECT_EQ(announced("AUTH=LOGIN PLAIN").auth_mechanisms(), (Words{"LOGIN", "PLAIN"}));
}

// --- causes ---------------------------------------------------------------------------------------------------------

struct CauseRow {
  const char* name;
  Reply reply;
  Cause cause;
};

const CauseRow cause_rows[] = {
    {"Postgrey",
     {450, "4.2.0", "<to@x>: Recipient address rejected: Greylisted, see http://postgrey"},
     Cause::greylisted},
    {"Rspamd", {451, "4.7.1", "Try again later"}, Cause::greylisted},
    {"GmailRate", {421, "4.7.28", "Gmail has detected an unusual rate of mail"}, Cause::rate_limited},
    {"PostfixAnvil", {421, "4.7.0", "mx Error: too many connections from 192.0.2.1"}, Cause::rate_limited},
    {"Yahoo", {421, "4.7.0", "[TSS04] Messages from 192.0.2.1 temporarily deferred"}, Cause::rate_limited},
    {"Spamhaus",
     {554, "5.7.1", "Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org"},
     Cause::blocked},
    {"Outlook",
     {550, "5.7.1", "Unfortunately, messages weren't sent. part of their network is on our block list (S3140)"},
     Cause::blocked},
    {"GmailDmarc",
     {550, "5.7.26", "Unauthenticated email is not accepted due to domain's DMARC policy"},
     Cause::policy},
    {"NoPtr", {450, "4.7.25", "Client host rejected: cannot find your hostname"}, Cause::policy},
    {"TlsFirst", {530, "5.7.0", "Must issue a STARTTLS command first"}, Cause::policy},
    {"UserUnknown", {550, "5.1.1", "User unknown"}, Cause::refused},
    {"NoWords", {550, {}, ""}, Cause::refused},
};

class CauseOf : public testing::TestWithParam<CauseRow> {};
TEST_P(CauseOf, ARefusal) { EXPECT_EQ(word(cause_of(GetParam().reply)), word(GetParam().cause)); }
INSTANTIATE_TEST_SUITE_P(Replies, CauseOf, testing::ValuesIn(cause_rows),
                         [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace mailprobe::smtp
