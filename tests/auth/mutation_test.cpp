// What was changed of the parts that a signature covers, and what would have survived it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/auth/mutations.h"
#include "tests/auth/signing.h"

namespace mailprobe::auth {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

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

TEST_F(WithSignature, WhatWouldHaveSurvivedIsSaid) {
  options.headers = {"From", "Subject", "To"};
  options.header = Canon::simple;
  sent = test::signed_message(header + plain + "Hello\r\n", options);
  auto received = sent + "footer\r\n";
  received.replace(received.find("Test of"), 7, "[list] Test of");
  received.replace(received.find("To: "), 4, "To:  ");
  const auto found = find_mutations(sent, received, dkim);
  const auto& subject = only(found, "subject-tagged");
  EXPECT_THAT(subject.canonicalizations, IsEmpty());
  EXPECT_THAT(subject.headers.value(), ElementsAre("from", "from", "to", "to"));
  const auto& to = only(found, "header-refolded");
  EXPECT_THAT(to.canonicalizations, ElementsAre("relaxed/simple", "relaxed/relaxed"));
  EXPECT_THAT(to.headers.value(), ElementsAre("from", "from", "subject", "subject"));
  const auto& footer = only(found, "footer-appended");
  EXPECT_THAT(footer.canonicalizations, IsEmpty());
  EXPECT_FALSE(footer.headers.has_value()) << "no header list helps a body";
  EXPECT_FALSE(only(find_mutations(sent, received), "subject-tagged").headers.has_value()) << "of no signature";
}

/// Of two changes the one that broke it: white space is nothing to relaxed canonicalization.
TEST_F(WithSignature, WhatItsOwnCanonicalizationSurvivesIsNotWhatBrokeIt) {
  const auto changed = [](std::string message) {
    message.replace(message.find("Hello\r\n"), 7, "Hello  \r\n");
    return message + "footer\r\n";
  };
  for (const auto& [canon, broke] :
       {std::pair{Canon::relaxed, std::vector<std::string>{"footer-appended"}},
        std::pair{Canon::simple, std::vector<std::string>{"footer-appended", "trailing-white-space"}}}) {
    options.header = options.body = canon;
    sent = test::signed_message(header + plain + "Hello\r\n", options);
    EXPECT_THAT(kinds(find_mutations(sent, changed(sent), dkim)), testing::UnorderedElementsAreArray(broke));
  }
}

TEST_F(WithSignature, FromHasToBeSigned) {
  auto received = sent;
  received.replace(received.find("Probe <"), 5, "Other");
  EXPECT_FALSE(only(find_mutations(sent, received, dkim), "address-rewritten").headers.has_value());
  received = sent;
  received.insert(received.find("From: "), "From: other@example.net\r\n");
  EXPECT_THAT(only(find_mutations(sent, received, dkim), "header-duplicated").headers.value(),
              ElementsAre("from", "to", "to", "content-transfer-encoding", "content-transfer-encoding"));
}

TEST_F(WithSignature, AFieldSignedAsAbsentIsDuplicated) {
  const auto bare = test::signed_message(header + "\r\nHello\r\n", options);
  auto received = bare;
  received.insert(received.find("\r\n\r\n") + 2, "Content-Transfer-Encoding: 7bit\r\n");
  const auto found = find_mutations(bare, received, dkim);
  EXPECT_THAT(kinds(found), ElementsAre("header-duplicated"));
  EXPECT_EQ(found[0].part, "Content-Transfer-Encoding");
  EXPECT_THAT(found[0].headers.value(), ElementsAre("from", "from", "to", "to"));
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
                    Survival{"header-refolded", false, true}, Survival{"header-name-case", false, true},
                    Survival{"footer-appended", false, false}, Survival{"subject-tagged", false, false},
                    Survival{"line-endings-changed", false, false}, Survival{"part-added", false, false},
                    Survival{"address-rewritten", false, false}, Survival{"transfer-encoding-changed", false, false}));

}  // namespace
}  // namespace mailprobe::auth
