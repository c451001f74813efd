// A sentence said in less: whole clauses, and never the half of one.
#include "reporter/clause.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mailprobe::reporter {
namespace {

using ::testing::EndsWith;
using ::testing::Not;
using ::testing::SizeIs;

TEST(WholeSentence, EndsWithAFullStop) {
  EXPECT_EQ(whole_sentence("It is so", 40), "It is so.");
  EXPECT_EQ(whole_sentence("It is so.", 40), "It is so.");
  EXPECT_EQ(whole_sentence("It is\n so", 40), "It is so.");
}

TEST(WholeSentence, EndsBehindAWord) {
  EXPECT_EQ(whole_sentence("The validation failed", 15), "The validation …");
  EXPECT_EQ(whole_sentence("The validation failed", 20), "The validation …");
  EXPECT_EQ(whole_sentence("Thevalidationfailed", 10), "Thevalidat…");
}

TEST(ShortSentence, OfAShortOneIsAllOfIt) {
  EXPECT_EQ(short_sentence("The certificate expired (\"certificate has expired\"); so be it"),
            "The certificate expired (\"certificate has expired\"); so be it.");
}

TEST(ShortSentence, IsTheFirstClauses) {
  EXPECT_EQ(
      short_sentence("1 suite is forbidden (RFC 9325 §4.1 forbids it); the key is short (RFC 9325 §4.5); the rest "
                     "of what was found is of less weight, and told below"),
      "1 suite is forbidden (RFC 9325 §4.1 forbids it); the key is short (RFC 9325 §4.5).");
}

/// A clause goes on behind a remark: what stands before the bracket is not all of it.
TEST(ShortSentence, LeavesOutRemarks) {
  EXPECT_EQ(short_sentence("“dkim/body-hash”, wrong on purpose (dkim-body-hash): expected inbound.dkim-evaluated >= "
                           "evaluated, found its control did not arrive"),
            "“dkim/body-hash”, wrong on purpose: expected inbound.dkim-evaluated >= evaluated, found its control did "
            "not arrive.");
  EXPECT_EQ(short_sentence("None of the 4 signatures survives: 77 bytes were added at the end of the body (\"-- (1) "
                           "Scanned; and found to be free of viruses, by the gateway\"); nothing would have survived"),
            "None of the 4 signatures survives: 77 bytes were added at the end of the body; nothing would have "
            "survived.");
}

TEST(ShortSentence, IsWhatStandsBeforeAColonThatIsEnough) {
  EXPECT_EQ(short_sentence("DNSSEC validation of the MX records fails: MX of bogus.test: bogus (DNSSEC): validation "
                           "failure <bogus.test. MX IN>: DS hash mismatches key from 127.53.0.1 for trust anchor"),
            "DNSSEC validation of the MX records fails.");
}

TEST(ShortSentence, IsNeverCutWhereThereIsNoJoint) {
  const std::string long_one = "Nothing was sent: " + std::string(60, 'a') + " " + std::string(60, 'b') + " at all";
  EXPECT_EQ(short_sentence(long_one), long_one + ".");
  EXPECT_THAT(short_sentence(std::string(300, 'a') + " " + std::string(300, 'b')), EndsWith(" …"));
  EXPECT_EQ(short_sentence("A reply that ends early: \"" + std::string(120, 'a')),
            "A reply that ends early: \"" + std::string(120, 'a') + ".");
}

TEST(ShortSentence, TakesWhatBracketsAndQuotesAreNotClosed) {
  for (const char c : {'(', ')', '"', ';', ':', ' '})
    for (const std::size_t size : {0U, 1U, 119U, 120U, 121U, 500U})
      EXPECT_THAT(short_sentence(std::string(size, c)), Not(SizeIs(0))) << c << size;
}

}  // namespace
}  // namespace mailprobe::reporter
