// Settings, keys and a network out of thin air for the tests of probe/: no socket, no clock, no file but in a folder of
// the test's own.
#pragma once

#include <deque>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "probe/network.h"
#include "probe/settings.h"
#include "smtp/server.h"
#include "tests/support/fake_resolver.h"
#include "tests/support/scripted_stream.h"
#include "tests/support/temporary_folder.h"

namespace mailprobe::probe::test {

using namespace mailprobe::test;

void write_file(const std::filesystem::path& path, std::string_view text);

inline Mailbox mailbox(std::string_view text) { return Mailbox::parse(text).value(); }
inline IpAddress ip(std::string_view text) { return IpAddress::parse(text).value(); }

/// Two keys, made once: r1 RSA (relaxed and simple), e1 Ed25519.
const Identity& identity();
/// identity() as "default", HELO mx.probe.test, runs below `folder`.
Settings settings(const std::filesystem::path& folder);
SendOptions options(std::string_view to = "to@target.test");
MailboxAccount account(const std::string& name, std::string_view address);
/// Publishes the identity's keys, SPF and DMARC.
void publish(FakeResolver& resolver, const Identity& identity);

/// What somebody at an address does with connections, one after the other; the last goes on for ever.
class FakeNetwork {
 public:
  using Answer = std::function<Task<StreamResult>()>;

  FakeNetwork& refuses(const std::string& address);
  FakeNetwork& is_unreachable(const std::string& address, Cause cause = Cause::unreachable);
  FakeNetwork& times_out(const std::string& address);
  /// Never answers: only a cancellation ends it.
  FakeNetwork& hangs(const std::string& address);
  FakeNetwork& plays(const std::string& address, std::string_view dialogue);
  /// A real session of ours at the other end; with AUTH where the handler knows passwords.
  FakeNetwork& serves(const std::string& address, std::shared_ptr<smtp::Handler> handler, bool auth = false);

  [[nodiscard]] Network network();

  std::vector<std::string> connected;                    // "192.0.2.1:25 from 192.0.2.10", in order
  std::vector<std::chrono::milliseconds> pauses;         // asked for
  std::vector<std::shared_ptr<ScriptedStream>> streams;  // that were played, in order
  std::chrono::milliseconds connect_takes{0};            // by the fake clock

 private:
  Task<StreamResult> connect(IpAddress address, std::uint16_t port, std::optional<IpAddress> source);

  std::map<std::string, std::deque<Answer>> answers_;
  Steady now_ = std::chrono::steady_clock::now();  // from then on only waiting moves it
};

/// Accepts everything and keeps it.
class KeepingHandler : public smtp::Handler {
 public:
  Task<smtp::Reply> rcpt(const smtp::ServerState&, const Path&) override { co_return smtp::Reply{250, "2.1.5", "ok"}; }
  Task<smtp::Reply> message(const smtp::ServerState& state, std::string raw) override;
  std::vector<std::string> messages, reverse_paths;
  smtp::Reply reply{250, "2.0.0", "queued"};
};

}  // namespace mailprobe::probe::test
