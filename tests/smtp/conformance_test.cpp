// Replies that real servers gave, and the byte sequences of SMTP smuggling, both ways.
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "base/text.h"
#include "smtp/dot_stuffing.h"
#include "smtp/reply.h"
#include "smtp/server.h"
#include "tests/support/conformance.h"
#include "tests/support/run.h"
#include "tests/support/scripted_stream.h"

namespace mailprobe::smtp {
namespace {

namespace json = boost::json;

TEST(SmtpConformance, RepliesOfManyServers) {
  MAILPROBE_CONFORMANCE(folder, "smtp-mailkit");
  std::size_t files = 0, replies = 0;
  for (const auto& file : test::files_below(folder, ".txt")) {
    if (file.filename() == "SOURCE.txt") continue;
    ++files;
    ReplyParser parser;
    bool whole = true;
    const auto text = test::read_file(file);
    for (const auto line : split(text, '\n')) {
      if (trim(line).empty()) continue;
      const auto fed = parser.feed(trim(line));
      ASSERT_TRUE(fed) << file << ": " << line << ": " << fed.error().message;
      whole = *fed;
      if (!whole) continue;
      ++replies;
      EXPECT_GE(parser.take().code, 200);
    }
    EXPECT_TRUE(whole) << file;
  }
  EXPECT_GE(files, 36U);
  EXPECT_GE(replies, files);
}

TEST(SmtpSmuggling, NothingGoesOutThatIsNotCrLf) {
  MAILPROBE_CONFORMANCE(folder, "smtp-smuggling");
  const auto cases = json::parse(test::read_file(folder / "cases.json"));
  for (const auto& each : cases.at("mox_data_write").as_array()) {
    const std::string message(each.at("message").as_string());
    const auto stuffed = stuff(message);
    const auto* wire = each.as_object().if_contains("wire");
    EXPECT_EQ(stuffed.has_value(), wire != nullptr) << message;
    if (stuffed && wire) EXPECT_EQ(*stuffed + std::string(final_dot), std::string(wire->as_string()));
  }
  for (const auto& each : cases.at("sequences").at("outbound_eod_sequences").as_array()) {
    const auto sequence = "a" + std::string(each.as_string()) + "b\r\n";
    if (sequence.find('\0') == std::string::npos) EXPECT_FALSE(stuff(sequence)) << sequence;
  }
}

class Keeper final : public Handler {
 public:
  Task<Reply> rcpt(const ServerState&, const Path&) override { co_return Reply{250, {}, "ok"}; }
  Task<Reply> message(const ServerState&, std::string raw) override {
    messages.push_back(std::move(raw));
    co_return Reply{250, {}, "kept"};
  }
  std::vector<std::string> messages;
};

/// What `wire` after DATA came to: the messages, and whether the server answered it with a 5xx.
struct Received {
  std::vector<std::string> messages;
  bool refused = false;
};

Received receive(const std::string& wire) {
  test::Dialogue dialogue;
  dialogue.steps.push_back({test::Step::Kind::ours_prefix, "220 ", {}});
  for (const auto* line : {"HELO probe.test\r\n", "MAIL FROM:<a@b.test>\r\n", "RCPT TO:<c@d.test>\r\n", "DATA\r\n"}) {
    dialogue.steps.push_back({test::Step::Kind::peer, line, {}});
    dialogue.steps.push_back({test::Step::Kind::ours_prefix, line[0] == 'D' ? "354 " : "250 ", {}});
  }
  dialogue.steps.push_back({test::Step::Kind::peer, wire, {}});
  dialogue.steps.push_back({test::Step::Kind::ours_prefix, "", {}});
  test::ScriptedStream stream(dialogue);
  Keeper keeper;
  Transcript transcript;
  ServerOptions options;
  options.host = "mx.target.test";
  (void)test::run(serve(stream, options, keeper, transcript));
  return {keeper.messages, stream.writes().back().starts_with("550 ")};
}

TEST(SmtpSmuggling, OnlyCrLfDotCrLfEndsAMessage) {
  MAILPROBE_CONFORMANCE(folder, "smtp-smuggling");
  const auto cases = json::parse(test::read_file(folder / "cases.json"));
  std::size_t refused = 0;
  for (const auto& each : cases.at("sequences").at("inbound_eod_sequences").as_array()) {
    const std::string sequence(each.as_string());
    const auto got = receive("hello" + sequence + "MAIL FROM:<evil@evil.test>\r\n.\r\n");
    SCOPED_TRACE(sequence);
    refused += got.refused ? 1U : 0U;
    EXPECT_EQ(got.messages.size(), got.refused ? 0U : 1U);  // never two
    EXPECT_EQ(got.refused, sequence.find('\0') == std::string::npos);
  }
  EXPECT_EQ(refused, 6U);
}

/// mox takes "LF" within a line in one case; we take it nowhere.
TEST(SmtpSmuggling, WhatAnotherServerTakesAndRefuses) {
  MAILPROBE_CONFORMANCE(folder, "smtp-smuggling");
  const auto cases = json::parse(test::read_file(folder / "cases.json"));
  std::size_t played = 0;
  for (const auto& each : cases.at("mox_data_read").as_array()) {
    const std::string wire(each.at("wire").as_string()), message(each.at("message").as_string());
    SCOPED_TRACE(wire);
    const auto got = receive(wire);
    ++played;
    if (!each.at("error").is_null() || has_bare_newline(wire)) {
      EXPECT_TRUE(got.messages.empty());
      continue;
    }
    EXPECT_EQ(got.messages, std::vector<std::string>{message});
  }
  EXPECT_GE(played, 20U);
}

}  // namespace
}  // namespace mailprobe::smtp
