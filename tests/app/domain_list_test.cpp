// Lists of domains: what is one, and where a mistake is.
#include "app/domain_list.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/app/temporary.h"

namespace mailprobe::app {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(DomainList, HasOneALine) {
  const auto list = parse_domain_list("example.org\r\n\n  Example.NET  # ours\n# nothing\nbücher.example.", "list");
  ASSERT_TRUE(list) << list.error().message;
  EXPECT_THAT(*list, ElementsAre("example.org", "example.net", "xn--bcher-kva.example"));
}

TEST(DomainList, MayBeginWithAByteOrderMark) {
  const auto list = parse_domain_list(
      "\xef\xbb\xbf"
      "example.org\n",
      "list");
  ASSERT_TRUE(list) << list.error().message;
  EXPECT_THAT(*list, ElementsAre("example.org"));
}

TEST(DomainList, NamesFileAndLineOfEachMistake) {
  const auto list = parse_domain_list("good.example\nbad domain\n\npostmaster@example.org\n", "/tmp/list.txt");
  ASSERT_FALSE(list);
  EXPECT_EQ(list.error().kind, Failure::usage);
  EXPECT_THAT(list.error().message, HasSubstr("/tmp/list.txt:2: \"bad domain\" is no domain name: labels are"));
  EXPECT_THAT(list.error().message, HasSubstr("/tmp/list.txt:4: "));
  EXPECT_THAT(list.error().message, HasSubstr("behind the @"));
}

TEST(DomainList, TakesNoAddressForADomain) {
  for (const auto* address : {"127.0.0.1", "2001:db8::1"}) {
    EXPECT_THAT(parse_domain_list(address, "list").error().message, HasSubstr("it is an address"));
    EXPECT_THAT(read_domains({address}, {}).error().message, HasSubstr("it is an address"));
  }
}

TEST(DomainList, SaysOnlyAFewOfManyMistakes) {
  std::string text;
  for (int i = 0; i < 1000; ++i) text += "bad domain\n";
  const auto list = parse_domain_list(text, "list");
  ASSERT_FALSE(list);
  EXPECT_THAT(list.error().message, HasSubstr("and 995 more"));
  EXPECT_LT(list.error().message.size(), 2000U);
}

TEST(DomainList, EscapesWhatIsNoName) {
  const auto list = parse_domain_list("\x1b[2Jevil\n", "list");
  ASSERT_FALSE(list);
  EXPECT_EQ(list.error().message.find('\x1b'), std::string::npos);
}

TEST(Domains, AreThoseOfTheWordsAndTheFileEachOnce) {
  const test::Folder folder;
  folder.write("list", "b.example\na.example\n");
  const auto domains = read_domains({"a.example", "A.example"}, (folder.path() / "list").string());
  ASSERT_TRUE(domains) << domains.error().message;
  EXPECT_THAT(*domains, ElementsAre("a.example", "b.example"));
}

TEST(Domains, OfAFileThatIsNotThereOrEmpty) {
  const test::Folder folder;
  EXPECT_THAT(read_domains({}, "/nowhere/list").error().message, HasSubstr("/nowhere/list"));
  folder.write("list", "# nothing\n");
  EXPECT_THAT(read_domains({}, (folder.path() / "list").string()).error().message, HasSubstr("empty"));
  EXPECT_EQ(read_domains({"no such thing"}, {}).error().kind, Failure::usage);
}

}  // namespace
}  // namespace mailprobe::app
