// Every dialogue of tests/data/smtp_server against the receiving session: as written, byte by byte, and failing at
// every step. "<" is the client's side there.
#include <algorithm>

#include <gtest/gtest.h>

#include "smtp/server.h"
#include "tests/support/conformance.h"
#include "tests/support/run.h"
#include "tests/support/scripted_stream.h"

namespace mailprobe::smtp {
namespace {

using namespace std::string_literals;
using test::Dialogue;
using test::Fault;
using test::ScriptedStream;
using Messages = std::vector<std::string>;

struct Row {
  std::string_view file;
  ServerEnd end = ServerEnd::quit;
  Messages messages = {};
  std::string_view user = {};
};

void PrintTo(const Row& row, std::ostream* out) { *out << row.file; }

constexpr auto broken = ServerEnd::protocol;

const Row rows[] = {
    {"deliver", ServerEnd::quit, {"From: probe@probe.test\r\n\r\n.dotted\r\n"}},
    {"deliver-tls", ServerEnd::quit, {"hello\r\n"}},
    {"deliver-pipelined", ServerEnd::quit, {"hello\r\n"}},
    {"deliver-helo", ServerEnd::quit, {"hello\r\n"}},
    {"deliver-two", ServerEnd::quit, {"one\r\n", "two\r\n"}},
    {"bdat", ServerEnd::quit, {"hello\r\nworld\r\n"}},
    {"bdat-empty-last", ServerEnd::quit, {"hello\r\n"}},
    {"bdat-dots-are-bytes", ServerEnd::quit, {"..a\r\n.\r\nb\r\n"}},
    {"bdat-bare-lf", broken},
    {"bdat-too-big", broken},
    {"bdat-malformed", broken},
    {"bdat-without-envelope"},
    {"bdat-then-data"},
    {"starttls-pipelined", broken},
    {"starttls-forgets"},
    {"starttls-twice"},
    {"starttls-argument"},
    {"starttls-fails", ServerEnd::closed},
    {"auth-plain", ServerEnd::quit, {}, "user"},
    {"auth-login", ServerEnd::quit, {}, "user"},
    {"auth-wrong", ServerEnd::refused},
    {"auth-unknown-user"},
    {"auth-plain-text"},
    {"auth-cancelled"},
    {"auth-not-base64"},
    {"auth-unknown-mechanism"},
    {"auth-twice", ServerEnd::quit, {}, "user"},
    {"order"},
    {"ehlo-resets"},
    {"others"},
    {"ehlo-without-name"},
    {"mail-malformed"},
    {"mail-parameters"},
    {"mail-null", ServerEnd::quit, {"bounce\r\n"}},
    {"mail-refused"},
    {"rcpt-refused"},
    {"rcpt-malformed"},
    {"rcpt-postmaster"},
    {"message-refused", ServerEnd::quit, {"refuse me\r\n"}},
    {"data-bare-lf", broken},
    {"data-bare-cr", broken},
    {"data-lf-dot-crlf", broken},
    {"data-nul-dot", ServerEnd::quit, {"hello\r\n\0.\r\n"s}},
    {"data-too-big"},
    {"data-no-room", ServerEnd::quit, {"small\r\n"}},
    {"data-no-room-at-all"},
    {"bdat-no-room", ServerEnd::quit, {"small\r\n"}},
    {"data-endless", broken},
    {"data-cut", ServerEnd::closed},
    {"line-too-long", broken},
    {"line-control"},
    {"errors", broken},
    {"idle", ServerEnd::timeout},
    {"gone", ServerEnd::closed},
};

class Recorder final : public Handler {
 public:
  Task<Reply> mail(const ServerState& state) override {
    Reply reply{250, "2.1.0", "Sender ok"};
    if (state.mail_from.text() == "no@probe.test") reply = {550, "5.7.1", "Not you"};
    co_return reply;
  }
  Task<Reply> rcpt(const ServerState& state, const Path& recipient) override {
    user = state.user;
    Reply reply{250, "2.1.5", "Recipient ok"};
    if (recipient.text() == "nobody@target.test") reply = {550, "5.1.1", "No such user"};
    co_return reply;
  }
  Task<Reply> message(const ServerState&, std::string raw) override {
    Reply reply{250, "2.0.0", "Stored"};
    if (raw.starts_with("refuse")) reply = {550, "5.7.1", "Not this"};
    messages.push_back(std::move(raw));
    co_return reply;
  }
  std::optional<Secret> password(std::string_view name) override {
    asked = name;
    if (name != "user") return std::nullopt;
    return Secret("pencil");
  }

  Messages messages;
  std::string user, asked;
};

struct Played {
  Recorder handler;
  ServerEnd end = ServerEnd::quit;
  Transcript transcript;
};

/// For one message of 1,000 octets, or what another session has left of it.
std::shared_ptr<InFlight> memory_of(std::string_view file) {
  if (!file.contains("no-room")) return nullptr;
  auto memory = std::make_shared<InFlight>(1000);
  EXPECT_TRUE(memory->take(file.ends_with("at-all") ? 500 : 0));
  return memory;
}

class ServerDialogue : public testing::TestWithParam<Row> {
 protected:
  static void converse(ScriptedStream& stream, Played& run) {
    ServerOptions options;
    options.host = "mx.target.test";
    options.starttls = tls::Handshake{};
    options.max_size = 1000;
    options.auth = true;
    options.in_flight = memory_of(GetParam().file);
    run.end = test::run(serve(stream, options, run.handler, run.transcript));
    EXPECT_TRUE(stream.closed());
    for (const auto& event : run.transcript.events())
      for (const auto* secret : {"pencil", "cGVuY2ls", "AHVzZXI"})
        EXPECT_EQ(event.text.find(secret), std::string::npos) << event.text;
  }
  static Dialogue dialogue() {
    return Dialogue::load(test::data("smtp_server/" + std::string(GetParam().file) + ".txt"));
  }
  static void expect_end(const Played& run) {
    EXPECT_EQ(run.end, GetParam().end);
    EXPECT_EQ(run.handler.messages, GetParam().messages);
    if (!GetParam().user.empty()) EXPECT_EQ(run.handler.asked, GetParam().user);
  }
};

TEST_P(ServerDialogue, EndsAsExpected) {
  test::play(dialogue(), [](ScriptedStream& stream, const Fault&) {
    Played run;
    converse(stream, run);
    expect_end(run);
  });
}

TEST_P(ServerDialogue, DoesNotDependOnHowBytesArrive) {
  if (GetParam().file == "starttls-pipelined") return;  // then they come where the handshake should
  if (GetParam().end == broken) {                       // the server need not wait for the rest
    ScriptedStream stream(dialogue(), {.bytewise = true});
    Played run;
    converse(stream, run);
    EXPECT_EQ(stream.problem(), "");
    return expect_end(run);
  }
  test::play_bytewise(dialogue(), [](ScriptedStream& stream, const Fault&) {
    Played run;
    converse(stream, run);
    expect_end(run);
  });
}

TEST_P(ServerDialogue, EndsInOrderWhateverFails) {
  test::play_every_fault(dialogue(), [](ScriptedStream& stream, const Fault&) {
    Played run;
    converse(stream, run);
    // Half a message is none: what was given to the handler is what the whole dialogue gives, or the start of it.
    ASSERT_LE(run.handler.messages.size(), GetParam().messages.size());
    EXPECT_TRUE(std::ranges::equal(
        run.handler.messages,
        Messages(GetParam().messages.begin(),
                 GetParam().messages.begin() + static_cast<std::ptrdiff_t>(run.handler.messages.size()))));
  });
}

INSTANTIATE_TEST_SUITE_P(Smtp, ServerDialogue, testing::ValuesIn(rows), [](const auto& row) {
  std::string name(row.param.file);
  std::ranges::replace(name, '-', '_');
  return name;
});

TEST(ServerDialogues, EveryFileHasItsRow) {
  for (const auto& file : test::files_below(test::data("smtp_server"), ".txt"))
    EXPECT_TRUE(std::ranges::any_of(rows, [&](const Row& row) { return row.file == file.stem().string(); })) << file;
}

}  // namespace
}  // namespace mailprobe::smtp
