// A command said too early, by script: run, thrown away, answered in the clear, refused, hung up on. And whatever ends
// the session in between, nothing is claimed that is not known.
#include "smtp/starttls_injection.h"

#include <gtest/gtest.h>

#include "tests/support/conformance.h"
#include "tests/support/run.h"
#include "tests/support/scripted_stream.h"

namespace mailprobe::smtp {
namespace {

using test::Dialogue;
using test::ScriptedStream;

struct Row {
  const char* file;
  std::optional<bool> executed;
  std::optional<Cause> cause = {};
};
void PrintTo(const Row& row, std::ostream* os) { *os << row.file; }

const Row rows[] = {{"runs", true},
                    {"discards", false},
                    {"in-the-clear", false, Cause::protocol_error},
                    {"refused", false, Cause::refused},
                    {"busy", std::nullopt},
                    {"hangs-up", false},
                    {"not-offered", std::nullopt, Cause::unsupported}};

class StarttlsInjection : public testing::TestWithParam<Row> {
 protected:
  static Injection converse(ScriptedStream& stream) {
    Delivery conditions;
    conditions.helo = "probe.test";
    Transcript transcript;
    auto injection = test::run(try_injection(stream, std::move(conditions), transcript));
    EXPECT_TRUE(stream.closed());
    const auto sent = stream.clear_text() + stream.cipher_text();
    for (const auto* never : {"RCPT", "DATA", "AUTH"}) EXPECT_EQ(sent.find(never), std::string::npos);
    if (sent.find("STARTTLS") != std::string::npos)
      EXPECT_NE(sent.find("STARTTLS\r\nNOOP\r\n"), std::string::npos) << "in one segment";
    return injection;
  }
  static Dialogue dialogue() {
    return Dialogue::load(test::data("smtp_injection/" + std::string(GetParam().file) + ".txt"));
  }
};

TEST_P(StarttlsInjection, IsFoundOrNot) {
  test::play(dialogue(), [](ScriptedStream& stream, const test::Fault&) {
    const auto injection = converse(stream);
    EXPECT_EQ(injection.executed, GetParam().executed);
    const std::string_view file = GetParam().file;
    const auto plain_mail = file == "not-offered" ? std::nullopt : std::optional(file == "discards" ? 530 : 250);
    EXPECT_EQ(injection.plain_mail, plain_mail);
    if (GetParam().cause) {
      ASSERT_TRUE(injection.session.error);
      EXPECT_EQ(injection.session.error->cause, GetParam().cause);
    }
  });
}

TEST_P(StarttlsInjection, IsTheSameByteByByte) {
  // A second answer in the clear that is not there yet is met by the handshake instead.
  if (GetParam().file == std::string_view("in-the-clear")) return;
  test::play_bytewise(dialogue(), [](ScriptedStream& stream, const test::Fault&) {
    EXPECT_EQ(converse(stream).executed, GetParam().executed);
  });
}

/// Cut off anywhere, a server that discards is never called one that runs.
TEST_P(StarttlsInjection, IsNeverClaimedOfAServerThatDiscards) {
  test::play_every_fault(dialogue(), [](ScriptedStream& stream, const test::Fault&) {
    const auto injection = converse(stream);
    if (GetParam().executed != true) EXPECT_NE(injection.executed, true);
  });
}

INSTANTIATE_TEST_SUITE_P(Dialogues, StarttlsInjection, testing::ValuesIn(rows), [](const auto& row) {
  auto name = std::string(row.param.file);
  std::ranges::replace(name, '-', '_');
  return name;
});

}  // namespace
}  // namespace mailprobe::smtp
