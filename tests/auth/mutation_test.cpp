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

}  // namespace
}  // namespace mailprobe::auth
