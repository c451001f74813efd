// The traps on real sockets: what a client meets at each, and what the zone says of them.
#include "receiver/traps.h"

#include <fstream>

#include "evidence/traps.h"
#include "receiver/trap_zone.h"
#include "tests/receiver/server_fixture.h"

namespace mailprobe::receiver {
namespace {

namespace trap = evidence::trap;

class TrapsTest : public Receiving {
 protected:
  TrapsTest() : key_(need(keep_trap_key(folder_.path() / "traps" / "own.pem"))) {
    for (const auto& one : evidence::trap_cases) {
      hosts_.push_back({std::string(one.name), loopback, 0});
      recipients_.answers(*Mailbox::parse("probe@" + trap_domain(one.name, "probe.test")),
                          [](const std::string& token) { return token == "token7"; });
    }
    auto issued = need(authority_.issue({.subject = {}, .names = {"*.probe.test"}, .addresses = {}}));
    tls::ServerOptions shown;
    shown.chain_pem = issued.chain_pem;
    shown.key_pem = issued.key_pem;
    traps_ = need(Traps::make("probe.test", shown, key_));
  }

  [[nodiscard]] static std::size_t index_of(std::string_view name) {
    const auto found = std::ranges::find(evidence::trap_cases, name, &evidence::TrapCase::name);
    return static_cast<std::size_t>(found - evidence::trap_cases.begin());
  }

  /// An opportunistic client of this program's at the trap.
  Task<smtp::Session> come_to(const Server& server, std::string_view name, tls::Version only = tls::Version::tls1_3,
                              TlsFloor floor = TlsFloor::may) {
    auto stream = need(co_await tls::connect(loopback, server.port(index_of(name)), std::nullopt, soon()));
    smtp::Delivery delivery;
    delivery.helo = "mx.target.test";
    delivery.reverse_path = Path(*Mailbox::parse("someone@target.test"));
    delivery.recipient = Path(*Mailbox::parse("probe+token7@" + trap_domain(name, "probe.test")));
    delivery.message = "Subject: Re: a probe\r\n\r\nHello.\r\n";
    delivery.handshake = client_side(trap_domain(name, "probe.test"));
    tls::ClientOptions options{.ca_file = {}, .ca_pem = authority_.ca_pem()};
    options.survey = only != tls::Version::tls1_3;
    options.only = only;
    delivery.handshake.context = need(tls::Context::client(options));
    delivery.floor = floor;
    Transcript transcript;
    co_return co_await smtp::deliver(*stream, std::move(delivery), transcript);
  }

  template <class Body>
  void serve(Body body) {
    test::run(serving(std::move(body)));
  }

  std::vector<TrapHost> hosts_;
  TrapKey key_;
  std::shared_ptr<Traps> traps_;

 private:
  template <class Body>
  Task<void> serving(Body body) {
    auto all = office();
    all.ended = [this](const evidence::Session& session) {
      traps_->ended(session);
      sessions_.push_back(session);
    };
    all.objection = [this](const evidence::Session& session, const Path& recipient) {
      return traps_->objection(session, recipient);
    };
    auto doors = Traps::doors(traps_, hosts_);
    auto server = need(co_await Server::start(std::move(doors), all, {}));
    co_await body(*this, *server);
    co_await server->stop();
  }

 public:
  using Receiving::sessions_;
  friend Task<void> visit_each(TrapsTest& test, Server& server);
  friend Task<void> look_at_the_door(TrapsTest& test, Server& server);
  friend Task<void> come_twice(TrapsTest& test, Server& server);
  friend Task<void> come_again_and_again(TrapsTest& test, Server& server);
  friend Task<smtp::Session> insist(TrapsTest& test, const Server& server);
  friend Task<void> speak_versions(TrapsTest& test, Server& server);
};

std::string verified(const smtp::Session& session) {
  if (!session.tls) return "no TLS";
  const auto& found = *session.tls->verified;
  return found.cause ? std::string(word(*found.cause)) : found.result;
}

Task<void> visit_each(TrapsTest& test, Server& server) {
  struct Row {
    std::string_view name, shown;
  };
  const Row rows[] = {{trap::good, "pass"},
                      {trap::no_starttls, "no TLS"},
                      {trap::wrong_name, "self-signed"},
                      {trap::dane_right, "self-signed"},
                      {trap::dane_wrong, "self-signed"},
                      {trap::sts_right, "pass"},
                      {trap::sts_wrong, "self-signed"},
                      {trap::ipv6_only, "pass"},
                      {trap::bogus, "pass"},
                      {trap::tls13_only, "pass"}};
  for (const auto& [name, shown] : rows) {
    const auto session = co_await test.come_to(server, name);
    EXPECT_EQ(word(session.outcome), "accepted") << name;
    EXPECT_EQ(verified(session), shown) << name;
    const auto digest = session.tls ? session.tls->certificates.front().spki_sha256 : "";
    EXPECT_EQ(digest == test.key_.spki_sha256, name == trap::dane_right || name == trap::dane_wrong) << name;
  }
}

TEST_F(TrapsTest, EachShowsWhatIsWrongWithIt) {
  serve(visit_each);
  ASSERT_EQ(sessions_.size(), 10U);
  EXPECT_EQ(sessions_[4].trap, trap::dane_wrong);
  EXPECT_EQ(sessions_[4].recipients, std::vector<std::string>{"probe+token7@trap-dane-wrong.probe.test"});
}

/// One that insists on TLS.
Task<smtp::Session> insist(TrapsTest& test, const Server& server) {
  co_return co_await test.come_to(server, trap::hidden_starttls, tls::Version::tls1_3, TlsFloor::encrypt);
}

/// A client's first session, until it has left its mail: the next run finds it as it was.
Task<void> come_again_and_again(TrapsTest& test, Server& server) {
  for (const auto* run : {"first", "second"}) {
    const auto hidden = co_await insist(test, server);
    EXPECT_EQ(word(hidden.outcome), "not-sent") << run;
    EXPECT_FALSE(hidden.tls) << run;
    EXPECT_EQ(verified(co_await insist(test, server)), "pass") << run;
  }
  for (const auto* run : {"third", "fourth"})
    EXPECT_EQ(verified(co_await test.come_to(server, trap::hidden_starttls)), "no TLS") << run;
}

/// What send looks for before a run, from an address that the target may have, too.
Task<void> look_at_the_door(TrapsTest& test, Server& server) {
  auto client = co_await Client::connect(server.port(TrapsTest::index_of(trap::hidden_starttls)));
  EXPECT_EQ(co_await client.hear(), "220 trap-hidden-starttls.probe.test ESMTP mailprobe receiver");
  co_await client.ask("QUIT");
  EXPECT_EQ(verified(co_await test.come_to(server, trap::hidden_starttls)), "no TLS") << "it has not been there yet";
}

TEST_F(TrapsTest, ALookAtTheDoorIsNoFirstTime) { serve(look_at_the_door); }

TEST_F(TrapsTest, StarttlsIsHiddenOnceARun) {
  serve(come_again_and_again);
  EXPECT_EQ(sessions_.size(), 6U);
}

Task<void> come_twice(TrapsTest& test, Server& server) {
  const auto first = co_await test.come_to(server, trap::greylist);
  EXPECT_EQ(word(first.outcome), "temporary");
  EXPECT_EQ(first.reply->code, 451);
  EXPECT_EQ(word((co_await test.come_to(server, trap::greylist)).outcome), "accepted");
}

TEST_F(TrapsTest, OneIsOtherwiseTheSecondTime) {
  serve(come_twice);
  ASSERT_EQ(sessions_.size(), 2U);
  EXPECT_TRUE(sessions_[0].recipients.empty());
  EXPECT_EQ(sessions_[0].mail_from, "someone@target.test");
  EXPECT_EQ(sessions_[0].probe, "token7") << "who was put off came for it";
  EXPECT_FALSE(sessions_[1].recipients.empty());
}

Task<void> speak_versions(TrapsTest& test, Server& server) {
  const auto old = co_await test.come_to(server, trap::tls10_only, tls::Version::tls1_0);
  EXPECT_EQ(old.tls ? old.tls->version : "", "TLSv1");
  EXPECT_EQ(word((co_await test.come_to(server, trap::tls10_only)).outcome), "not-sent");
  EXPECT_EQ(word((co_await test.come_to(server, trap::tls13_only, tls::Version::tls1_2)).outcome), "not-sent");
}

TEST_F(TrapsTest, TwoSpeakOneVersionOnly) { serve(speak_versions); }

TEST_F(TrapsTest, TheOwnKeyIsKept) {
  const auto again = need(keep_trap_key(folder_.path() / "traps" / "own.pem"));
  EXPECT_EQ(again.spki_sha256, key_.spki_sha256);
  EXPECT_EQ(again.chain_pem, key_.chain_pem);
  EXPECT_EQ(again.key_pem.reveal(), key_.key_pem.reveal());
  std::ofstream(folder_.path() / "traps" / "own.pem") << "nothing";
  EXPECT_EQ(keep_trap_key(folder_.path() / "traps" / "own.pem").error().kind, Failure::usage);
}

// --- their DNS -------------------------------------------------------------------------------------------------------

TEST_F(TrapsTest, TheirRecordsSayWhatTheyShow) {
  hosts_[index_of(trap::ipv6_only)].address = *IpAddress::parse("2001:db8::1");
  for (auto& host : hosts_) host.port = 25;
  const TrapZone zone{.domain = "probe.test",
                      .hosts = hosts_,
                      .spki_sha256 = key_.spki_sha256,
                      .policy_host = IpAddress::parse("192.0.2.9"),
                      .reports = "reports@probe.test",
                      .name_server = "ns.elsewhere.test"};
  const auto records = trap_records(zone), bogus = bogus_zone(zone);
  const auto says = [&](const std::string& text, const std::string& what) {
    EXPECT_NE(text.find(what), std::string::npos) << what << " in:\n" << text;
  };
  says(records, "_25._tcp.trap-dane-right.probe.test.");
  says(records, "TLSA 3 1 1 " + key_.spki_sha256 + "\n");
  EXPECT_EQ(records.find(key_.spki_sha256), records.rfind(key_.spki_sha256)) << "the wrong one has another";
  says(records, "_25._tcp.trap-dane-wrong.probe.test.");
  says(records, "AAAA 2001:db8::1\n");
  says(records, "\"v=STSv1; id=1;\"");
  says(records, "mta-sts.trap-sts-wrong.probe.test.");
  says(records, "rua=mailto:reports@probe.test");
  says(records, "IN DS   4711 13 2 ");
  says(records, "IN NS   ns.elsewhere.test.\n");
  says(bogus, "trap-bogus.probe.test.");
  says(bogus, "IN NS   ns.elsewhere.test.\n");
  EXPECT_EQ(records.find("mta-sts.trap-good"), std::string::npos);
  says(trap_policy("probe.test"), "mx: trap-sts-wrong.probe.test\r\n");
}

}  // namespace
}  // namespace mailprobe::receiver
