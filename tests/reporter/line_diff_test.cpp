// Which bytes of a changed line are marked.
#include "reporter/line_diff.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/reporter/rendered.h"

namespace mailprobe::reporter {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

/// What is changed stands in brackets.
std::string shown(const std::vector<Piece>& pieces) {
  std::string text;
  for (const auto& piece : pieces)
    text += piece.changed ? "<" + std::string(piece.text) + ">" : std::string(piece.text);
  return text;
}

std::string pair_of(std::string_view sent, std::string_view received) {
  const auto pieces = changed_pieces(sent, received);
  return shown(pieces.sent) + " | " + shown(pieces.received);
}

TEST(LineDiff, MarksWhatWasPutIn) {
  EXPECT_EQ(pair_of("Subject: Test of mailprobe", "Subject: [EXT] Test of mailprobe"),
            "Subject: Test of mailprobe | Subject: <[EXT] >Test of mailprobe");
}

TEST(LineDiff, MarksEachOfSeveralChanges) {
  EXPECT_EQ(pair_of("to: a, the quick fox", "To: a, the slow fox!"),
            "<to>: a, the <quick> fox | <To>: a, the <slow> fox<!>");
}

TEST(LineDiff, MarksWhatWent) { EXPECT_EQ(pair_of("a  b", "a b"), "a < >b | a b"); }

TEST(LineDiff, MarksAllOfWhatHasNothingInCommon) {
  EXPECT_EQ(pair_of("abc", "xyz"), "<abc> | <xyz>");
  EXPECT_EQ(pair_of("", "x"), " | <x>");
  EXPECT_EQ(pair_of("", ""), " | ");
  EXPECT_EQ(pair_of("same", "same"), "same | same");
}

TEST(LineDiff, NeverCutsACodePoint) {
  EXPECT_EQ(pair_of("Grüße", "Grüsse"), "<Grüße> | <Grüsse>");
  EXPECT_EQ(pair_of("a → b", "a ← b"), "a <→> b | a <←> b");
}

TEST(LineDiff, IsAllThereWhateverItIs) {
  const std::string many = [] {
    std::string text;
    for (int i = 0; i < 2'000; ++i) text += "a " + std::to_string(i);
    return text;
  }();
  for (const std::string_view other :
       {std::string_view("x"), std::string_view("\xff\xfe\x80 a"), std::string_view(many)}) {
    const auto pieces = changed_pieces("b" + many, other);
    std::string received;
    for (const auto& piece : pieces.received) received += piece.text;
    EXPECT_EQ(received, other);
  }
}

TEST(LineDiff, ThePageMarksThem) {
  auto document = test::footer_delivery();
  for (auto& signature : document.probes.front().mailbox->dkim)
    for (auto& mutation : signature.mutation) mutation.diff = "-Subject: Test\n+Subject: [EXT] Test\n+Another: line\n";
  const auto page = html(test::assessed(document), evidence::embedded);
  EXPECT_THAT(page, HasSubstr("Subject: <mark>[EXT] </mark>Test"));
  EXPECT_THAT(page, Not(HasSubstr("<mark>Another")));
}

}  // namespace
}  // namespace mailprobe::reporter
