// Every dialogue of tests/data/lab against the mailbox's IMAP session: as written, byte by byte, failing at every step.
#include <gtest/gtest.h>

#include <algorithm>

#include "lab/mailbox_session.h"
#include "tests/support/conformance.h"
#include "tests/support/run.h"
#include "tests/support/scripted_stream.h"

namespace mailprobe::lab {
namespace {

using test::Dialogue;
using test::Fault;
using test::ScriptedStream;

MailStore store_with_three() {
  MailStore store;
  store.append("INBOX", "Subject: One\r\n\r\nFirst body\r\n");
  store.append("INBOX", "Subject: Two\r\nX-Mailprobe-Id: two\r\n\r\nSecond body\r\n");
  store.append("Junk", "Subject: Three\r\n\r\nThird body\r\n");
  for (auto& folder : store.folders()) {
    folder.uidvalidity = 7;
    for (auto& message : folder.messages) message.received = *parse_rfc3339("2026-01-31T12:00:00Z");
  }
  return store;
}

Task<void> session(ScriptedStream& stream, MailStore& store, bool implicit_tls) {
  MailboxServerOptions options{
      .user = "reflector", .password = Secret("pencil"), .handshake = {}, .implicit_tls = implicit_tls};
  auto bell = co_await Bell::make();
  MailboxSession served(stream, store, std::move(options), std::move(bell));
  co_await served.serve();
}

class MailboxDialogue : public testing::TestWithParam<std::string> {
 protected:
  static Dialogue dialogue() { return Dialogue::load(test::data("lab/" + GetParam() + ".txt")); }

  static void converse(ScriptedStream& stream) {
    auto store = store_with_three();
    test::run(session(stream, store, !GetParam().starts_with("starttls")));
  }
};

TEST_P(MailboxDialogue, IsKept) {
  test::play(dialogue(), [](ScriptedStream& stream, const Fault&) {
    converse(stream);
    EXPECT_TRUE(stream.closed());
  });
}

TEST_P(MailboxDialogue, DoesNotDependOnHowBytesArrive) {
  if (GetParam() == "starttls-injected") return;  // then they arrive where the handshake should be
  test::play_bytewise(dialogue(), [](ScriptedStream& stream, const Fault&) { converse(stream); });
}

TEST_P(MailboxDialogue, EndsInOrderWhateverFails) {
  test::play_every_fault(dialogue(), [](ScriptedStream& stream, const Fault&) { converse(stream); });
}

std::vector<std::string> dialogues() {
  std::vector<std::string> names;
  for (const auto& file : test::files_below(test::data("lab"), ".txt")) names.push_back(file.stem().string());
  return names;
}

INSTANTIATE_TEST_SUITE_P(Lab, MailboxDialogue, testing::ValuesIn(dialogues()), [](const auto& row) {
  std::string name = row.param;
  std::ranges::replace(name, '-', '_');
  return name;
});

}  // namespace
}  // namespace mailprobe::lab
