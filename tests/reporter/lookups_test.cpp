// What people are told of the questions at our DNS: on the terminal and on the page.
#include "reporter/lookups.h"

#include <gmock/gmock.h>

#include "tests/reporter/rendered.h"

namespace mailprobe::reporter {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string rendered(const evidence::Document& document, const std::string& as) {
  return std::regex_replace(test::renderings(test::assessed(document)).at(as), std::regex("\\s+"), " ");  // as it wraps
}

TEST(Lookups, AreOneForWhatWasAskedByWhom) {
  const auto rows = lookups(test::looked_up().probes.front());
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].what, "SPF for 192.0.2.10");
  EXPECT_EQ(rows[0].times, 1U);
  EXPECT_EQ(rows[1].what, "DKIM key");
  EXPECT_EQ(rows[1].times, 2U);
  EXPECT_EQ(rows[1].subnet, "203.0.113.0/24");
}

TEST(Lookups, OnBehalfOfAnotherAreNotThatOnes) {
  auto document = test::looked_up();
  document.probes[0].dns[2].client_subnet.reset();
  EXPECT_EQ(lookups(document.probes.front()).size(), 3U);
}

TEST(Lookups, AreShown) {
  const auto document = test::looked_up();
  EXPECT_THAT(rendered(document, "terminal"),
              HasSubstr("198.51.100.53 after 90 ms (2 times), on behalf of 203.0.113.0/24"));
  const auto page = rendered(document, "html");
  EXPECT_THAT(page, HasSubstr("on behalf of 203.0.113.0/24"));
  EXPECT_THAT(page, Not(HasSubstr("Nobody has asked")));
  EXPECT_THAT(page, Not(HasSubstr("Questions may be missing")));
}

TEST(Lookups, ThatNobodyMadeAreSaidToBeNone) {
  auto document = test::looked_up();
  document.probes.front().dns.clear();
  EXPECT_THAT(rendered(document, "html"), HasSubstr("Nobody has asked."));
  EXPECT_THAT(rendered(document, "terminal"), HasSubstr("nothing that only this probe has"));
}

TEST(Lookups, ThatCouldNotBeReadAreNotNone) {
  const auto page = rendered(test::unread_lookups(), "html");
  EXPECT_THAT(page, HasSubstr("Questions may be missing here: w.probe.tap cannot be read"));
  EXPECT_THAT(page, Not(HasSubstr("Nobody has asked")));
  const auto text = rendered(test::unread_lookups(), "terminal");
  EXPECT_THAT(text, HasSubstr("perhaps not all: w.probe.tap cannot be read"));
  EXPECT_THAT(text, Not(HasSubstr("nothing that only this probe has")));
}

TEST(Lookups, ThatGotNoAnswerAreNotNone) {
  auto document = test::looked_up();
  document.probes.front().dns.clear();
  document.probes.front().dns_witness->dropped = 3;
  EXPECT_THAT(rendered(document, "html"), HasSubstr("3 questions were over our rate limit and got no answer."));
  EXPECT_THAT(rendered(document, "html"), Not(HasSubstr("Nobody has asked")));
  EXPECT_THAT(rendered(document, "terminal"), HasSubstr("3 questions were over our rate limit and got no answer"));
  EXPECT_THAT(rendered(document, "terminal"), Not(HasSubstr("nothing that only this probe has")));
}

TEST(Lookups, OfAProbeWithoutNamesOfItsOwnAreNotLookedFor) {
  auto document = test::unread_lookups();
  document.probes.front().dns_witness->domain.clear();
  const auto page = rendered(document, "html");
  EXPECT_THAT(page, HasSubstr("Questions may be missing"));
  EXPECT_THAT(page, Not(HasSubstr("stand below")));
}

}  // namespace
}  // namespace mailprobe::reporter
