#include "lab/imap_fetch.h"

#include <gtest/gtest.h>

namespace mailprobe::lab {
namespace {

MailStore::Message message() {
  return {.uid = 17,
          .received = *parse_rfc3339("2026-01-03T12:00:01Z"),
          .raw = "From: a\r\nSubject: A\r\n b\r\nFrom: c\r\n\r\nBody\r\n",
          .seen = true,
          .deleted = true};
}

struct Row {
  std::string_view item, answer;
  bool peek = true;
};
void PrintTo(const Row& row, std::ostream* out) { *out << row.item; }

class Fetch : public testing::TestWithParam<Row> {};

TEST_P(Fetch, Gives) {
  const auto argument = parse_arguments(GetParam().item);
  ASSERT_TRUE(argument);
  const auto items = parse_fetch(argument->front());
  ASSERT_TRUE(items) << items.error().message;
  ASSERT_EQ(items->size(), 1U);
  EXPECT_EQ(render(items->front(), message()), GetParam().answer);
  EXPECT_EQ(items->front().peek, GetParam().peek);
}

constexpr Row rows[] = {
    {"FLAGS", "FLAGS (\\Seen \\Deleted)"},
    {"uid", "UID 17"},
    {"INTERNALDATE", "INTERNALDATE \"03-Jan-2026 12:00:01 +0000\""},
    {"RFC822.SIZE", "RFC822.SIZE 42"},
    {"BODY[]", "BODY[] {42}\r\nFrom: a\r\nSubject: A\r\n b\r\nFrom: c\r\n\r\nBody\r\n", false},
    {"RFC822", "RFC822 {42}\r\nFrom: a\r\nSubject: A\r\n b\r\nFrom: c\r\n\r\nBody\r\n", false},
    {"BODY.PEEK[HEADER]", "BODY[HEADER] {36}\r\nFrom: a\r\nSubject: A\r\n b\r\nFrom: c\r\n\r\n"},
    {"RFC822.HEADER", "RFC822.HEADER {36}\r\nFrom: a\r\nSubject: A\r\n b\r\nFrom: c\r\n\r\n"},
    {"body.peek[text]", "BODY[TEXT] {6}\r\nBody\r\n"},
    {"RFC822.TEXT", "RFC822.TEXT {6}\r\nBody\r\n", false},
    {"BODY.PEEK[HEADER.FIELDS (from X)]", "BODY[HEADER.FIELDS (from X)] {20}\r\nFrom: a\r\nFrom: c\r\n\r\n"},
    {"BODY.PEEK[HEADER.FIELDS (\"Subject\")]", "BODY[HEADER.FIELDS (Subject)] {18}\r\nSubject: A\r\n b\r\n\r\n"},
    {"BODY.PEEK[HEADER.FIELDS.NOT (From)]", "BODY[HEADER.FIELDS.NOT (From)] {18}\r\nSubject: A\r\n b\r\n\r\n"},
    {"BODY.PEEK[]<6.3>", "BODY[]<6> {3}\r\na\r\n"},
    {"BODY.PEEK[]<100.3>", "BODY[]<100> {0}\r\n"},
    {"BODY[TEXT]<0.4>", "BODY[TEXT]<0> {4}\r\nBody", false},
};

INSTANTIATE_TEST_SUITE_P(Lab, Fetch, testing::ValuesIn(rows), [](const auto& row) {
  std::string name = std::to_string(row.index) + "_";
  for (const char c : row.param.item)
    if (std::isalnum(static_cast<unsigned char>(c))) name += c;
  return name;
});

TEST(FetchItems, ComeInListsAndMacros) {
  EXPECT_EQ(parse_fetch(parse_arguments("(UID FLAGS)")->front())->size(), 2U);
  EXPECT_EQ(parse_fetch(parse_arguments("FAST")->front())->size(), 3U);
}

TEST(FetchItems, ThatAreNoneAreRefused) {
  for (const auto* text :
       {"FROB", "()", "(UID (FLAGS))", "\"UID\"", "BODY", "BODY[1]", "BODY[FROB]", "BODY[HEADER.FIELDS]",
        "BODY[HEADER.FIELDS ()]", "BODY[HEADER.FIELDS (a:b)]", "BODY[]<0>", "BODY[]<0.0>", "BODY[]<a.b>", "BODY[]x",
        "FROB[]", "ENVELOPE", "BODY[HEADER.FIELDS (\"a b\")]"}) {
    const auto argument = parse_arguments(text);
    ASSERT_TRUE(argument) << text;
    EXPECT_FALSE(parse_fetch(argument->front())) << text;
  }
}

TEST(FetchItems, OfAMessageWithoutABody) {
  auto bare = message();
  bare.raw = "Subject: A\r\n";
  EXPECT_EQ(render(parse_fetch(parse_arguments("BODY[HEADER]")->front())->front(), bare),
            "BODY[HEADER] {12}\r\nSubject: A\r\n");
  EXPECT_EQ(render(parse_fetch(parse_arguments("BODY[TEXT]")->front())->front(), bare), "BODY[TEXT] {0}\r\n");
}

}  // namespace
}  // namespace mailprobe::lab
