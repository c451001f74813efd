// Clients that mean no good, or know no better: slow, endless, idle, and those that smuggle a second message.
#include <boost/json.hpp>

#include "tests/receiver/server_fixture.h"
#include "tests/support/conformance.h"

namespace mailprobe::receiver {
namespace {

namespace json = boost::json;
using std::chrono::milliseconds;

/// One client's session at a server whose patience is short; `sessions_` has its record afterwards.
class Hostile : public Receiving {
 protected:
  using Body = Task<void> (*)(Client& client);

  void meet(Body body) { test::run(meeting(body)); }

  smtp::Patience patience_{.quiet = milliseconds(5)};

 private:
  Task<void> meeting(Body body) {
    auto at = door();
    at.session = [this, options = at.session("")](const std::string&) {
      auto impatient = options;
      impatient.patience = patience_;
      impatient.max_size = 100'000;
      return impatient;
    };
    const auto all = office();
    std::vector<Door> doors{at};
    auto server = need(co_await Server::start(std::move(doors), all));
    auto client = co_await Client::connect(server->port(0));
    co_await body(client);
    client.hang_up();
    co_await server->stop();
  }
};

Task<void> open_message(Client& client) {
  co_await client.hear();
  co_await client.ask("HELO mx.target.test");
  co_await client.ask("MAIL FROM:<someone@target.test>");
  co_await client.ask("RCPT TO:<probe+token7@probe.test>");
}

Task<void> say_nothing(Client& client) {
  EXPECT_EQ((co_await client.hear()).substr(0, 4), "220 ");
  EXPECT_EQ((co_await client.hear()).substr(0, 10), "421 4.4.2 ");
  EXPECT_EQ(co_await client.hear(), "");
}

TEST_F(Hostile, WhoSaysNothingIsCutOff) {
  patience_.command = milliseconds(5);
  meet(say_nothing);
  EXPECT_EQ(sessions_.at(0).end, "timeout");
}

Task<void> trickle(Client& client) {
  co_await open_message(client);
  EXPECT_EQ((co_await client.ask("DATA")).substr(0, 4), "354 ");
  while (co_await client.still_takes("a line")) co_await tls::pause(milliseconds(1));
  EXPECT_EQ((co_await client.hear()).substr(0, 10), "421 4.4.2 ");
}

TEST_F(Hostile, AMessageThatTricklesIsCutOff) {
  patience_.message = milliseconds(20);
  meet(trickle);
  EXPECT_EQ(sessions_.at(0).end, "timeout");
  EXPECT_TRUE(kept_.empty());
}

Task<void> trickle_chunks(Client& client) {
  co_await open_message(client);
  auto reply = co_await client.ask("BDAT 8\r\na line");
  while (reply.starts_with("250 ")) {
    co_await tls::pause(milliseconds(1));
    reply = co_await client.ask("BDAT 8\r\na line");
  }
  EXPECT_EQ(reply.substr(0, 4), "421 ");
}

TEST_F(Hostile, ChunksThatTrickleAreToo) {
  patience_.message = milliseconds(20);
  meet(trickle_chunks);
  EXPECT_TRUE(kept_.empty());
}

Task<void> do_nothing_for_ever(Client& client) {
  co_await client.hear();
  auto reply = co_await client.ask("NOOP");
  while (reply.starts_with("250 ")) reply = co_await client.ask("NOOP");
  EXPECT_EQ(reply.substr(0, 4), "421 ");
}

TEST_F(Hostile, WhoOnlyKeepsTheSessionUpIsCutOff) {
  patience_.session = milliseconds(20);
  meet(do_nothing_for_ever);
  EXPECT_EQ(sessions_.at(0).end, "timeout");
}

Task<void> stall_in_tls(Client& client) {
  co_await client.hear();
  co_await client.ask("EHLO mx.target.test");
  EXPECT_EQ((co_await client.ask("STARTTLS")).substr(0, 4), "220 ");
  EXPECT_EQ(co_await client.hear(), "");
}

TEST_F(Hostile, AHandshakeThatStallsIsCutOff) {
  patience_.handshake = milliseconds(5);
  meet(stall_in_tls);
  EXPECT_EQ(sessions_.at(0).end, "timeout");
  EXPECT_EQ(sessions_.at(0).tls, std::nullopt);
}

Task<void> send_an_endless_line(Client& client) {
  co_await client.hear();
  const std::string piece(4000, 'x');
  co_await client.say(piece);
  EXPECT_EQ((co_await client.hear()).substr(0, 4), "500 ");
  EXPECT_EQ(co_await client.hear(), "");
}

TEST_F(Hostile, AnEndlessLineIsCutOff) {
  meet(send_an_endless_line);
  EXPECT_EQ(sessions_.at(0).end, "protocol");
}

/// What came to the spool of `wire` behind DATA.
class Smuggling : public Receiving {
 protected:
  std::vector<std::string> messages_after(const std::string& wire) {
    for (const auto& name : spool_.names()) EXPECT_TRUE(spool_.remove(name));
    test::run(smuggle(wire));
    std::vector<std::string> all;
    for (const auto& name : spool_.names()) all.push_back(spool_.read(name)->raw);
    return all;
  }

 private:
  Task<void> smuggle(std::string wire) {
    const auto all = office();
    auto at = door();
    at.session = [options = at.session("")](const std::string&) {
      auto impatient = options;
      impatient.patience.quiet = milliseconds(5);
      return impatient;
    };
    std::vector<Door> doors{at};
    auto server = need(co_await Server::start(std::move(doors), all));
    auto client = co_await Client::connect(server->port(0));
    co_await open_message(client);
    co_await client.ask("DATA");
    co_await client.say(wire);
    co_await client.say("QUIT");
    while (!(co_await client.hear()).empty()) {
    }
    co_await server->stop();
  }
};

TEST_F(Smuggling, NoSequenceMakesTwoMessagesOfOne) {
  MAILPROBE_CONFORMANCE(folder, "smtp-smuggling");
  const auto cases = json::parse(test::read_file(folder / "cases.json"));
  std::size_t played = 0;
  for (const auto& each : cases.at("sequences").at("inbound_eod_sequences").as_array()) {
    const std::string sequence(each.as_string());
    SCOPED_TRACE(sequence);
    const auto found = messages_after("hello" + sequence +
                                      "MAIL FROM:<someone@target.test>\r\nRCPT TO:<probe+token7@probe.test>\r\n"
                                      "DATA\r\nsmuggled\r\n.");
    ++played;
    EXPECT_LE(found.size(), 1U);
    for (const auto& message : found) EXPECT_FALSE(message.starts_with("smuggled"));
  }
  EXPECT_GE(played, 6U);
}

}  // namespace
}  // namespace mailprobe::receiver
