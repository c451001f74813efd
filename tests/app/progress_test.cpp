#include "app/progress.h"

#include <gtest/gtest.h>

#include "app/wrapped.h"

namespace mailprobe::app {
namespace {

using std::chrono::milliseconds;

TEST(Progress, AWaitNamesCauseTimeAndLength) {
  EXPECT_EQ(wait_text("for the copy in a@example.net", std::chrono::minutes(5), milliseconds(67'200), false),
            "| waiting for the copy in a@example.net, 1:07 of 5m");
}

TEST(Progress, DialoguesShowWhoSpeaksAndNoEscapes) {
  EXPECT_EQ(dialogue_text({0, Direction::out, "EHLO mx.example.org"}), "  > EHLO mx.example.org");
  EXPECT_EQ(dialogue_text({0, Direction::in, "220 \x1b[31m"}), "  < 220 \\x1b[31m");
  EXPECT_EQ(dialogue_text({0, Direction::note, "TLS"}), "  * TLS");
}

TEST(Wrapped, BreaksAtSpacesWithinTheWidth) {
  EXPECT_EQ(wrapped("one two three", 4, 12), "one two\n    three");
  EXPECT_EQ(wrapped("unbreakable-word", 4, 8), "unbreakable-word");
  EXPECT_EQ(wrapped("", 4, 8), "");
}

}  // namespace
}  // namespace mailprobe::app
