// What our receiver said of itself, out of sessions that may have come with a file.
#include <gtest/gtest.h>

#include "evidence/own_refusal.h"

namespace mailprobe::evidence {
namespace {

Session session(Direction dir, std::string text) {
  Session one;
  one.events = {{0, dir, std::move(text)}};
  return one;
}

TEST(OwnRefusal, IsWhatIsAboutOurSystem) {
  EXPECT_EQ(own_refusal(session(Direction::out, "452 4.3.1 No room left")), "452 4.3.1 No room left");
  EXPECT_TRUE(turned_away(session(Direction::out, "421 4.3.2 Too many connections")));
  auto greeted = session(Direction::out, "421 4.3.2 Going down");
  greeted.helo = "mx.target.test";
  EXPECT_TRUE(turned_away(greeted)) << "before MAIL";
  greeted.mail_from = "a@target.test";
  EXPECT_FALSE(turned_away(greeted));
}

TEST(OwnRefusal, IsNothingElse) {
  for (const auto* text : {"", "4", "42", "421", "421 ", "451 4.7.1 Come again", "550 5.3.4 Too big", "250 4.3.1"})
    EXPECT_EQ(own_refusal(session(Direction::out, text)), std::nullopt) << text;
  EXPECT_EQ(own_refusal(session(Direction::in, "421 4.3.2 of the client")), std::nullopt);
  EXPECT_EQ(own_refusal(Session{}), std::nullopt);
}

}  // namespace
}  // namespace mailprobe::evidence
