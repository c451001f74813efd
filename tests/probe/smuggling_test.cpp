// A message with a second one in it, as bytes.
#include "probe/smuggling.h"

#include <gtest/gtest.h>

#include "scenarios/faults.h"
#include "smtp/dot_stuffing.h"

namespace mailprobe::probe {
namespace {

Mailbox mailbox(std::string_view text) { return *Mailbox::parse(text); }

Letter letter() {
  return {.id = "abc2",
          .from = mailbox("probe@probe.test"),
          .reply_to = mailbox("probe+abc2@probe.test"),
          .to = mailbox("to@target.test"),
          .contact = {},
          .date = Time(std::chrono::seconds(1)),
          .also_answer = {}};
}

std::string made(scenarios::EndOfData end) {
  scenarios::Send send;
  send.end_of_data = end;
  auto message = smuggling_message(letter(), send);
  EXPECT_TRUE(message.has_value());
  return message.value_or("");
}

TEST(Smuggling, HasTheSecondMessageBehindTheSequenceAlone) {
  const auto message = made(scenarios::EndOfData::lf_dot_lf);
  const auto second = second_id("abc2");
  const auto commands =
      "\n.\nMAIL FROM:<probe+" + second + "@probe.test>\r\nRCPT TO:<to@target.test>\r\nDATA\r\nDate: ";
  const auto at = message.find(commands);
  ASSERT_NE(at, std::string::npos) << message;
  EXPECT_NE(message[at - 1], '\n') << "no end of a line before it";
  EXPECT_NE(message.find("X-Mailprobe-Id: abc2\r\n"), std::string::npos);
  EXPECT_GT(message.find("X-Mailprobe-Id: " + second), at);
  EXPECT_EQ(message.find("abc2", at), std::string::npos) << "the second has nothing of the first";
  EXPECT_TRUE(message.ends_with("\r\n"));
  EXPECT_EQ(message.find("\r\n."), std::string::npos) << "nothing else that could end it";
}

TEST(Smuggling, NoSequenceEndsAMessageAsItShould) {
  for (const auto& [end, name] : Words<scenarios::EndOfData>::table) {
    const auto message = made(end);
    EXPECT_NE(message.find(scenarios::bytes_of(end)), std::string::npos) << name;
    EXPECT_EQ(message.find("\r\n.\r\n"), std::string::npos) << name;
    EXPECT_TRUE(smtp::has_bare_newline(message) || message.find('\0') != std::string::npos) << name;
  }
}

TEST(Smuggling, TheSecondIdIsAlwaysTheSameAndLikeOthers) {
  EXPECT_EQ(second_id("abc2"), second_id("abc2"));
  EXPECT_NE(second_id("abc2"), second_id("abc3"));
  EXPECT_EQ(second_id("abc2").size(), 26U);
}

}  // namespace
}  // namespace mailprobe::probe
