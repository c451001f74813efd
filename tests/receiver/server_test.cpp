// The receiving server on real sockets: doors, limits, and an end in good order.
#include "evidence/json.h"
#include "evidence/own_refusal.h"
#include "tests/receiver/server_fixture.h"

namespace mailprobe::receiver {
namespace {

class ServerTest : public Receiving {
 protected:
  template <class Body>
  void serve(std::vector<Door> doors, ServerLimits limits, Body body) {
    test::run(serving(std::move(doors), limits, std::move(body)));
  }

 private:
  template <class Body>
  Task<void> serving(std::vector<Door> doors, ServerLimits limits, Body body) {
    const auto all = office();
    auto server = need(co_await Server::start(std::move(doors), all, limits));
    co_await body(*this, *server);
    co_await server->stop();
  }

 public:
  using Receiving::client_side;
  using Receiving::deliver;
  using Receiving::door;
  using Receiving::kept_;
  using Receiving::office;
  using Receiving::sessions_;
};

Task<void> deliver_at_two_doors(ServerTest& test, Server& server) {
  const auto good = co_await test.deliver(server.port(0));
  const auto trap = co_await test.deliver(server.port(1));
  EXPECT_EQ(word(good.outcome), "accepted");
  EXPECT_EQ(word(trap.outcome), "accepted");
}

TEST_F(ServerTest, TakesMailAtEveryDoorAndRecordsWhich) {
  serve({door(), door("wrong-name")}, {}, deliver_at_two_doors);
  ASSERT_EQ(sessions_.size(), 2U);
  EXPECT_EQ(kept_.size(), 2U);
  EXPECT_EQ(sessions_[0].trap, std::nullopt);
  EXPECT_EQ(sessions_[1].trap, "wrong-name");
  EXPECT_EQ(sessions_[1].probe, "token7");
  EXPECT_EQ(sessions_[1].ptr, "mx.target.test");
  EXPECT_EQ(word(sessions_[1].spf->result), "pass");
  EXPECT_EQ(sessions_[1].tls->sni, "mx.probe.test");
  EXPECT_EQ(sessions_[1].end, "quit");
}

Task<void> deliver_with_requiretls(ServerTest& test, Server& server) {
  auto client = co_await Client::connect(server.port(0));
  co_await client.hear();
  co_await client.ask("EHLO mx.target.test");
  EXPECT_EQ((co_await client.ask("MAIL FROM:<someone@target.test> REQUIRETLS")).substr(0, 4), "555 ");
  co_await client.ask("STARTTLS");
  auto how = test.client_side("mx.probe.test");
  co_await client.encrypt(std::move(how));
  co_await client.ask("EHLO mx.target.test");
  EXPECT_EQ((co_await client.ask("MAIL FROM:<other@target.test> requiretls")).substr(0, 4), "250 ");
  EXPECT_EQ((co_await client.ask("RSET")).substr(0, 4), "250 ");
  EXPECT_EQ((co_await client.ask("MAIL FROM:<someone@target.test> REQUIRETLS")).substr(0, 4), "250 ");
  EXPECT_EQ((co_await client.ask("RCPT TO:<probe+token7@probe.test>")).substr(0, 4), "250 ");
  EXPECT_EQ((co_await client.ask("DATA")).substr(0, 4), "354 ");
  EXPECT_EQ((co_await client.ask("Subject: a\r\n\r\nb\r\n.")).substr(0, 4), "250 ");
  const auto without = co_await client.bring("someone@target.test", "probe+token8@probe.test");
  EXPECT_EQ(without.substr(0, 4), "250 ");
  co_await client.ask("QUIT");
}

TEST_F(ServerTest, RecordsWhichMailRequiresTls) {
  serve({door()}, {}, deliver_with_requiretls);
  const auto of = [&](const std::string& probe) {
    return std::ranges::find(sessions_, std::optional(probe), &evidence::Session::probe);
  };
  ASSERT_NE(of("token7"), sessions_.end());
  ASSERT_NE(of("token8"), sessions_.end());
  EXPECT_TRUE(of("token7")->require_tls);
  EXPECT_FALSE(of("token8")->require_tls);
  ASSERT_EQ(kept_.size(), 2U);
  EXPECT_TRUE(need(evidence::session_from_json(need(spool_.read(kept_[0])).head)).require_tls);
}

using Names = std::vector<std::string>;

evidence::Session head_of(const Spool& spool, const std::string& name) {
  return need(evidence::session_from_json(need(spool.read(name)).head));
}

Task<void> bring_other_mail_too(ServerTest&, Server& server) {
  auto client = co_await Client::connect(server.port(0));
  co_await client.hear();
  co_await client.ask("EHLO mx.target.test");
  const auto answer = co_await client.bring("someone@target.test", "probe+token7@probe.test");
  EXPECT_EQ(answer.substr(0, 4), "250 ");
  EXPECT_EQ((co_await client.ask("MAIL FROM:<left@target.test>")).substr(0, 4), "250 ");
  EXPECT_EQ((co_await client.ask("RCPT TO:<probe+token8@probe.test>")).substr(0, 4), "250 ");
  EXPECT_EQ((co_await client.ask("RSET")).substr(0, 4), "250 ");
  const auto other = co_await client.bring("other@elsewhere.test", "postmaster@probe.test");
  EXPECT_EQ(other.substr(0, 4), "250 ");
  co_await client.ask("QUIT");
}

TEST_F(ServerTest, EachMessageOfASessionHasItsOwnEnvelope) {
  serve({door()}, {}, bring_other_mail_too);
  ASSERT_EQ(kept_.size(), 2U);
  const auto answer = head_of(spool_, kept_[0]), other = head_of(spool_, kept_[1]);
  EXPECT_EQ(answer.probe, "token7");
  EXPECT_EQ(answer.recipients, Names{"probe+token7@probe.test"});
  EXPECT_EQ(answer.mail_from, "someone@target.test");
  EXPECT_EQ(word(answer.spf->result), "pass");
  EXPECT_EQ(other.probe, std::nullopt) << "it answers nothing";
  EXPECT_EQ(other.recipients, Names{"postmaster@probe.test"});
  EXPECT_EQ(other.mail_from, "other@elsewhere.test");
  EXPECT_EQ(word(other.spf->result), "none") << "a stranger's, and not what the target's came to";
}

TEST_F(ServerTest, ASessionIsRecordedForEachProbeThatItWasFor) {
  serve({door()}, {}, bring_other_mail_too);
  ASSERT_EQ(sessions_.size(), 3U);
  EXPECT_EQ(sessions_[0].probe, "token7");
  EXPECT_EQ(sessions_[0].recipients, Names{"probe+token7@probe.test"});
  EXPECT_EQ(sessions_[0].mail_from, "someone@target.test");
  EXPECT_EQ(sessions_[1].probe, "token8") << "begun and given up";
  EXPECT_EQ(sessions_[1].recipients, Names{"probe+token8@probe.test"});
  EXPECT_EQ(sessions_[2].probe, std::nullopt);
  EXPECT_EQ(sessions_[2].recipients, Names{"postmaster@probe.test"});
  for (const auto& one : sessions_) {
    EXPECT_EQ(one.started, sessions_[0].started);
    EXPECT_EQ(one.events.size(), sessions_[0].events.size()) << "the dialogue is whole in each";
    EXPECT_EQ(one.end, "quit");
  }
}

Task<void> answer_for_two_runs(ServerTest& test, Server& server) {
  auto client = co_await Client::connect(server.port(0));
  co_await client.hear();
  co_await client.ask("EHLO mx.target.test");
  const auto in_plain_text = co_await client.bring("someone@target.test", "probe+token7@probe.test");
  EXPECT_EQ(in_plain_text.substr(0, 4), "250 ");
  co_await client.ask("STARTTLS");
  auto how = test.client_side("mx.probe.test");
  co_await client.encrypt(std::move(how));
  co_await client.ask("EHLO other.target.test");
  const auto over_tls = co_await client.bring("someone@target.test", "probe+token8@probe.test");
  EXPECT_EQ(over_tls.substr(0, 4), "250 ");
  co_await client.ask("QUIT");
}

TEST_F(ServerTest, WhatCameBeforeTlsStaysSo) {
  serve({door("dane-wrong")}, {}, answer_for_two_runs);
  ASSERT_EQ(sessions_.size(), 2U);
  EXPECT_EQ(sessions_[0].probe, "token7");
  EXPECT_FALSE(sessions_[0].tls) << "in plain text";
  EXPECT_EQ(sessions_[0].helo, "mx.target.test");
  EXPECT_EQ(sessions_[1].probe, "token8");
  EXPECT_TRUE(sessions_[1].tls);
  EXPECT_EQ(sessions_[1].helo, "other.target.test");
  EXPECT_EQ(sessions_[1].trap, "dane-wrong");
}

/// Eight megabytes, the first line of which is wrong: whoever sends them all before it listens hears why.
Task<void> send_on_after_a_mistake(ServerTest&, Server& server) {
  auto client = co_await Client::connect(server.port(0));
  co_await client.hear();
  for (const auto* line :
       {"EHLO mx.target.test", "MAIL FROM:<someone@target.test>", "RCPT TO:<probe+token7@probe.test>"})
    EXPECT_EQ((co_await client.ask(line)).substr(0, 3), "250");
  EXPECT_EQ((co_await client.ask("DATA")).substr(0, 3), "354");
  co_await client.say_without_end("a bare\n");
  const std::string much(1024 * 1024, 'x');
  for (int i = 0; i < 8; ++i) co_await client.say_without_end(much);
  EXPECT_EQ((co_await client.hear()).substr(0, 10), "550 5.5.2 ");
  EXPECT_EQ(co_await client.hear(), "") << "and then it closes";
}

TEST_F(ServerTest, IsHeardByWhoSendsOnAfterAMistake) { serve({door()}, {}, send_on_after_a_mistake); }

Task<void> come_too_often(ServerTest&, Server& server) {
  auto first = co_await Client::connect(server.port(0));
  EXPECT_EQ((co_await first.hear()).substr(0, 4), "220 ");
  auto second = co_await Client::connect(server.port(0));
  EXPECT_EQ((co_await second.hear()).substr(0, 35), "421 4.3.2 Too many connections from");
  EXPECT_EQ(co_await second.hear(), "");
  auto other = co_await Client::connect(server.port(0), IpAddress::parse("127.0.0.2"));
  EXPECT_EQ((co_await other.hear()).substr(0, 4), "220 ");
  auto third = co_await Client::connect(server.port(0), IpAddress::parse("127.0.0.3"));
  EXPECT_EQ((co_await third.hear()).substr(0, 10), "421 4.3.2 ");
  EXPECT_EQ(co_await first.ask("QUIT"), "221 2.0.0 Bye");
  EXPECT_EQ(co_await first.hear(), "");
  while (server.connections() > 1) co_await tls::pause(std::chrono::milliseconds(1));
  auto again = co_await Client::connect(server.port(0));
  EXPECT_EQ((co_await again.hear()).substr(0, 4), "220 ");
}

TEST_F(ServerTest, HasSoManyPlacesInAllAndForEachClient) {
  serve({door()}, {.connections = 2, .per_client = 1}, come_too_often);
  EXPECT_EQ(std::ranges::count(sessions_, "refused", &evidence::Session::end), 4);  // the last two by stop()
}

/// More than there is time to hear out: each is told, and recorded all the same.
Task<void> come_in_crowds(ServerTest&, Server& server) {
  auto first = co_await Client::connect(server.port(0));
  co_await first.hear();
  auto second = co_await Client::connect(server.port(0));
  EXPECT_EQ((co_await second.hear()).substr(0, 10), "421 4.3.2 ");
  auto third = co_await Client::connect(server.port(0));
  EXPECT_EQ((co_await third.hear()).substr(0, 10), "421 4.3.2 ");
}

TEST_F(ServerTest, RecordsAlsoWhomItHasNoTimeToHearOut) {
  serve({door()}, {.per_client = 1, .refusals = 0}, come_in_crowds);
  EXPECT_EQ(std::ranges::count_if(sessions_, evidence::turned_away), 3) << "the first by stop()";
}

Task<Client> begin_message(Server& server, std::optional<IpAddress> from = {}) {
  auto client = co_await Client::connect(server.port(0), from);
  co_await client.hear();
  co_await client.ask("EHLO mx.target.test");
  co_await client.ask("MAIL FROM:<someone@target.test>");
  co_await client.ask("RCPT TO:<probe+token7@probe.test>");
  co_return client;
}

std::string octets(std::size_t count) {
  std::string text;
  while (text.size() < count) text += std::string(98, 'x') + "\r\n";
  return text;
}

/// Two messages, and room for one.
Task<void> send_too_much_at_once(ServerTest&, Server& server) {
  const auto large = octets(600'000);
  auto first = co_await begin_message(server), second = co_await begin_message(server);
  const auto chunk = "BDAT " + std::to_string(large.size() + 2) + "\r\n" + large;
  EXPECT_EQ((co_await first.ask(chunk)).substr(0, 4), "250 ");
  EXPECT_EQ((co_await second.ask("DATA")).substr(0, 4), "354 ");
  const auto whole = large + ".";
  EXPECT_EQ((co_await second.ask(whole)).substr(0, 10), "452 4.3.1 ");
  EXPECT_EQ((co_await first.ask("BDAT 0 LAST")).substr(0, 4), "250 ");
  EXPECT_EQ((co_await second.ask("MAIL FROM:<someone@target.test>")).substr(0, 4), "250 ");
  EXPECT_EQ((co_await second.ask("RCPT TO:<probe+token7@probe.test>")).substr(0, 4), "250 ");
  EXPECT_EQ((co_await second.ask("DATA")).substr(0, 4), "354 ");
  EXPECT_EQ((co_await second.ask(whole)).substr(0, 4), "250 ") << "there is room once more";
}

TEST_F(ServerTest, AllMessagesThatComeInShareTheMemory) {
  serve({door()}, {.in_flight = 1'300'000}, send_too_much_at_once);
  EXPECT_EQ(kept_.size(), 2U);
}

/// One client begins as many messages as it may, and another comes.
Task<void> take_all_there_is(ServerTest&, Server& server) {
  const auto large = octets(600'000), whole = large + ".";
  const auto chunk = "BDAT " + std::to_string(large.size() + 2) + "\r\n" + large;
  auto first = co_await begin_message(server), second = co_await begin_message(server);
  EXPECT_EQ((co_await first.ask(chunk)).substr(0, 4), "250 ");
  EXPECT_EQ((co_await second.ask(chunk)).substr(0, 10), "452 4.3.1 ") << "that is over its share";
  auto other = co_await begin_message(server, IpAddress::parse("127.0.0.2"));
  EXPECT_EQ((co_await other.ask("DATA")).substr(0, 4), "354 ");
  EXPECT_EQ((co_await other.ask(whole)).substr(0, 4), "250 ");
}

TEST_F(ServerTest, OneClientDoesNotHaveAllTheMemory) {
  serve({door()}, {.in_flight = 2'600'000, .in_flight_per_client = 1'300'000}, take_all_there_is);
  EXPECT_EQ(kept_.size(), 1U);
}

/// True: there is no room for it.
Task<bool> is_put_off(Server& server, std::string whole) {
  auto client = co_await begin_message(server, IpAddress::parse("127.0.0.2"));
  const auto go = co_await client.ask("DATA");
  if (go.starts_with("452 ")) co_return true;
  co_return (co_await client.ask(std::move(whole))).starts_with("452 ");
}

/// How soon the server has read it cannot be seen from outside.
Task<void> leave_a_line_unfinished(ServerTest&, Server& server) {
  auto client = co_await begin_message(server);
  EXPECT_EQ((co_await client.ask("DATA")).substr(0, 4), "354 ");
  co_await client.say_without_end(std::string(200'000, 'x'));
  const auto until = soon();
  bool put_off = false;
  while (!put_off && std::chrono::steady_clock::now() < until)
    put_off = co_await is_put_off(server, octets(150'000) + ".");
  EXPECT_TRUE(put_off) << "what has come of the line takes memory too";
  client.hang_up();
  while (put_off && std::chrono::steady_clock::now() < until)
    put_off = co_await is_put_off(server, octets(150'000) + ".");
  EXPECT_FALSE(put_off) << "it was given back";
}

TEST_F(ServerTest, ALineThatHasNoEndYetTakesOfTheMemory) {
  serve({door()}, {.in_flight = 400'000}, leave_a_line_unfinished);
}

Task<void> hang_up_half_way(ServerTest&, Server& server) {
  const auto large = octets(600'000);
  const auto chunk = "BDAT " + std::to_string(large.size() + 2) + "\r\n" + large;
  for (int i = 0; i < 3; ++i) {
    auto client = co_await begin_message(server);
    EXPECT_EQ((co_await client.ask(chunk)).substr(0, 4), "250 ");
    client.hang_up();
    while (server.connections() > 0) co_await tls::pause(std::chrono::milliseconds(1));
  }
}

TEST_F(ServerTest, WhoHangsUpGivesTheMemoryBack) {
  serve({door()}, {.in_flight = 1'300'000}, hang_up_half_way);
  EXPECT_TRUE(kept_.empty());
}

Task<void> send_too_large_a_message(ServerTest&, Server& server) {
  auto client = co_await begin_message(server);
  EXPECT_EQ((co_await client.ask("DATA")).substr(0, 4), "354 ");
  const auto large = octets(2000) + ".";
  EXPECT_EQ((co_await client.ask(large)).substr(0, 10), "552 5.3.4 ");
}

TEST_F(ServerTest, EveryDoorHasTheSameLimitOfSize) {
  serve({door("good")}, {.max_size = 1000}, send_too_large_a_message);
  EXPECT_TRUE(kept_.empty());
}

Task<void> stop_while_mail_comes(ServerTest&, Server& server) {
  auto idle = co_await Client::connect(server.port(0));
  auto sending = co_await Client::connect(server.port(0));
  co_await idle.hear();
  co_await sending.hear();
  EXPECT_EQ((co_await sending.ask("HELO mx.target.test")).substr(0, 4), "250 ");
  EXPECT_EQ((co_await sending.ask("MAIL FROM:<someone@target.test>")).substr(0, 4), "250 ");
  EXPECT_EQ((co_await sending.ask("RCPT TO:<probe+token7@probe.test>")).substr(0, 4), "250 ");
  auto stopping = co_await Tasks::make();
  stopping.spawn(server.stop());
  EXPECT_EQ((co_await idle.hear()).substr(0, 10), "421 4.3.2 ");
  EXPECT_EQ(co_await idle.hear(), "");
  EXPECT_EQ((co_await sending.ask("DATA")).substr(0, 4), "354 ");
  EXPECT_EQ((co_await sending.ask("Subject: a\r\n\r\nb\r\n.")).substr(0, 10), "250 2.0.0 ");
  EXPECT_EQ((co_await sending.hear()).substr(0, 10), "421 4.3.2 ");
  EXPECT_EQ(co_await sending.hear(), "");
}

TEST_F(ServerTest, EndsWhenTheTransactionsHaveEnded) {
  serve({door()}, {}, stop_while_mail_comes);
  EXPECT_EQ(kept_.size(), 1U);
  ASSERT_EQ(sessions_.size(), 2U);
  EXPECT_EQ(sessions_[0].end, "refused");
}

Task<void> never_finish(ServerTest&, Server& server) {
  auto sending = co_await Client::connect(server.port(0));
  co_await sending.hear();
  co_await sending.ask("HELO mx.target.test");
  co_await sending.ask("MAIL FROM:<someone@target.test>");
  co_await server.stop();
  EXPECT_EQ(server.connections(), 0U);
}

TEST_F(ServerTest, CutsWhatDoesNotEndInItsGrace) {
  serve({door()}, {.grace = std::chrono::milliseconds(1)}, never_finish);
  ASSERT_EQ(sessions_.size(), 1U);
  EXPECT_EQ(sessions_[0].end, "closed");
}

Task<void> try_a_taken_port(ServerTest& test, Server& server) {
  auto taken = test.door();
  taken.port = server.port(0);
  const auto office = test.office();
  std::vector<Door> doors{taken};
  const auto second = co_await Server::start(std::move(doors), office);
  EXPECT_FALSE(second);
  EXPECT_EQ(second.error().kind, Failure::usage);
  EXPECT_NE(second.error().message.find("127.0.0.1 port "), std::string::npos) << second.error().message;
  EXPECT_NE(second.error().message.find("another program does"), std::string::npos) << second.error().message;
}

TEST_F(ServerTest, SaysThatAPortIsTaken) { serve({door()}, {}, try_a_taken_port); }

}  // namespace
}  // namespace mailprobe::receiver
