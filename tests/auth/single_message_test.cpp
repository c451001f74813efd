// What one message alone tells of a signature that fails.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/auth/alone.h"

namespace mailprobe::auth {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

const std::string letter = test::letter("a@mail.example.org", "Hello\r\nBye\r\n");

using Alone = test::AloneTest;

TEST_F(Alone, NothingIsSaidOfASignatureThatHolds) {
  const auto found = known(test::signed_message(letter, test::options()));
  EXPECT_THAT(found.words, IsEmpty());
  EXPECT_THAT(found.mutation, IsEmpty());
}

TEST_F(Alone, AFooterIsFoundByTheHash) {
  for (const auto& options : {test::options(), simple()}) {
    const auto received = test::signed_message(letter, options) + "\r\n-- \r\nlist footer\r\n";
    const auto found = known(received);
    EXPECT_THAT(all(found), HasSubstr("the header fields are as they were signed; the body is not"));
    ASSERT_EQ(found.mutation.size(), 1U);
    EXPECT_EQ(found.mutation[0].kind, "footer-appended");
    EXPECT_EQ(bytes(received, found.mutation[0]), "\r\n-- \r\nlist footer\r\n");
    EXPECT_THAT(found.mutation[0].diff, HasSubstr("+list footer\n"));
  }
}

TEST_F(Alone, TextInFrontIsFoundByTheHash) {
  auto received = test::signed_message(letter, test::options());
  received.insert(received.find("\r\n\r\n") + 4, "CAUTION: external\r\n\r\n");
  const auto found = known(received);
  ASSERT_EQ(found.mutation.size(), 1U);
  EXPECT_EQ(found.mutation[0].kind, "text-prepended");
  EXPECT_THAT(std::string(bytes(received, found.mutation[0])), HasSubstr("CAUTION"));
}

TEST_F(Alone, WhiteSpaceThatRelaxedWouldHaveSurvived) {
  auto received = test::signed_message(letter, simple());
  received.insert(received.find("\r\nBye"), "  ");
  const auto found = known(received);
  EXPECT_THAT(all(found), HasSubstr("relaxed canonicalization of the body would have held"));
  ASSERT_EQ(found.mutation.size(), 1U);
  EXPECT_EQ(found.mutation[0].kind, "white-space-changed");
}

TEST_F(Alone, WhiteSpaceAndAFooter) {
  auto received = test::signed_message(letter, simple()) + "footer\r\n";
  received.insert(received.find("\r\nBye"), "  ");
  const auto found = known(received);
  ASSERT_EQ(found.mutation.size(), 2U);
  EXPECT_EQ(found.mutation[1].kind, "footer-appended");
}

TEST_F(Alone, AChangedWordProvesNothing) {
  auto received = test::signed_message(letter, test::options());
  received.replace(received.find("Bye"), 3, "bye");
  const auto found = known(received);
  EXPECT_THAT(all(found), HasSubstr("the body is not as it was signed"));
  EXPECT_THAT(found.mutation, IsEmpty());
}

TEST_F(Alone, AHeaderThatFailsNamesWhatItMayBe) {
  auto received = test::signed_message(letter, test::options());
  received.replace(received.find("hello"), 5, "[list] hello");
  EXPECT_THAT(all(known(received)), HasSubstr("the body is as it was signed; the header is not: one of "));
  EXPECT_THAT(all(known(received)), HasSubstr("subject"));
}

TEST_F(Alone, WithoutAKeyTheBodyIsStillKnown) {
  auto options = test::options();
  options.selector = "gone";
  EXPECT_THAT(all(known(test::signed_message(letter, options))),
              HasSubstr("the body is as it was signed; the header could not be judged"));
}

TEST_F(Alone, ALimitedLengthShowsACut) {
  auto received = test::signed_message(letter, test::options());
  received.replace(received.find("; d="), 4, "; l=500; d=");
  EXPECT_THAT(all(known(received)), HasSubstr("it was cut short"));
}

TEST_F(Alone, ALimitedLengthShowsWhatFollows) {
  auto received = test::signed_message(letter, test::options()) + "footer\r\n";
  received.replace(received.find("; d="), 4, "; l=12; d=");  // which breaks the header, not the body
  EXPECT_THAT(all(known(received)), HasSubstr("l= covers the first 12 bytes of the body: the 8 after them"));
}

TEST_F(Alone, AnEmptyBodyWasSigned) {
  const auto head = letter.substr(0, letter.find("\r\n\r\n") + 4);
  const auto received = test::signed_message(head, test::options()) + "footer\r\n";
  const auto found = known(received);
  ASSERT_EQ(found.mutation.size(), 1U);
  EXPECT_EQ(bytes(received, found.mutation[0]), "footer\r\n");
}

}  // namespace
}  // namespace mailprobe::auth
