#include <unistd.h>
#include <fstream>

#include <gtest/gtest.h>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "auth/crypto.h"
#include "probe/beside.h"
#include "tests/probe/fixture.h"
#include "tests/support/memory_stream.h"
#include "tests/support/run.h"

namespace mailprobe::probe::test {

namespace asio = boost::asio;

void write_file(const std::filesystem::path& path, std::string_view text) {
  std::ofstream(path, std::ios::binary) << text;
}

namespace {

DkimKey make_key(const std::string& selector, auth::KeyType type) {
  const auto pem = auth::PrivateKey::generate(type).value();
  return {selector, auth::SigningKey::from_pem(pem).value(), {{auth::Canon::relaxed, auth::Canon::relaxed}}};
}

Identity make_identity() {
  Identity identity{.name = "default", .domain = "probe.test", .address = mailbox("probe@probe.test"), .dkim = {}};
  identity.dkim.push_back(make_key("r1", auth::KeyType::rsa));
  identity.dkim.back().canonicalizations.emplace_back(auth::Canon::simple, auth::Canon::simple);
  identity.dkim.push_back(make_key("e1", auth::KeyType::ed25519));
  return identity;
}

}  // namespace

const Identity& identity() {
  static const Identity made = make_identity();
  return made;
}

Settings settings(const std::filesystem::path& folder) {
  Settings settings;
  settings.source = "a test";
  settings.identities.emplace("default", identity());
  settings.helo = "mx.probe.test";
  settings.contact = "postmaster@probe.test";
  settings.runs = (folder / "runs").string();
  return settings;
}

MailboxAccount account(const std::string& name, std::string_view address) {
  return {.name = name,
          .url = {"imaps", "imap.test", 993},
          .user = name,
          .address = mailbox(address),
          .secret = {},
          .folders = {},
          .authserv_ids = {}};
}

SendOptions options(std::string_view to) { return SendOptions{.to = mailbox(to)}; }

void publish(FakeResolver& resolver, const Identity& whose) {
  for (const auto& key : whose.dkim) resolver.txt(key.selector + "._domainkey." + whose.domain, key.key.dns_record());
  resolver.txt(whose.domain, "v=spf1 ip4:127.0.0.1 ip4:192.0.2.0/24 -all");
  resolver.txt("_dmarc." + whose.domain, "v=DMARC1; p=reject");
}

// --- the network ----------------------------------------------------------------------------------------------------

namespace {

/// A stream that the test keeps as well.
class SharedStream final : public tls::Stream {
 public:
  explicit SharedStream(std::shared_ptr<tls::Stream> stream) : stream_(std::move(stream)) {}
  Task<Result<std::size_t>> read_some(char* data, std::size_t size) override { return stream_->read_some(data, size); }
  Task<Result<void>> write(std::string_view bytes) override { return stream_->write(bytes); }
  Task<Result<TlsFacts>> handshake(tls::Handshake how) override { return stream_->handshake(std::move(how)); }
  void deadline(Steady when) override { stream_->deadline(when); }
  void close() override { stream_->close(); }
  [[nodiscard]] bool encrypted() const override { return stream_->encrypted(); }
  [[nodiscard]] std::string local_address() const override { return stream_->local_address(); }
  [[nodiscard]] std::string peer_address() const override { return stream_->peer_address(); }

 private:
  std::shared_ptr<tls::Stream> stream_;
};

Task<StreamResult> error(Failure kind, Cause cause) { co_return fail(kind, "made to fail", cause); }

Task<StreamResult> never() {
  asio::steady_timer timer(co_await asio::this_coro::executor, Steady::max());
  while (!co_await cancelled()) co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
  co_return fail(Failure::interrupted, "interrupted", Cause::interrupted);
}

Task<StreamResult> stream_of(std::shared_ptr<tls::Stream> stream) {
  std::unique_ptr<tls::Stream> shared = std::make_unique<SharedStream>(std::move(stream));
  co_return shared;
}

Task<void> serve(std::unique_ptr<tls::Stream> stream, std::shared_ptr<smtp::Handler> handler, bool auth) {
  smtp::ServerOptions options;
  options.auth = auth;
  options.host = "mx.target.test";
  options.starttls = tls::Handshake{.context = {}, .server = true, .server_name = {}};
  Transcript transcript;
  (void)co_await smtp::serve(*stream, std::move(options), *handler, transcript);
}

/// A session with a certificate that nothing can be said against.
TlsFacts good_facts() {
  auto facts = fake_facts();
  facts.certificates.push_back({.subject = "CN=mx.target.test",
                                .issuer = "CN=a test",
                                .names = {"mx.target.test"},
                                .not_before = now() - std::chrono::hours(24),
                                .not_after = now() + std::chrono::days(90),
                                .key = "EC P-256",
                                .signature = "ecdsa-with-SHA256",
                                .sha256 = {},
                                .spki_sha256 = {}});
  return facts;
}

Task<StreamResult> session(std::shared_ptr<smtp::Handler> handler, bool auth) {
  const auto executor = co_await asio::this_coro::executor;
  auto streams = memory_streams(executor, good_facts());
  asio::co_spawn(executor, serve(std::move(streams.server), std::move(handler), auth), asio::detached);
  co_return std::move(streams.client);
}

Task<void> advance(Steady& clock, std::vector<std::chrono::milliseconds>& asked, std::chrono::milliseconds length) {
  asked.push_back(length);
  clock += length;
  co_return;
}

}  // namespace

FakeNetwork& FakeNetwork::refuses(const std::string& address) {
  answers_[address].emplace_back([] { return error(Failure::connection, Cause::refused); });
  return *this;
}

FakeNetwork& FakeNetwork::is_unreachable(const std::string& address, Cause cause) {
  answers_[address].emplace_back([cause] { return error(Failure::connection, cause); });
  return *this;
}

FakeNetwork& FakeNetwork::times_out(const std::string& address) {
  answers_[address].emplace_back([] { return error(Failure::timeout, Cause::timed_out); });
  return *this;
}

FakeNetwork& FakeNetwork::hangs(const std::string& address) {
  answers_[address].emplace_back([] { return never(); });
  return *this;
}

FakeNetwork& FakeNetwork::plays(const std::string& address, std::string_view dialogue) {
  answers_[address].emplace_back([this, parsed = Dialogue::parse(dialogue)] {
    streams.push_back(std::make_shared<ScriptedStream>(parsed));
    return stream_of(streams.back());
  });
  return *this;
}

FakeNetwork& FakeNetwork::serves(const std::string& address, std::shared_ptr<smtp::Handler> handler, bool auth) {
  answers_[address].emplace_back([handler = std::move(handler), auth] { return session(handler, auth); });
  return *this;
}

Task<StreamResult> FakeNetwork::connect(IpAddress address, std::uint16_t port, std::optional<IpAddress> source) {
  connected.push_back(address.text() + ":" + std::to_string(port) + (source ? " from " + source->text() : ""));
  now_ += connect_takes;
  const auto found = answers_.find(address.text());
  if (found == answers_.end()) return error(Failure::connection, Cause::unreachable);
  auto& answers = found->second;
  const auto answer = answers.front();
  if (answers.size() > 1) answers.pop_front();
  return answer();
}

Network FakeNetwork::network() {
  return {[this](IpAddress address, std::uint16_t port, std::optional<IpAddress> source, Steady) {
            return connect(address, port, source);
          },
          [this](std::chrono::milliseconds length) { return advance(now_, pauses, length); }, [this] { return now_; }};
}

Task<smtp::Reply> KeepingHandler::message(const smtp::ServerState& state, std::string raw) {
  messages.push_back(std::move(raw));
  reverse_paths.push_back(state.mail_from.text());
  co_return reply;
}

// --- and that they do what they say ---------------------------------------------------------------------------------

namespace {

TEST(ProbeFixture, AFolderGoesWithTheTest) {
  std::filesystem::path path;
  {
    const TemporaryFolder folder;
    path = folder.path();
    write_file(path / "file", "text");
    EXPECT_TRUE(std::filesystem::exists(path / "file"));
  }
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(ProbeFixture, TheNetworkAnswersInOrderAndTheLastGoesOn) {
  FakeNetwork fake;
  fake.times_out("192.0.2.1").refuses("192.0.2.1");
  const auto network = fake.network();
  for (const auto cause : {Cause::timed_out, Cause::refused, Cause::refused}) {
    const auto stream = run(network.connect(ip("192.0.2.1"), 25, std::nullopt, Steady()));
    ASSERT_FALSE(stream);
    EXPECT_EQ(stream.error().cause, cause);
  }
  const auto nobody = run(network.connect(ip("192.0.2.2"), 25, ip("192.0.2.9"), Steady()));
  EXPECT_EQ(nobody.error().cause, Cause::unreachable);
  EXPECT_EQ(fake.connected.back(), "192.0.2.2:25 from 192.0.2.9");
}

TEST(ProbeFixture, TimePassesOnlyWhereItIsWaited) {
  FakeNetwork fake;
  const auto network = fake.network();
  const auto before = network.steady();
  EXPECT_EQ(network.steady(), before);
  run(network.pause(std::chrono::minutes(5)));
  EXPECT_EQ(network.steady() - before, std::chrono::minutes(5));
}

}  // namespace
}  // namespace mailprobe::probe::test
