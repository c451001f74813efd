// What the program and its resolver's process say to each other.
#include "dns/frames.h"

#include <gtest/gtest.h>

namespace mailprobe::dns {
namespace {

Answer sample() {
  return {.status = Status::ok,
          .dnssec = Dnssec::secure,
          .canonical = "mx.target.test",
          .rdata = {std::string("\x7f\0\0\1", 4), "", std::string(3'000, 'x')},
          .ttl = 4'000'000'000,
          .why = "because"};
}

std::string framed(std::uint32_t id, Answer answer) {
  std::string out;
  put_frame(out, AnswerFrame{.id = id, .answer = std::move(answer)});
  return out;
}

TEST(Frames, QuestionIsReadAsItWasPut) {
  std::string bytes;
  put_frame(bytes, QuestionFrame{.id = 0xfedcba98, .type = Type::caa, .name = "a.target.test"});
  Frames in;
  in.add(bytes);
  const auto content = in.next();
  ASSERT_TRUE(content);
  const auto question = read_question(*content);
  ASSERT_TRUE(question);
  EXPECT_EQ(question->id, 0xfedcba98U);
  EXPECT_EQ(question->type, Type::caa);
  EXPECT_EQ(question->name, "a.target.test");
  EXPECT_FALSE(in.next());
}

TEST(Frames, AnswerIsReadAsItWasPut) {
  Frames in;
  in.add(framed(7, sample()));
  const auto frame = read_answer(in.next().value());
  ASSERT_TRUE(frame);
  const auto expected = sample();
  EXPECT_EQ(frame->id, 7U);
  EXPECT_EQ(frame->answer.status, expected.status);
  EXPECT_EQ(frame->answer.dnssec, expected.dnssec);
  EXPECT_EQ(frame->answer.canonical, expected.canonical);
  EXPECT_EQ(frame->answer.rdata, expected.rdata);
  EXPECT_EQ(frame->answer.ttl, expected.ttl);
  EXPECT_EQ(frame->answer.why, expected.why);
}

TEST(Frames, ComeWholeHoweverTheStreamIsCut) {
  const auto bytes = framed(1, sample()) + framed(2, sample()) + framed(3, {});
  for (const std::size_t step : {std::size_t{1}, std::size_t{3}, std::size_t{64}, bytes.size()}) {
    Frames in;
    std::vector<std::uint32_t> seen;
    for (std::size_t at = 0; at < bytes.size(); at += step) {
      in.add(std::string_view(bytes).substr(at, step));
      while (const auto content = in.next()) seen.push_back(read_answer(*content).value().id);
    }
    EXPECT_EQ(seen, (std::vector<std::uint32_t>{1, 2, 3})) << step;
    EXPECT_FALSE(in.broken());
  }
}

TEST(Frames, LengthOverTheLimitBreaksTheStream) {
  Frames in;
  in.add(std::string_view("\xff\xff\xff\xff", 4));
  EXPECT_FALSE(in.next());
  EXPECT_TRUE(in.broken());
  in.add(framed(1, sample()));
  EXPECT_FALSE(in.next());
}

TEST(Frames, AnswerCutAnywhereIsNone) {
  const auto bytes = framed(1, sample());
  const auto content = std::string_view(bytes).substr(4);
  ASSERT_TRUE(read_answer(content));
  for (std::size_t size = 0; size < content.size(); ++size) EXPECT_FALSE(read_answer(content.substr(0, size))) << size;
  EXPECT_FALSE(read_answer(std::string(content) + "x"));
}

TEST(Frames, AnswerWithAnUnknownWordIsNone) {
  auto bytes = framed(1, sample()).substr(4);
  bytes[7] = 5;  // the status: one more than there are
  EXPECT_FALSE(read_answer(bytes));
  bytes[7] = 0;
  EXPECT_TRUE(read_answer(bytes));
  bytes[11] = 4;  // the DNSSEC status
  EXPECT_FALSE(read_answer(bytes));
}

TEST(Frames, AnswerThatIsTooLargeGoesAsAFailure) {
  auto large = sample();
  large.rdata.assign(20, std::string(60'000, 'x'));
  const auto bytes = framed(9, large);
  EXPECT_LT(bytes.size(), 200U);
  const auto frame = read_answer(std::string_view(bytes).substr(4));
  ASSERT_TRUE(frame);
  EXPECT_EQ(frame->id, 9U);
  EXPECT_EQ(frame->answer.status, Status::servfail);
  EXPECT_NE(frame->answer.why.find("too large"), std::string::npos);
}

TEST(Frames, ReasonIsCut) {
  auto wordy = sample();
  wordy.why = std::string(100'000, 'w');
  const auto bytes = framed(1, wordy);
  EXPECT_EQ(read_answer(std::string_view(bytes).substr(4)).value().answer.why.size(), 2'000U);
}

}  // namespace
}  // namespace mailprobe::dns
