// How scores read: the words of each profile, on the page and on a terminal.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reporter/reporter.h"
#include "reporter/score_words.h"

namespace mailprobe::reporter {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

struct WordsRow {
  const char* name;
  evidence::Score score;
  const char *value, *stars, *tone;
};
void PrintTo(const WordsRow& row, std::ostream* os) { *os << row.name; }

class ScoreWords : public ::testing::TestWithParam<WordsRow> {};

TEST_P(ScoreWords, SayWhatANumberIs) {
  evidence::Document document;
  document.scores = {GetParam().score};
  const auto category = score_profiles(document).at(0).categories.at(0);
  EXPECT_EQ(category.value, GetParam().value);
  EXPECT_EQ(category.stars, GetParam().stars);
  EXPECT_EQ(category.tone, GetParam().tone);
}

INSTANTIATE_TEST_SUITE_P(
    All, ScoreWords,
    ::testing::Values(
        WordsRow{"whole", {"mecsa", "c", 10, 10, {"dane: in place"}}, "10 of 10", "★★★★★", "pass"},
        WordsRow{"some", {"mecsa", "c", 7, 10, {"dane: missing"}}, "7 of 10", "★★★☆☆", "warn"},
        WordsRow{"least", {"mecsa", "c", 4, 10, {"dkim: not determined"}}, "at least 4 of 10", "★★☆☆☆", "warn"},
        WordsRow{"poor", {"mecsa", "c", 2, 10, {"dkim: missing"}}, "2 of 10", "★☆☆☆☆", "fail"},
        WordsRow{"unknown", {"mecsa", "c", 0, 0, {"dkim: not determined"}}, "not determined", "", "mute"},
        WordsRow{"per cent", {"internet-nl", "c", 67, 100, {"a: at 1 of 2"}}, "67 %", "", "warn"},
        WordsRow{"none yet",
                 {"internet-nl", "c", 0, 100, {"a: missing", "b: not determined"}},
                 "0 % of what is known",
                 "",
                 "warn"},
        WordsRow{"of one",
                 {"internet-nl", "c", 100, 100, {"a: in place", "b: not determined"}},
                 "100 % of what is known",
                 "",
                 "pass"},
        WordsRow{"no ground", {"mecsa", "c", 0, 10, {"dkim: not determined"}}, "not determined", "☆☆☆☆☆", "mute"},
        WordsRow{"kept", {"bulk-sender", "c", 1, 1, {"outbound.spf: in place"}}, "kept", "", "pass"},
        WordsRow{"broken", {"bulk-sender", "c", 0, 1, {"outbound.spf: missing"}}, "not kept", "", "fail"}));

evidence::Document scored() {
  evidence::Document document;
  document.target.domain = "target.test";
  document.scores = {{"mecsa", "confidential delivery", 7, 10, {"starttls: in place", "dane: missing"}},
                     {"mecsa", "integrity", 0, 10, {"dkim: <b>missing"}},
                     {"bulk-sender", "SPF passes", 0, 0, {"outbound.spf: not determined"}}};
  return document;
}

TEST(Scores, StandOnThePageWithTheirLines) {
  const auto page = html(scored(), evidence::embedded);
  EXPECT_THAT(page, HasSubstr("id=\"scores\""));
  EXPECT_THAT(page, HasSubstr("7 of 10"));
  EXPECT_THAT(page, HasSubstr("dane: missing"));
  EXPECT_THAT(page, HasSubstr("dkim: &lt;b&gt;missing"));
  EXPECT_THAT(html(evidence::Document{}, evidence::embedded), Not(HasSubstr("id=\"scores\"")));
}

TEST(Scores, StandInTheTerminalWithWhatIsMissing) {
  const auto text = terminal(scored(), {});
  EXPECT_THAT(text, HasSubstr("Confidential delivery  7 of 10"));
  EXPECT_THAT(text, HasSubstr("dane: missing"));
  EXPECT_THAT(text, Not(HasSubstr("starttls: in place")));
  EXPECT_THAT(text, HasSubstr("1 not determined: no answer came"));
  TerminalStyle verbose;
  verbose.verbose = true;
  EXPECT_THAT(terminal(scored(), verbose), HasSubstr("starttls: in place"));
}

}  // namespace
}  // namespace mailprobe::reporter
