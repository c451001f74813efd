// Which of several answers speaks for the probe.
#include "probe/replies.h"

#include <gtest/gtest.h>

namespace mailprobe::probe {
namespace {

using evidence::AnswerKind;

std::optional<AnswerKind> chosen(std::initializer_list<AnswerKind> kinds) {
  evidence::Probe probe;
  for (const auto kind : kinds) probe.replies.emplace_back().kind = kind;
  choose_reply(probe);
  return probe.reply ? std::optional(probe.reply->kind) : std::nullopt;
}

TEST(TheReply, IsTheFirstLastWord) {
  EXPECT_EQ(chosen({}), std::nullopt);
  EXPECT_EQ(chosen({AnswerKind::person, AnswerKind::bounce}), AnswerKind::person);
  EXPECT_EQ(chosen({AnswerKind::delay}), AnswerKind::delay);
  EXPECT_EQ(chosen({AnswerKind::delay, AnswerKind::delay, AnswerKind::bounce}), AnswerKind::bounce);
  EXPECT_EQ(chosen({AnswerKind::delay, AnswerKind::delivered}), AnswerKind::delivered);
}

TEST(TheReply, IsNotWhatATrapWasTold) {
  evidence::Probe probe;
  probe.replies.emplace_back().session.trap = "dane-wrong";
  choose_reply(probe);
  EXPECT_FALSE(probe.reply);
}

}  // namespace
}  // namespace mailprobe::probe
