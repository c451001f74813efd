// Who may send: the same rows in the terminal and on the page.
#include "reporter/senders.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/reporter/rendered.h"

namespace mailprobe::reporter {
namespace {

using testing::HasSubstr;
using testing::Not;

auth::SpfSender wide(std::size_t networks) {
  auth::SpfSender sender{"big.example", "a", auth::SpfOutcome::pass, {}};
  for (std::size_t i = 0; i < networks; ++i) sender.networks.push_back("192.0.2." + std::to_string(i));
  return sender;
}

TEST(Senders, AreThereWithTheirNetworks) {
  const auto senders = sender_rows(test::inspected().target, 10);
  ASSERT_EQ(senders.rows.size(), 3U);
  EXPECT_EQ(senders.rows[0].who, "192.0.2.1, 2001:db8::1");
  EXPECT_EQ(senders.rows[1].who, "") << "the term says it";
  EXPECT_EQ(senders.rows[1].outcome, "softfail");
  EXPECT_EQ(senders.rows[2].who, "depends on the sender, or nobody");
  EXPECT_EQ(senders.rest, "Everybody else: fail");
}

TEST(Senders, AreCutWhereTheyAreMany) {
  auto target = test::inspected().target;
  target.spf_survey->senders.push_back(wide(20));
  EXPECT_THAT(sender_rows(target, 10).rows[3].who, HasSubstr("192.0.2.7 and 12 more"));
  const auto senders = sender_rows(target, 1);
  EXPECT_EQ(senders.rows.size(), 1U);
  EXPECT_EQ(senders.left, 3U);
}

TEST(Senders, StandInTheTerminalAndOnThePage) {
  const auto document = test::assessed(test::inspected());
  const auto text = terminal(document, {.width = 80, .written = {}});
  EXPECT_THAT(text, HasSubstr("Who may send for target.test (SPF)"));
  EXPECT_THAT(text, HasSubstr("ip4:198.51.100.0/24  in the record of mail.example  softfail"));
  const auto page = html(document, evidence::embedded);
  EXPECT_THAT(page, HasSubstr("Who may send for target.test, by its SPF record"));
  EXPECT_THAT(page, HasSubstr("Everybody else: fail"));
  auto without = test::inspected();
  without.target.spf_survey.reset();
  EXPECT_THAT(terminal(test::assessed(std::move(without)), {.width = 80, .written = {}}),
              Not(HasSubstr("Who may send")));
}

}  // namespace
}  // namespace mailprobe::reporter
