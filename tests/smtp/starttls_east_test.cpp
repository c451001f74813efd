// The SMTP cases of "Why TLS is better without STARTTLS" (USENIX Security 2021), against a client that requires TLS.
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/json.hpp>

#include "base/text.h"
#include "smtp/client.h"
#include "tests/support/conformance.h"
#include "tests/support/memory_stream.h"
#include "tls/buffered_reader.h"

namespace mailprobe::smtp {
namespace {

namespace json = boost::json;

/// One case of the suite as a server, which takes everything that it is not told to refuse.
class Server {
 public:
  Server(std::unique_ptr<tls::Stream> stream, json::object config)
      : stream_(std::move(stream)), reader_(*stream_), config_(std::move(config)) {}

  Task<void> serve() {
    auto hello = optional("greeting", "220 smtp.example.com ESMTP fake\r\n");
    (void)co_await stream_->write(hello);
    for (bool open = true; open;) {
      const auto line = co_await reader_.line(10'000);
      if (!line) break;
      open = co_await answer(to_lower(*line));
    }
    stream_->close();
  }

 private:
  [[nodiscard]] std::string optional(std::string_view key, std::string otherwise) const {
    const auto* value = config_.if_contains(key);
    return value && value->is_string() ? std::string(value->as_string()) : otherwise;
  }

  Task<bool> answer(std::string line) {
    const auto word = line.substr(0, line.find(' '));
    const bool in_tls = stream_->encrypted();
    auto text = reply(word);
    (void)co_await stream_->write(text);
    if (word == "quit") co_return false;
    const auto* transition = config_.if_contains("stls_make_transition");
    const bool starts = text.starts_with("220") && (!transition || transition->as_bool());
    if (word != "starttls" || in_tls || !starts) co_return true;
    tls::Handshake how;
    const auto facts = co_await stream_->handshake(how);
    co_return facts.has_value();
  }

  [[nodiscard]] std::string reply(const std::string& word) const {
    if (word == "." || data_) return taken(word);
    if (const auto* all = config_.if_contains("override_response"); all && !stream_->encrypted())
      for (const auto& [command, text] : all->as_object())
        if (iequals(std::string_view(command), word)) return std::string(text.as_string());
    if (word == "ehlo") return announcement();
    if (word == "starttls") return optional("stls_response", "220 Ready to start TLS\r\n");
    if (word == "auth") return "235 2.7.0 in\r\n";
    if (word == "data") return data_ = true, "354 go\r\n";
    return "250 ok\r\n";
  }

  [[nodiscard]] std::string taken(const std::string& word) const {
    if (word != ".") return "";
    data_ = false;
    return "250 taken\r\n";
  }

  [[nodiscard]] std::string announcement() const {
    std::string text = "250-smtp.example.com\r\n";
    for (const auto& each : config_.at(stream_->encrypted() ? "capabilities_tls" : "capabilities").as_array())
      text += each.is_string() ? "250-STARTTLS\r\n" : "250-AUTH PLAIN\r\n";
    return text + "250 HELP\r\n";
  }

  std::unique_ptr<tls::Stream> stream_;
  tls::BufferedReader reader_;
  json::object config_;
  mutable bool data_ = false;
};

struct Played {
  Session session;
  std::string clear_text;
  Transcript transcript;
};

Task<void> send(tls::Stream& stream, Played& run) {
  Delivery delivery;
  delivery.helo = "probe.test";
  delivery.reverse_path = Path(*Mailbox::parse("probe@probe.test"));
  delivery.recipient = Path(*Mailbox::parse("to@target.test"));
  delivery.message = "Subject: secret matter\r\n\r\nhello\r\n";
  delivery.credentials = {"user", Secret("pencil"), sasl::Proof::password};
  run.session = co_await deliver(stream, delivery, run.transcript);
}

void play(const json::object& config, Played& run) {
  boost::asio::io_context context(1);
  auto streams = test::memory_streams(context.get_executor(), test::fake_facts(), &run.clear_text);
  Server server(std::move(streams.server), config);
  boost::asio::co_spawn(context, server.serve(), boost::asio::detached);
  boost::asio::co_spawn(context, send(*streams.client, run), boost::asio::detached);
  context.run();
}

TEST(SmtpStarttls, ShowsNothingAndBelievesNothingFromBeforeTls) {
  MAILPROBE_CONFORMANCE(folder, "starttls-east");
  const auto cases = json::parse(test::read_file(folder / "cases-open.json"));
  std::size_t played = 0, delivered = 0;
  for (const auto& each : cases.as_array()) {
    if (each.at("protocol").as_string() != "smtp") continue;
    const std::string id(each.at("id").as_string());
    SCOPED_TRACE(id);
    ++played;
    Played run;
    play(each.at("config").as_object(), run);
    for (const auto line : split(run.clear_text, '\n'))
      EXPECT_TRUE(trim(line) == "EHLO probe.test" || trim(line) == "STARTTLS" || trim(line) == "QUIT" || line.empty())
          << line;
    const bool accepted = run.session.outcome == Outcome::accepted;
    delivered += accepted ? 1U : 0U;
    if (accepted) EXPECT_TRUE(run.session.tls);
    EXPECT_NE(accepted, run.session.error.has_value());
    for (const auto& event : run.transcript.events()) EXPECT_EQ(event.text.find("pencil"), std::string::npos);
  }
  EXPECT_EQ(played, 53U);
  EXPECT_EQ(delivered, 5U);  // those that play no trick
}

}  // namespace
}  // namespace mailprobe::smtp
