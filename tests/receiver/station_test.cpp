// Receiving as a whole: from the socket to the result beside the spooled message, also over a restart.
#include "receiver/station.h"

#include <fstream>

#include "evidence/json.h"
#include "receiver/presence.h"
#include "receiver/session_log.h"
#include "tests/receiver/server_fixture.h"

namespace mailprobe::receiver {
namespace {

class StationTest : public Receiving {
 public:
  StationTest() {
    write("cert.pem", issued_.chain_pem);
    write("key.pem", issued_.key_pem.reveal());
    settings.listen = {{loopback, 0}};
    settings.host = "mx.probe.test";
    settings.certificates = {{path("cert.pem"), path("key.pem")}};
    settings.reports = {*Mailbox::parse("dmarc@probe.test")};
    resolver_.txt("_dmarc.target.test", "v=DMARC1; p=reject");
  }

  [[nodiscard]] std::string path(const std::string& name) const { return (folder_.path() / name).string(); }
  void write(const std::string& name, const std::string& text) const { std::ofstream(path(name)) << text; }

  Task<Result<std::unique_ptr<Station>>> open() {
    std::vector<Resident> residents{{"probe.test", *Mailbox::parse("probe@probe.test")}};
    StationHooks hooks;
    hooks.letter = [this](const Letter& letter) { letters.push_back(letter); };
    hooks.session = [this](const evidence::Session& session) { sessions_.push_back(session); };
    hooks.pruned = [this](const std::string& line) { pruned.push_back(line); };
    hooks.trouble = [this](const Error& error) { troubles.push_back(error.message); };
    auto with = settings;
    co_return co_await Station::open(std::move(with), folder, std::move(residents), resolver_, std::move(hooks));
  }

  using Receiving::authority_;
  using Receiving::client_side;
  using Receiving::deliver;
  using Receiving::resolver_;
  using Receiving::sessions_;

  Settings settings;
  const Folder folder{folder_.path() / "receiver"};
  std::vector<Letter> letters;
  std::vector<std::string> troubles, pruned;

 private:
  tls::Issued issued_ = need(authority_.issue({.subject = "mx", .names = {"mx.probe.test"}, .addresses = {}}));
};

Task<void> send_an_answer(StationTest& test) {
  auto station = need(co_await test.open());
  EXPECT_EQ(word((co_await test.deliver(station->port(0))).outcome), "rejected") << "nobody waits for it yet";
  EXPECT_TRUE(station->waiting().expect("token7", now() + std::chrono::minutes(5)));
  EXPECT_EQ(word((co_await test.deliver(station->port(0))).outcome), "accepted");
  co_await station->stop();
  EXPECT_EQ(test.letters.size(), 1U);
  const auto result = need(read_result(station->spool(), test.letters.at(0).name));
  EXPECT_TRUE(result);
  if (!result) co_return;
  EXPECT_EQ(result->session.probe, "token7");
  EXPECT_EQ(word(result->spf->result), "pass");
  EXPECT_EQ(word(*result->dmarc.result), "pass");
  EXPECT_EQ(result->dmarc.aligned_spf, true);
  EXPECT_EQ(result->raw.path, test.letters.at(0).name + ".msg");
}

TEST_F(StationTest, EvaluatesWhatItHasTaken) {
  test::run(send_an_answer(*this));
  ASSERT_EQ(sessions_.size(), 2U);
  const auto recorded = sessions_since(folder.sessions(), Time{});
  ASSERT_EQ(recorded.size(), 2U);
  EXPECT_EQ(recorded[1].probe, "token7");
  EXPECT_EQ(recorded[1].ptr, "mx.target.test");
  EXPECT_TRUE(troubles.empty());
}

Task<void> open_and_stop(StationTest& test) {
  auto station = need(co_await test.open());
  co_await station->stop();
}

TEST_F(StationTest, EvaluatesWhatAnEarlierProcessLeft) {
  auto spool = need(Spool::open(folder.spool()));
  evidence::Session session;
  session.address = "127.0.0.1";
  session.mail_from = "someone@target.test";
  const auto first = need(spool.keep(evidence::to_json(session), "From: a@target.test\r\n\r\n1\r\n"));
  const auto second = need(spool.keep(evidence::to_json(session), "From: a@target.test\r\n\r\n2\r\n"));
  ASSERT_TRUE(spool.annotate(first, "{}"));
  test::run(open_and_stop(*this));
  ASSERT_EQ(letters.size(), 1U);
  EXPECT_EQ(letters[0].name, second);
  EXPECT_EQ(letters[0].raw, "From: a@target.test\r\n\r\n2\r\n");
  EXPECT_TRUE(spool.is_annotated(second));
}

Task<void> open_until_pruned(StationTest& test) {
  auto station = need(co_await test.open());
  while (test.pruned.empty()) co_await tls::pause(std::chrono::milliseconds(1));
  co_await station->stop();
}

TEST_F(StationTest, PrunesItsSpool) {
  auto spool = need(Spool::open(folder.spool()));
  const auto old = need(spool.keep("{}", "old")), young = need(spool.keep("{}", "young"));
  const auto before = std::chrono::file_clock::from_sys(now() - std::chrono::days(31));
  std::filesystem::last_write_time(folder.spool() / Spool::file_name(old), before);
  test::run(open_until_pruned(*this));
  EXPECT_EQ(spool.names(), std::vector<std::string>{young});
  ASSERT_EQ(pruned.size(), 1U);
  EXPECT_TRUE(pruned[0].starts_with("removed from the spool: 1 message older than 30d")) << pruned[0];
}

Task<void> send_to_a_full_spool(StationTest& test) {
  auto station = need(co_await test.open());
  EXPECT_TRUE(station->waiting().expect("token7", now() + std::chrono::minutes(5)));
  const auto session = co_await test.deliver(station->port(0));
  EXPECT_EQ(word(session.outcome), "temporary");
  EXPECT_EQ(session.reply->code, 452);
  co_await station->stop();
}

TEST_F(StationTest, PutsMailOffWhereTheSpoolIsFull) {
  settings.keep.size = 10;
  test::run(send_to_a_full_spool(*this));
  ASSERT_EQ(troubles.size(), 1U);
  EXPECT_TRUE(troubles[0].starts_with("the spool is full: 10 octets")) << troubles[0];
}

Task<void> open_twice(StationTest& test) {
  auto first = need(co_await test.open());
  EXPECT_TRUE(is_held(test.folder));
  const auto second = co_await test.open();
  EXPECT_FALSE(second);
  EXPECT_EQ(second.error().kind, Failure::usage);
  EXPECT_NE(second.error().message.find("another mailprobe receives already"), std::string::npos);
  co_await first->stop();
}

TEST_F(StationTest, IsOneProcessAtATime) {
  test::run(open_twice(*this));
  EXPECT_FALSE(is_held(folder));
}

Task<void> receive_for_a_while(StationTest& test) {
  const auto begun = now();
  auto station = need(co_await test.open());
  const auto here = presences(test.folder, now());
  EXPECT_EQ(here.size(), 1U);
  EXPECT_GE(here.at(0).from, begun);
  const auto asked = now();
  co_await station->stop();
  EXPECT_GE(presences(test.folder, now()).at(0).until, asked) << "noted at the end";
}

TEST_F(StationTest, SaysWhenItReceived) { test::run(receive_for_a_while(*this)); }

Task<TlsFacts> facts_of(StationTest& test, std::uint16_t port, std::string name) {
  auto client = co_await Client::connect(port);
  co_await client.hear();
  co_await client.ask("EHLO mx.target.test");
  co_await client.ask("STARTTLS");
  auto how = test.client_side(name);
  co_return co_await client.encrypt(std::move(how));
}

std::string leaf(const TlsFacts& facts) { return facts.certificates.at(0).names.at(0); }

Task<void> ask_for_names(StationTest& test) {
  auto station = need(co_await test.open());
  const auto port = station->port(0);
  const auto first = co_await facts_of(test, port, "mx.probe.test");
  const auto second = co_await facts_of(test, port, "other.test");
  const auto wild = co_await facts_of(test, port, "a.wild.test");
  const auto unknown = co_await facts_of(test, port, "unknown.test");
  const auto none = co_await facts_of(test, port, "127.0.0.1");
  EXPECT_EQ(leaf(first), "mx.probe.test");
  EXPECT_EQ(leaf(second), "other.test");
  EXPECT_EQ(leaf(wild), "*.wild.test");
  EXPECT_EQ(leaf(unknown), "mx.probe.test");
  EXPECT_EQ(leaf(none), "mx.probe.test");
  co_await station->stop();
}

TEST_F(StationTest, ShowsTheCertificateThatIsAskedFor) {
  for (const auto* name : {"other.test", "*.wild.test"}) {
    const auto issued = need(authority_.issue({.subject = "other", .names = {name}, .addresses = {}}));
    write(name + std::string(".pem"), issued.chain_pem);
    write(name + std::string(".key"), issued.key_pem.reveal());
    settings.certificates.push_back({path(name + std::string(".pem")), path(name + std::string(".key"))});
  }
  test::run(ask_for_names(*this));
  ASSERT_EQ(sessions_.size(), 5U);
  EXPECT_EQ(sessions_[3].tls->sni, "unknown.test");
  EXPECT_EQ(sessions_[3].helo, "mx.target.test") << "said before TLS";
  EXPECT_EQ(sessions_[4].tls->sni, std::nullopt);
}

Task<void> change_certificates(StationTest& test) {
  auto station = need(co_await test.open());
  const auto before = co_await facts_of(test, station->port(0), "mx.probe.test");
  const auto issued = need(test.authority_.issue({.subject = "mx", .names = {"mx.probe.test"}, .addresses = {}}));
  test.write("cert.pem", issued.chain_pem);
  EXPECT_FALSE(station->reload()) << "the key is not the certificate's";
  const auto between = co_await facts_of(test, station->port(0), "mx.probe.test");
  test.write("key.pem", issued.key_pem.reveal());
  EXPECT_TRUE(station->reload());
  const auto after = co_await facts_of(test, station->port(0), "mx.probe.test");
  EXPECT_EQ(between.certificates.at(0).sha256, before.certificates.at(0).sha256);
  EXPECT_NE(after.certificates.at(0).sha256, before.certificates.at(0).sha256);
  co_await station->stop();
}

TEST_F(StationTest, ReadsCertificatesAnew) { test::run(change_certificates(*this)); }

Task<void> fail_to_open(StationTest& test, std::string& message) {
  const auto station = co_await test.open();
  EXPECT_FALSE(station);
  if (station) co_return;
  EXPECT_EQ(station.error().kind, Failure::usage);
  message = station.error().message;
}

TEST_F(StationTest, SaysWhatIsMissing) {
  std::string message;
  settings.certificates[0].key = path("none.pem");
  test::run(fail_to_open(*this, message));
  EXPECT_NE(message.find("none.pem"), std::string::npos) << message;
  settings.listen.clear();
  test::run(fail_to_open(*this, message));
  EXPECT_NE(message.find("receiver.listen"), std::string::npos) << message;
}

TEST(FolderOf, LiesBesideTheRuns) {
  EXPECT_EQ(Folder::beside("/a/mailprobe/runs").path, "/a/mailprobe/receiver");
  EXPECT_EQ(Folder::beside("/a/mailprobe/runs/").path, "/a/mailprobe/receiver");
}

}  // namespace
}  // namespace mailprobe::receiver
