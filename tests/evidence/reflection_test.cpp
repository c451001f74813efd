// Reading a reflector's answer: what is none, what is another's version, what is too large or broken. That an answer
// of ours reads back whole is tests/reflector/answer_test.cpp's.
#include "evidence/reflection.h"

#include <gtest/gtest.h>

#include "base/encoding.h"
#include "evidence/json.h"

namespace mailprobe::evidence {
namespace {

Reflection reflection() {
  Reflection seen;
  seen.schema = reflection_schema;
  seen.version = "0.1.0";
  seen.host = "mx.reflector.test";
  return seen;
}

std::string json_part(const std::string& json, const std::string& schema = "mailprobe-reflection/1") {
  return "--b\r\nContent-Type: application/json; schema=\"" + schema +
         "\"\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64(json) + "\r\n";
}

std::string answer(const std::string& parts) {
  return "X-Mailprobe-Answers: abcdefghijklmnopqrstuvwxyz\r\nMIME-Version: 1.0\r\n"
         "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nhello\r\n" +
         parts + "--b--\r\n";
}

TEST(ReadReflection, TakesTheHeaderPartBehindTheJson) {
  const auto read = read_reflection(
      answer(json_part(to_json(reflection())) + "--b\r\nContent-Type: text/rfc822-headers\r\n\r\nA: b\r\n"));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->host, "mx.reflector.test");
  EXPECT_EQ(read->headers, "A: b\r\n");
}

TEST(ReadReflection, DoesWithoutTheHeaderPart) {
  const auto read = read_reflection(answer(json_part(to_json(reflection()))));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->headers, "");
}

TEST(ReadReflection, LooksIntoAForwardedAnswer) {
  const auto inner = answer(json_part(to_json(reflection())));
  EXPECT_TRUE(
      read_reflection("Content-Type: multipart/mixed; boundary=outer\r\n\r\n--outer\r\n"
                      "Content-Type: message/rfc822\r\n\r\n" +
                      inner + "\r\n--outer--\r\n"));
}

TEST(ReadReflection, CapsTheHeadersWherever) {
  auto seen = reflection();
  seen.headers = std::string(100'000, 'a');
  const auto long_json = read_reflection(answer(json_part(to_json(seen))));
  ASSERT_TRUE(long_json) << long_json.error().message;
  EXPECT_EQ(long_json->headers.size(), max_reflected_headers);
  std::string lines;
  while (lines.size() < 100'000) lines += "A: bcdefgh\r\n";
  const auto long_part = read_reflection(
      answer(json_part(to_json(reflection())) + "--b\r\nContent-Type: text/rfc822-headers\r\n\r\n" + lines));
  ASSERT_TRUE(long_part) << long_part.error().message;
  EXPECT_LE(long_part->headers.size(), max_reflected_headers);
  EXPECT_TRUE(long_part->headers.ends_with("h\r\n"));
}

TEST(ReadReflection, TellsAnotherVersionFromABrokenOne) {
  const auto newer = read_reflection(answer(json_part("{}", "mailprobe-reflection/2")));
  ASSERT_FALSE(newer);
  EXPECT_EQ(newer.error().kind, Failure::unsupported);
  EXPECT_NE(newer.error().message.find("version 2"), std::string::npos) << newer.error().message;
}

TEST(ReadReflection, RefusesWhatIsNone) {
  auto wrong_word = reflection();
  wrong_word.schema = "mailprobe/1";
  auto large = reflection();
  large.host = std::string(200'000, 'h');
  for (const auto& raw :
       {std::string(), std::string("Subject: hello\r\n\r\nhello\r\n"), answer(""), answer(json_part("{}")),
        answer(json_part("not JSON")), answer(json_part(to_json(wrong_word))), answer(json_part(to_json(large))),
        answer(json_part(std::string(5'000, '['))),
        answer(json_part(to_json(reflection()))) + std::string(600'000, ' ')}) {
    const auto read = read_reflection(raw);
    ASSERT_FALSE(read) << raw.substr(0, 300);
    EXPECT_EQ(read.error().kind, Failure::protocol);
    EXPECT_FALSE(read.error().message.empty());
  }
}

TEST(ReadReflection, KnowsAnAnswerByItsHeader) {
  EXPECT_TRUE(answers_a_probe(answer("")));
  EXPECT_FALSE(answers_a_probe("Subject: X-Mailprobe-Answers: x\r\n\r\nX-Mailprobe-Answers: x\r\n"));
}

}  // namespace
}  // namespace mailprobe::evidence
