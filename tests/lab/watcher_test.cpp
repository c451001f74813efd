// Our own IMAP client against the lab's mailbox: what the program does, over loopback.
#include "imap/watcher.h"

#include "tests/lab/running_lab.h"

namespace mailprobe::lab {
namespace {

std::string message_with(const std::string& id) {
  return "From: probe@probe.test\r\nSubject: a probe\r\nX-Mailprobe-Id: " + id + "\r\n\r\nHello.\r\n";
}

Task<void> send(const Access& access, std::string host, std::string to, std::string id) {
  Sent what{.host = host, .to = to, .message = message_with(id)};
  const auto session = co_await deliver(access, std::move(what));
  EXPECT_EQ(session.outcome, Outcome::accepted);
}

imap::Account account(const Access& access, bool implicit_tls) {
  return {.implicit_tls = implicit_tls,
          .handshake = client_side(access, access.imap_host),
          .credentials = {.user = access.imap_user, .secret = Secret(access.imap_password)}};
}

/// A watcher and what it must not outlive.
struct Watching {
  std::unique_ptr<tls::Stream> stream;
  Transcript transcript;
  std::unique_ptr<imap::Watcher> watcher;
};

Task<std::unique_ptr<Watching>> watch(const Access& access, bool implicit_tls = true) {
  auto watching = std::make_unique<Watching>();
  const auto port = implicit_tls ? access.imaps_port : access.imap_port;
  watching->stream = need(co_await tls::connect(imap_address, port, std::nullopt, soon()));
  watching->watcher = std::make_unique<imap::Watcher>(*watching->stream, watching->transcript, tls::pause);
  auto how = account(access, implicit_tls);
  need(co_await watching->watcher->open(std::move(how)));
  co_return watching;
}

Task<std::optional<imap::Copy>> find(Watching& watching, std::string id) {
  const imap::Wanted wanted{.header = "X-Mailprobe-Id", .id = id};
  co_return need(co_await watching.watcher->find(wanted, soon()));
}

Task<void> finds_a_copy(const Access& access, bool implicit_tls) {
  const auto watching = co_await watch(access, implicit_tls);
  co_await send(access, "mx.target.test", "reflector@target.test", "abcdefghij");
  const auto copy = co_await find(*watching, "abcdefghij");
  EXPECT_TRUE(copy);
  if (!copy) co_return;
  EXPECT_EQ(copy->folder, "INBOX");
  EXPECT_NE(copy->raw.find(message_with("abcdefghij")), std::string::npos) << copy->raw;
  need(co_await watching->watcher->remove(*copy));
  co_await watching->watcher->logout();
  auto mailbox = co_await MailboxClient::open(access);
  const auto left = co_await mailbox->ask("STATUS INBOX (MESSAGES)");
  EXPECT_NE(left.find("MESSAGES 0"), std::string::npos) << left;
}
Task<void> over_imaps(const Access& access) { co_await finds_a_copy(access, true); }
Task<void> over_starttls(const Access& access) { co_await finds_a_copy(access, false); }
TEST(LabWatcher, FindsAndRemovesACopyOverImaps) { with_lab(over_imaps); }
TEST(LabWatcher, FindsAndRemovesACopyAfterStarttls) { with_lab(over_starttls); }

Task<void> in_junk(const Access& access) {
  const auto watching = co_await watch(access);
  co_await send(access, "mx.junk.test", "reflector@junk.test", "abcdefghij");
  const auto copy = co_await find(*watching, "abcdefghij");
  EXPECT_TRUE(copy && copy->folder == "Junk" && copy->special_use == "\\Junk");
}
TEST(LabWatcher, FindsACopyInJunk) { with_lab(in_junk); }

/// The second and third are announced, or in a folder already passed by, while the first is looked for.
Task<void> several(const Access& access) {
  const auto watching = co_await watch(access);
  co_await send(access, "mx.junk.test", "reflector@junk.test", "third-in-junk");
  co_await send(access, "mx.target.test", "reflector@target.test", "second-one");
  co_await send(access, "mx.target.test", "reflector@target.test", "first-of-all");
  const auto start = std::chrono::steady_clock::now();
  for (const auto* id : {"first-of-all", "second-one", "third-in-junk", "second-one"}) {
    const auto copy = co_await find(*watching, id);
    EXPECT_TRUE(copy) << id;
  }
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(10)) << "found by waiting for the deadline";
}
TEST(LabWatcher, FindsOneAfterAnotherWhateverTheOrder) { with_lab(several); }

Task<void> wrong_password(const Access& access) {
  auto stream = need(co_await tls::connect(imap_address, access.imaps_port, std::nullopt, soon()));
  Transcript transcript;
  imap::Watcher watcher(*stream, transcript, tls::pause);
  auto how = account(access, true);
  how.credentials.secret = Secret("not it");
  const auto opened = co_await watcher.open(std::move(how));
  EXPECT_FALSE(opened);
  if (opened) co_return;
  EXPECT_EQ(opened.error().kind, Failure::refused);
  for (const auto& event : transcript.events()) EXPECT_EQ(event.text.find("not it"), std::string::npos) << event.text;
}
TEST(LabWatcher, IsRefusedWithAWrongPassword) { with_lab(wrong_password); }

}  // namespace
}  // namespace mailprobe::lab
