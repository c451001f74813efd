// The traps' certificates read anew while they are served: at their doors and at the policy host.
#include "receiver/trap_station.h"

#include <fstream>

#include "evidence/trap_signs.h"
#include "evidence/traps.h"
#include "receiver/trap_zone.h"
#include "tests/receiver/server_fixture.h"
#include "tls/openssl.h"

namespace mailprobe::receiver {
namespace {

class TrapStationTest : public Receiving {
 public:
  TrapStationTest() {
    issue();
    settings.host = "mx.probe.test";
    settings.trap_domain = "probe.test";
    settings.certificates = {{path("cert.pem"), path("key.pem")}};
    settings.traps = {{std::string(evidence::trap::good), loopback, 0}};
    settings.policy_host = ListenAt{.address = loopback, .port = 0};
  }

  void issue() {
    const auto issued = need(authority_.issue(
        {.subject = {}, .names = {"*.probe.test", "mta-sts.trap-sts-right.probe.test"}, .addresses = {}}));
    write("cert.pem", issued.chain_pem);
    write("key.pem", issued.key_pem.reveal());
  }
  void write(const std::string& name, const std::string& text) const { std::ofstream(path(name)) << text; }
  [[nodiscard]] std::string path(const std::string& name) const { return (folder_.path() / name).string(); }

  [[nodiscard]] Fetched noting() {
    return [this](const evidence::PolicyFetch& fetch) { fetches.push_back(fetch); };
  }

  using Receiving::client_side;
  using Receiving::office;

  Settings settings;
  std::vector<evidence::PolicyFetch> fetches;
  const Folder folder{folder_.path() / "receiver"};
};

/// What the policy host shows, and that the policy is behind it.
Task<TlsFacts> facts_of_policy_host(TrapStationTest& test, std::uint16_t port) {
  auto stream = need(co_await tls::connect(loopback, port, std::nullopt, soon()));
  stream->deadline(soon());
  auto how = test.client_side("mta-sts.trap-sts-right.probe.test");
  auto facts = need(co_await stream->handshake(std::move(how)));
  const std::string request =
      "GET /.well-known/mta-sts.txt HTTP/1.1\r\nHost: mta-sts.trap-sts-right.probe.test\r\nConnection: close\r\n\r\n";
  (void)co_await stream->write(request);
  tls::BufferedReader reader(*stream);
  const auto first = need(co_await reader.line(1000));
  EXPECT_NE(first.find(" 200 "), std::string::npos) << first;
  co_return facts;
}

Task<TlsFacts> facts_of_door(TrapStationTest& test, std::uint16_t port) {
  auto client = co_await Client::connect(port);
  co_await client.hear();
  co_await client.ask("EHLO mx.target.test");
  co_await client.ask("STARTTLS");
  auto how = test.client_side("trap-good.probe.test");
  co_return co_await client.encrypt(std::move(how));
}

const std::string& shown(const TlsFacts& facts) { return facts.certificates.at(0).sha256; }

Task<void> change_certificates(TrapStationTest& test) {
  auto tasks = co_await Tasks::make();
  auto fetched = test.noting();
  const auto station = need(co_await TrapStation::open(test.settings, test.folder, tasks, std::move(fetched)));
  const auto office = test.office();
  const auto server = need(co_await Server::start(station->doors(), office));
  const auto policy = co_await facts_of_policy_host(test, station->policy_port());
  const auto door = co_await facts_of_door(test, server->port(0));
  EXPECT_EQ(shown(policy), shown(door));

  test.write("cert.pem", "no certificate");
  EXPECT_FALSE(station->reload(test.settings));
  const auto kept = co_await facts_of_policy_host(test, station->policy_port());
  EXPECT_EQ(shown(kept), shown(policy)) << "the old one stays where the new one cannot be used";

  test.issue();
  EXPECT_TRUE(station->reload(test.settings));
  const auto new_policy = co_await facts_of_policy_host(test, station->policy_port());
  const auto new_door = co_await facts_of_door(test, server->port(0));
  EXPECT_NE(shown(new_policy), shown(policy));
  EXPECT_EQ(shown(new_policy), shown(new_door));
  tasks.stop();
  co_await server->stop();
}

/// A client that has other authorities says so in the handshake, in the words of RFC 8446 §6.2.
Task<void> reject(TrapStationTest& test, int version) {
  auto tasks = co_await Tasks::make();
  auto fetched = test.noting();
  const auto station = need(co_await TrapStation::open(test.settings, test.folder, tasks, std::move(fetched)));
  const auto office = test.office();
  const auto server = need(co_await Server::start(station->doors(), office));
  auto client = co_await Client::connect(server->port(0));
  co_await client.hear();
  co_await client.ask("EHLO mx.target.test");
  co_await client.ask("STARTTLS");
  auto how = rejecting("trap-good.probe.test", version);
  const auto failed = co_await client.try_to_encrypt(std::move(how));
  EXPECT_FALSE(failed);
  co_await server->stop();
  tasks.stop();
}

std::string request_for(std::string_view target) {
  return "GET " + std::string(target) + " HTTP/1.1\r\nHost: mta-sts.trap-sts-right.probe.test\r\n\r\n";
}

Task<void> ask_policy_host(TrapStationTest& test, std::uint16_t port, std::string request) {
  auto stream = need(co_await tls::connect(loopback, port, std::nullopt, soon()));
  stream->deadline(soon());
  auto how = test.client_side("mta-sts.trap-sts-right.probe.test");
  need(co_await stream->handshake(std::move(how)));
  if (!request.empty()) (void)co_await stream->write(request);
  std::array<char, 4096> rest{};
  for (auto got = need(co_await stream->read_some(rest.data(), rest.size())); got > 0 && !request.empty();)
    got = need(co_await stream->read_some(rest.data(), rest.size()));
}

/// One after the other: the policy, our own look at it, another page, a certificate that is rejected, nothing at all;
/// then one stays, and there is no room for the next.
Task<void> visit_policy_host(TrapStationTest& test) {
  test.settings.per_client = 1;
  auto tasks = co_await Tasks::make();
  auto fetched = test.noting();
  const auto station = need(co_await TrapStation::open(test.settings, test.folder, tasks, std::move(fetched)));
  const auto port = station->policy_port();
  const auto noted = [&](std::size_t count) -> bool { return test.fetches.size() >= count; };
  for (const auto target : {std::string_view("/.well-known/mta-sts.txt"), own_look_target, std::string_view("/")}) {
    const auto before = test.fetches.size();
    auto request = request_for(target);
    co_await ask_policy_host(test, port, std::move(request));
    while (!noted(before + 1)) co_await tls::pause(std::chrono::milliseconds(1));
  }
  auto breaking_off = need(co_await tls::connect(loopback, port, std::nullopt, soon()));
  breaking_off->deadline(soon());
  auto how = rejecting("mta-sts.trap-sts-right.probe.test", TLS1_3_VERSION);
  EXPECT_FALSE(co_await breaking_off->handshake(std::move(how)));
  while (!noted(5)) co_await tls::pause(std::chrono::milliseconds(1));
  auto idle = need(co_await tls::connect(loopback, port, std::nullopt, soon()));
  auto over = need(co_await tls::connect(loopback, port, std::nullopt, soon()));
  while (!noted(6)) co_await tls::pause(std::chrono::milliseconds(1));
  idle->close();
  while (!noted(7)) co_await tls::pause(std::chrono::milliseconds(1));
  tasks.stop();
}

TEST_F(TrapStationTest, TellsWhoAskedForThePolicy) {
  test::run(visit_policy_host(*this));
  std::vector<std::string> outcomes, names;
  for (const auto& fetch : fetches) {
    EXPECT_EQ(fetch.address, "127.0.0.1");
    outcomes.push_back(fetch.outcome);
    names.push_back(fetch.name.value_or("-"));
  }
  const std::string name = "mta-sts.trap-sts-right.probe.test";
  EXPECT_EQ(outcomes,
            (std::vector<std::string>{"started", "served", "served", "not-found", "failed", "refused", "left"}));
  EXPECT_EQ(names, (std::vector<std::string>{"-", name, name, name, "-", "-", "-"}));
}

TEST_F(TrapStationTest, RecordsTheAlertThatRejectsItsCertificate) {
  for (const auto version : {TLS1_2_VERSION, TLS1_3_VERSION}) test::run(reject(*this, version));
  ASSERT_EQ(sessions_.size(), 2U);
  for (const auto& session : sessions_) {
    EXPECT_FALSE(session.tls);
    EXPECT_EQ(session.trap, "good");
    EXPECT_EQ(session.helo, "mx.target.test");
    EXPECT_EQ(session.tls_alert, "unknown_ca");
    EXPECT_TRUE(evidence::rejects_certificate(session));
  }
}

TEST_F(TrapStationTest, ReadsTheCertificatesOfThePolicyHostAnewToo) { test::run(change_certificates(*this)); }

}  // namespace
}  // namespace mailprobe::receiver
