// Commands on the wire: strings in each of their spellings, literals at each pace, and what cannot be built.
#include <gtest/gtest.h>

#include "imap/command.h"

namespace mailprobe::imap {
namespace {

using namespace std::string_view_literals;
using Pieces = std::vector<std::string>;

Pieces wire(const Result<Command>& command, Literals literals = Literals::synchronising) {
  return command->wire("A1", literals);
}

TEST(Command, QuotesStrings) {
  EXPECT_EQ(wire(Command::login("us\"er", Secret("p\\ss word"))),
            (Pieces{"A1 LOGIN \"us\\\"er\" \"p\\\\ss word\"\r\n"}));
  EXPECT_EQ(wire(Command::examine("")), (Pieces{"A1 EXAMINE \"\"\r\n"}));
}

TEST(Command, WaitsForTheGoAheadOfEachLiteral) {
  EXPECT_EQ(wire(Command::login("ü", Secret("ö"))), (Pieces{"A1 LOGIN {2}\r\n", "ü {2}\r\n", "ö\r\n"}));
}

TEST(Command, DoesNotWaitWhereTheServerNeedsNoTime) {
  EXPECT_EQ(wire(Command::login("ü", Secret("ö")), Literals::plus), (Pieces{"A1 LOGIN {2+}\r\nü {2+}\r\nö\r\n"}));
  const auto large = Command::examine(std::string(4097, 'x'));
  EXPECT_EQ(wire(large, Literals::minus).size(), 2U);
  EXPECT_EQ(wire(large, Literals::plus).size(), 1U);
  EXPECT_EQ(wire(Command::examine(std::string(4096, 'x')), Literals::minus).size(), 1U);
}

TEST(Command, CannotHoldMoreThanItsLine) {
  for (const auto text : {"a\rb"sv, "a\nb"sv, "a\0b"sv, "\r\nA2 LOGOUT"sv}) {
    EXPECT_FALSE(Command::login(text, Secret("p")));
    EXPECT_FALSE(Command::login("u", Secret(std::string(text))));
    EXPECT_FALSE(Command::status(text));
    EXPECT_FALSE(Command::examine(text));
    EXPECT_FALSE(Command::select(text));
    EXPECT_FALSE(Command::search_header(1, "X-Id", text));
    EXPECT_FALSE(Command::search_header(1, text, "x"));
    EXPECT_FALSE(Command::search_body(1, text));
    EXPECT_FALSE(Command::fetch_fields(1, text));
  }
}

TEST(Command, TakesFieldNamesOnly) {
  for (const auto* name : {"", "a b", "a:", "a)", "a]", "\"a\"", "ä", "a{1}"}) {
    EXPECT_FALSE(Command::search_header(1, name, "x")) << name;
    EXPECT_FALSE(Command::fetch_fields(1, name)) << name;
  }
}

TEST(Command, SaysInitialResponsesInBase64) {
  EXPECT_EQ(wire(Command::authenticate("PLAIN", "\0u\0p"sv)), (Pieces{"A1 AUTHENTICATE PLAIN AHUAcA==\r\n"}));
  EXPECT_EQ(wire(Command::authenticate("PLAIN", "")), (Pieces{"A1 AUTHENTICATE PLAIN =\r\n"}));
  EXPECT_EQ(wire(Command::authenticate("PLAIN", {})), (Pieces{"A1 AUTHENTICATE PLAIN\r\n"}));
  EXPECT_EQ(Continued::response("").wire(), "\r\n");
}

TEST(Command, ShowsNoSecret) {
  EXPECT_EQ(Command::login("user", Secret("pencil"))->shown("A1"), "A1 LOGIN ***");
  EXPECT_EQ(Command::authenticate("PLAIN", "\0u\0p"sv).shown("A1"), "A1 AUTHENTICATE PLAIN ***");
  EXPECT_EQ(Continued::response("pencil").shown(), "***");
  EXPECT_EQ(Command::examine("ü")->shown("A1"), "A1 EXAMINE {2}");
}

TEST(Command, MarksNothing) {
  EXPECT_EQ(wire(Command::fetch_message(7)), (Pieces{"A1 UID FETCH 7 (UID INTERNALDATE BODY.PEEK[])\r\n"}));
  EXPECT_EQ(wire(Command::fetch_fields(7, "X-Id")),
            (Pieces{"A1 UID FETCH 7:* (UID BODY.PEEK[HEADER.FIELDS (X-Id Message-ID)])\r\n"}));
}

}  // namespace
}  // namespace mailprobe::imap
