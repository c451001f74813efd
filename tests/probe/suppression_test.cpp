// Who gets no more mail: what an entry is, whom it names, and that the file keeps what people wrote into it.
#include "probe/suppression.h"

#include <gtest/gtest.h>

#include "tests/probe/fixture.h"
#include "tests/support/conformance.h"

namespace mailprobe::probe {
namespace {

using test::mailbox;
using Entries = std::vector<std::string>;

TEST(Suppressed, ListsAddressesAndDomains) {
  const std::string list = "# people\r\nTired@example.org\r\n\r\n@Example.net # all of it\n";
  EXPECT_TRUE(lists(list, mailbox("tired@example.org")));
  EXPECT_TRUE(lists(list, mailbox("tired+token@example.org")));
  EXPECT_TRUE(lists(list, mailbox("anybody@example.net")));
  EXPECT_TRUE(lists(list, mailbox("anybody@mail.example.net")));
  EXPECT_FALSE(lists(list, mailbox("awake@example.org")));
  EXPECT_FALSE(lists(list, mailbox("a@notexample.net")));
  EXPECT_FALSE(lists("", mailbox("a@example.net")));
}

TEST(PersonOf, LeavesTheTokenOut) {
  EXPECT_EQ(person_of(mailbox("Probe+token@Example.org")), "probe@example.org");
  EXPECT_EQ(person_of(mailbox("+x@example.org")), "+x@example.org");
  EXPECT_EQ(person_of(mailbox("\"a+b\"@example.org")), "\"a+b\"@example.org");
}

TEST(SuppressionEntry, IsAnAddressOrADomain) {
  EXPECT_EQ(suppression_entry("Tired@Example.org").value(), "tired@example.org");
  EXPECT_EQ(suppression_entry("@Example.org").value(), "@example.org");
  for (const auto* wrong : {"", "@", "example.org", "a b@example.org", "@a b", "tired@example.org\n@example.net"}) {
    const auto entry = suppression_entry(wrong);
    ASSERT_FALSE(entry) << wrong;
    EXPECT_EQ(entry.error().kind, Failure::usage) << wrong;
  }
}

class SuppressionFile : public testing::Test {
 protected:
  [[nodiscard]] std::string text() const { return mailprobe::test::read_file(folder_.path() / "suppressed"); }
  test::TemporaryFolder folder_;
  Suppression list_ = Suppression::beside(folder_.path() / "runs");
  Time then_ = *parse_rfc3339("2026-01-31T12:00:00Z");
};

TEST_F(SuppressionFile, IsNobodyWhereThereIsNone) {
  EXPECT_TRUE(list_.permits(mailbox("a@example.org")));
  EXPECT_EQ(list_.entries().value(), Entries{});
  EXPECT_EQ(list_.remove({"a@example.org"}).value(), Entries{});
}

TEST_F(SuppressionFile, TakesEntriesOnceAndSaysHowToTakeThemOut) {
  EXPECT_EQ(list_.add({"a@example.org", "@example.net", "a@example.org"}, then_).value(),
            (Entries{"a@example.org", "@example.net"}));
  EXPECT_EQ(list_.add({"a@example.org", "b@example.org"}, then_).value(), Entries{"b@example.org"});
  EXPECT_EQ(list_.entries().value(), (Entries{"a@example.org", "@example.net", "b@example.org"}));
  EXPECT_TRUE(text().starts_with("a@example.org  # since 2026-01-31\n"));
  EXPECT_EQ(list_.add({"c@example.org"}, then_, "an opt-out").value(), Entries{"c@example.org"});
  EXPECT_EQ(list_.lines().value().back(), "c@example.org  # since 2026-01-31: an opt-out");
  const auto refused = list_.permits(mailbox("anybody@sub.example.net"));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, Failure::usage);
  EXPECT_NE(refused.error().message.find("suppress remove"), std::string::npos);
}

TEST_F(SuppressionFile, KeepsWhatPeopleWrote) {
  test::write_file(folder_.path() / "suppressed", "# asked by phone\nA@example.org # twice\n\n@example.net");
  ASSERT_TRUE(list_.add({"c@example.org"}, then_));
  EXPECT_EQ(list_.remove({"a@example.org", "nobody@example.org"}).value(), Entries{"a@example.org"});
  EXPECT_EQ(text(), "# asked by phone\n\n@example.net\nc@example.org  # since 2026-01-31\n");
  EXPECT_EQ(list_.remove({"@example.net"}).value(), Entries{"@example.net"});
  EXPECT_TRUE(list_.permits(mailbox("a@example.net")));
}

TEST_F(SuppressionFile, ThatCannotBeReadPermitsNobody) {
  std::filesystem::create_directory(folder_.path() / "suppressed");
  const auto permitted = list_.permits(mailbox("a@example.org"));
  ASSERT_FALSE(permitted);
  EXPECT_NE(permitted.error().kind, Failure::usage);
}

}  // namespace
}  // namespace mailprobe::probe
