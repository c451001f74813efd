// What a run says while it goes: the same for whoever shows it, but for what is hidden.
#include "probe/progress.h"

#include <gtest/gtest.h>

#include <vector>

namespace mailprobe::probe {
namespace {

TEST(Progress, SaysNothingHidden) {
  std::vector<std::string> said;
  Progress progress;
  progress.step = [&](const std::string& line) { said.push_back(line); };
  progress.waiting = [&](const std::string& cause, std::chrono::milliseconds) { said.push_back(cause); };
  progress.expecting = progress.waiting;
  progress.dialogue = [&](const Event& event) { said.push_back(event.text); };
  Hidden hidden;
  hidden.add("canary-5f1d");
  const auto told = hiding(progress, hidden);
  told.say("refused: no canary-5f1d");
  told.announce("for canary-5f1d", std::chrono::milliseconds(1));
  told.expect("for canary-5f1d", std::chrono::milliseconds(1));
  told.dialogue({1, Direction::in, "550 canary-5f1d"});
  EXPECT_EQ(said, (std::vector<std::string>{"refused: no ***", "for ***", "for ***", "550 ***"}));
}

TEST(Progress, OfNobodyWhoListensIsEmpty) {
  Hidden hidden;
  hidden.add("canary-5f1d");
  const auto told = hiding({}, hidden);
  told.say("x");
  told.announce("x", std::chrono::milliseconds(1));
  EXPECT_FALSE(told.step || told.waiting || told.expecting || told.dialogue);
}

}  // namespace
}  // namespace mailprobe::probe
