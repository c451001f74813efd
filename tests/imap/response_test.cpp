// Responses as typed values: what the RFCs have, and what servers make of it.
#include <gtest/gtest.h>

#include "imap/capabilities.h"
#include "imap/limits.h"
#include "imap/response.h"
#include "imap/value.h"

namespace mailprobe::imap {
namespace {

template <class T>
T as(std::string_view frame) {
  auto response = parse_response(frame);
  if (!response) throw std::runtime_error(response.error().message);
  return std::get<T>(*response);
}

using Names = std::vector<std::string>;
using Numbers = std::vector<std::uint32_t>;

TEST(Response, TaggedStatus) {
  const auto status = as<Status>("A12 NO [AUTHENTICATIONFAILED] Invalid credentials");
  EXPECT_EQ(status.tag, "A12");
  EXPECT_EQ(status.condition, Condition::no);
  EXPECT_EQ(status.code, "AUTHENTICATIONFAILED");
  EXPECT_EQ(status.argument, "");
  EXPECT_EQ(status.text, "Invalid credentials");
}

TEST(Response, StatusCodeWithArgument) {
  const auto status = as<Status>("* ok [uidvalidity 3857529045] UIDs valid");
  EXPECT_FALSE(status.tagged());
  EXPECT_EQ(status.code, "UIDVALIDITY");
  EXPECT_EQ(code_number(status), 3857529045U);
}

TEST(Response, StatusCodeWithABracketInAString) {
  const auto status = as<Status>(R"(* OK [X "a]b" c] text)");
  EXPECT_EQ(status.argument, R"("a]b" c)");
  EXPECT_EQ(status.text, "text");
}

TEST(Response, StatusThatIsShort) {
  EXPECT_EQ(as<Status>("A1 OK").text, "");
  EXPECT_EQ(as<Status>("A1 OK [ALERT]").code, "ALERT");
  EXPECT_EQ(as<Status>("* OK [never closed").code, "");
}

TEST(Response, Continuation) {
  EXPECT_EQ(as<Continuation>("+ idling").text, "idling");
  EXPECT_EQ(as<Continuation>("+").text, "");
  EXPECT_EQ(as<Continuation>("+ ").text, "");
}

TEST(Response, ListWithEveryKindOfName) {
  EXPECT_EQ(as<ListData>(R"(* LIST (\HasNoChildren \Junk) "/" "Spam \"x\" \\")").name, R"(Spam "x" \)");
  EXPECT_EQ(as<ListData>("* LIST () \"/\" INBOX").name, "INBOX");
  EXPECT_EQ(as<ListData>("* LIST () \"/\" {6}\r\na (b\r\n").name, "a (b\r\n");
  EXPECT_EQ(as<ListData>("* LIST () \"/\" nil").name, "nil");
  EXPECT_EQ(as<ListData>("* LIST () \"/\" [Gmail]/Spam").name, "[Gmail]/Spam");
  EXPECT_EQ(as<ListData>("* LIST () \"/\" 2026").name, "2026");
}

TEST(Response, ListDelimiter) {
  EXPECT_EQ(as<ListData>("* LIST () \".\" a").delimiter, ".");
  EXPECT_EQ(as<ListData>(R"(* LIST () "\\" a)").delimiter, "\\");
  EXPECT_EQ(as<ListData>("* LIST () NIL a").delimiter, "");
  EXPECT_EQ(as<ListData>("* XLIST (\\Spam) \"/\" a").attributes, (Names{"\\Spam"}));
  EXPECT_EQ(as<ListData>(R"(* LIST () "." New ("OLDNAME" ("Old")))").name, "New");
}

TEST(Response, StatusOfAMailbox) {
  const auto data = as<StatusData>("* STATUS blurdybloop (MESSAGES 231 UIDNEXT 44292 X-NEW (1 2) UIDVALIDITY 1)");
  EXPECT_EQ(data.name, "blurdybloop");
  EXPECT_EQ(data.messages, 231U);
  EXPECT_EQ(data.uidnext, 44292U);
  EXPECT_EQ(data.uidvalidity, 1U);
}

TEST(Response, Search) {
  EXPECT_EQ(as<SearchData>("* SEARCH 2 3 6").numbers, (Numbers{2, 3, 6}));
  EXPECT_EQ(as<SearchData>("* SEARCH").numbers, Numbers{});
  EXPECT_EQ(as<SearchData>("* SEARCH ").numbers, Numbers{});
  EXPECT_EQ(as<SearchData>("* SEARCH 2 (MODSEQ 917162500)").numbers, (Numbers{2}));
  EXPECT_FALSE(parse_response("* SEARCH 4294967296"));
}

TEST(Response, ExtendedSearch) {
  EXPECT_EQ(as<SearchData>("* ESEARCH (TAG \"A1\") UID ALL 4:6,9,12:11").numbers, (Numbers{4, 5, 6, 9, 11, 12}));
  EXPECT_EQ(as<SearchData>("* ESEARCH (TAG \"A1\") UID COUNT 3").numbers, Numbers{});
  EXPECT_EQ(as<SearchData>("* ESEARCH").numbers, Numbers{});
  EXPECT_EQ(as<SearchData>("* ESEARCH ALL 4294967295").numbers, (Numbers{4294967295}));
}

TEST(Response, ExtendedSearchIsBounded) {
  EXPECT_FALSE(parse_response("* ESEARCH ALL 1:4294967295"));
  EXPECT_FALSE(parse_response("* ESEARCH ALL 1:60000,1:60000"));
  EXPECT_FALSE(parse_response("* ESEARCH ALL 1:*"));
}

TEST(Response, Fetch) {
  const auto data = as<FetchData>(
      "* 23 FETCH (FLAGS (\\Seen) UID 4827313 INTERNALDATE \" 7-Jul-1996 02:44:25 -0700\" BODY[] {5}\r\na)\r\nb "
      "RFC822.SIZE 5)");
  EXPECT_EQ(data.number, 23U);
  EXPECT_EQ(data.uid, 4827313U);
  ASSERT_TRUE(data.internal_date);
  EXPECT_EQ(rfc3339(*data.internal_date), "1996-07-07T09:44:25Z");
  EXPECT_EQ(data.body, "a)\r\nb");
}

TEST(Response, FetchOfFields) {
  const auto data = as<FetchData>("* 1 FETCH (UID 2 BODY[HEADER.FIELDS (X-Id \"Message-ID\")] {4}\r\na: b)");
  EXPECT_EQ(data.fields, "a: b");
  EXPECT_FALSE(data.body);
}

TEST(Response, FetchAsServersWriteIt) {
  EXPECT_EQ(as<FetchData>("* 2 FETCH (UID 14935 (ENVELOPE (NIL NIL)) BODYSTRUCTURE (NIL))").uid, 14935U);  // Domino
  EXPECT_EQ(as<FetchData>("* 2 FETCH ((ENVELOPE (NIL NIL)) UID 14935)").uid, 14935U);
  EXPECT_FALSE(as<FetchData>("* 1 FETCH (UID 3 BODY[] )").body);  // Yandex
  EXPECT_FALSE(as<FetchData>("* 1 FETCH (UID 3 BODY[] NIL)").body);
  EXPECT_EQ(as<FetchData>("* 1 FETCH (UID 3 BODY[] \"\")").body, "");
  EXPECT_EQ(as<FetchData>("* 1 Fetch (uid 3 body[] \"x\")").body, "x");
  EXPECT_FALSE(as<FetchData>("* 1 FETCH (UID 3 BODY[1] \"x\" BODY[]<0> \"y\")").body);
}

TEST(Response, CountsAndOthers) {
  EXPECT_EQ(as<Exists>("* 172 EXISTS").count, 172U);
  EXPECT_EQ(as<Expunge>("* 44 EXPUNGE").number, 44U);
  EXPECT_EQ(as<OtherData>("* 5 RECENT").keyword, "RECENT");
  EXPECT_EQ(as<OtherData>("* FLAGS (\\Seen)").keyword, "FLAGS");
  EXPECT_EQ(as<OtherData>("* XPIG-LATIN ow-nay").keyword, "XPIG-LATIN");
  EXPECT_EQ(as<EnabledData>("* ENABLED UTF8=ACCEPT").names, (Names{"UTF8=ACCEPT"}));
}

TEST(Response, RefusesWhatIsNone) {
  for (const auto* frame : {"",
                            "*",
                            "* ",
                            "A1",
                            "A1 ",
                            "A1 WHAT",
                            "A1 BYE x",
                            "A1 PREAUTH x",
                            "220 mx ESMTP",
                            "HTTP/1.1 400 Bad",
                            "* 4294967296 EXISTS",
                            "* LIST",
                            "* LIST () \"/\"",
                            "* LIST a b c",
                            "* STATUS a",
                            "* 1 FETCH",
                            "* 1 FETCH UID 3",
                            "* 1 FETCH (UID 3",
                            "* 1 FETCH (UID 3))",
                            "* 1 FETCH (X \"abc",
                            "* 1 FETCH (X {5}",
                            "* 1 FETCH (X {5}\r\nabc)",
                            "* 1 FETCH (X {-1})",
                            "* 1 FETCH (X {})",
                            "* 1 FETCH (BODY[)",
                            "* LIST () \"/\" a\x01z"}) {
    const auto response = parse_response(frame);
    EXPECT_FALSE(response) << frame;
    if (!response) EXPECT_EQ(response.error().kind, Failure::protocol);
  }
}

TEST(Values, NestAsDeepAsTheLimit) {
  const auto nested = [](std::size_t depth) { return std::string(depth, '(') + std::string(depth, ')'); };
  EXPECT_TRUE(parse_values(nested(max_depth)));
  EXPECT_FALSE(parse_values(nested(max_depth + 1)));
  EXPECT_FALSE(parse_values(std::string(1'000'000, '(')));
}

TEST(Values, AreAsManyAsTheLimit) {
  std::string many;
  for (std::size_t i = 0; i < max_values; ++i) many += "a ";
  EXPECT_TRUE(parse_values(many));
  EXPECT_FALSE(parse_values(many + "a"));
}

TEST(Capability, IsKnownInAnyCase) {
  const auto capabilities = Capabilities::parse("imap4rev1 Idle AUTH=PLAIN auth=XOAUTH2  SASL-IR");
  EXPECT_TRUE(capabilities.has("IDLE"));
  EXPECT_FALSE(capabilities.has("IDL"));
  EXPECT_FALSE(capabilities.only_rev2());
  EXPECT_EQ(capabilities.mechanisms(), (Names{"PLAIN", "XOAUTH2"}));
}

TEST(Capability, ComesWithRev2) {
  EXPECT_TRUE(Capabilities::parse("IMAP4rev2").has_or_rev2("IDLE"));
  EXPECT_FALSE(Capabilities::parse("IMAP4rev1 IMAP4rev2").has_or_rev2("IDLE"));
}

}  // namespace
}  // namespace mailprobe::imap
