// The IMAP cases of "Why TLS is better without STARTTLS" (USENIX Security 2021): a server that injects, reorders and
// strips around STARTTLS, against a client that requires TLS.
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/json.hpp>

#include "base/text.h"
#include "imap/watcher.h"
#include "tests/support/conformance.h"
#include "tests/support/memory_stream.h"
#include "tests/support/run.h"
#include "tls/buffered_reader.h"

namespace mailprobe::imap {
namespace {

namespace json = boost::json;

/// The innermost string of what RON made of a capability.
std::string leaf(const json::value& value) {
  if (value.is_string()) return std::string(value.as_string());
  if (value.is_array()) return value.as_array().empty() ? "" : leaf(value.as_array().front());
  return value.is_object() ? leaf(value.as_object().begin()->value()) : "";
}

std::string capability(const json::value& value) {
  auto text = leaf(value);
  if (value.is_object() && value.as_object().contains("Auth")) return "AUTH=" + text;
  if (value.is_object() && value.as_object().contains("Compress")) return "COMPRESS=" + text;
  return text;  // in any case: "Imap4Rev1"
}

std::string capabilities(const json::array& values) {
  std::string words;
  for (const auto& value : values) words += (words.empty() ? "" : " ") + capability(value);
  return words;
}

std::string with_tag(std::string text, const std::string& tag) {
  for (std::size_t at; (at = text.find("<tag>")) != std::string::npos;) text.replace(at, 5, tag);
  return text;
}

/// One case of the suite as a server; past the login a mailbox with an empty INBOX.
class Server {
 public:
  Server(std::unique_ptr<tls::Stream> stream, json::object config)
      : stream_(std::move(stream)), reader_(*stream_), config_(std::move(config)) {}

  Task<void> serve() {
    if (config_.at("implicit_tls").as_bool()) (void)co_await secure();
    auto hello = greeting();
    (void)co_await stream_->write(hello);
    for (bool open = true; open;) {
      const auto line = co_await reader_.line(10'000);
      if (!line) break;
      open = co_await answer(*line);
    }
    stream_->close();
  }

 private:
  [[nodiscard]] std::string optional(std::string_view key, std::string otherwise) const {
    const auto* value = config_.if_contains(key);
    return value ? std::string(value->as_string()) : otherwise;
  }
  [[nodiscard]] std::optional<std::string> overridden(std::string_view command) const {
    const auto* all = config_.if_contains("override_response");
    const auto* value = all ? all->as_object().if_contains(command) : nullptr;
    return value ? std::optional(std::string(value->as_string())) : std::nullopt;
  }
  [[nodiscard]] bool listed(std::string_view key, std::string_view command) const {
    const auto* all = config_.if_contains(key);
    return all && std::ranges::any_of(all->as_array(), [&](const auto& each) { return each.as_string() == command; });
  }

  [[nodiscard]] std::string greeting() const {
    if (const auto instead = overridden("greeting")) return *instead;
    const auto& greeting = config_.at("greeting").as_object();
    std::string line = "* " + std::string(greeting.at("kind").as_string()) + " ";
    if (const auto& code = greeting.at("code"); code.is_object())
      line += "[CAPABILITY " +
              capabilities(code.at("Capability").as_array().at(0).at("NonEmptyVec").as_array().at(0).as_array()) + "] ";
    return line + leaf(greeting.at("text")) + "\r\n" + optional("response_after_greeting", "");
  }

  Task<bool> answer(std::string line) {
    const auto tag = line.substr(0, line.find(' '));
    const auto command = to_lower(std::string_view(line).substr(std::min(line.size(), tag.size() + 1)));
    const auto word = command.substr(0, command.find(' '));
    if (listed("ignore_commands", word)) co_return false;  // and the client would wait for its deadline
    auto text = with_tag(reply(word, command), tag);
    (void)co_await stream_->write(text);
    const auto* transition = config_.if_contains("starttls_transition");
    if (word != "starttls" || stream_->encrypted() || (transition && !transition->as_bool())) co_return true;
    co_return co_await secure();
  }

  Task<bool> secure() {
    tls::Handshake how;
    const auto facts = co_await stream_->handshake(how);
    co_return facts.has_value();
  }

  [[nodiscard]] std::string reply(const std::string& word, const std::string& command) const {
    if (const auto instead = overridden(word)) return *instead;
    if (listed("hide_commands", word)) return "<tag> BAD what\r\n";
    const bool in = stream_->encrypted();
    if (word == "capability")
      return "* CAPABILITY " + capabilities(config_.at(in ? "caps_tls" : "caps").as_array()) + "\r\n<tag> OK done\r\n";
    if (word == "starttls") return optional("starttls_response", "<tag> OK begin TLS\r\n");
    if (word == "list") return "* LIST () \"/\" INBOX\r\n<tag> OK done\r\n";
    if (word == "status") return "* STATUS INBOX (UIDNEXT 1 UIDVALIDITY 1)\r\n<tag> OK done\r\n";
    if (word == "enable") return "* ENABLED UTF8=ACCEPT\r\n<tag> OK done\r\n";
    if (command.starts_with("uid search")) return "* SEARCH\r\n<tag> OK done\r\n";
    return "<tag> OK done\r\n";
  }

  std::unique_ptr<tls::Stream> stream_;
  tls::BufferedReader reader_;
  json::object config_;
};

struct Played {
  Result<void> opened;
  Result<std::optional<Copy>> found;
  std::vector<std::string> folders;
  std::string clear_text;
  Transcript transcript;
};

Task<void> watch(tls::Stream& stream, bool implicit, Played& run) {
  Account account;
  account.implicit_tls = implicit;
  account.credentials = {"user", Secret("pencil"), sasl::Proof::password};
  Watcher watcher(stream, run.transcript, test::no_pause);
  run.opened = co_await watcher.open(account);
  run.folders = watcher.folders();
  const Wanted wanted{"X-Mailprobe-Id", "token"};
  if (run.opened) run.found = co_await watcher.find(wanted, Steady::min());
  co_await watcher.logout();
}

void play(const json::object& config, Played& run) {
  boost::asio::io_context context(1);
  auto streams = test::memory_streams(context.get_executor(), test::fake_facts(), &run.clear_text);
  Server server(std::move(streams.server), config);
  const bool implicit = config.at("implicit_tls").as_bool();
  boost::asio::co_spawn(context, watch(*streams.client, implicit, run), boost::asio::detached);
  boost::asio::co_spawn(context, server.serve(), boost::asio::detached);
  context.run();
}

void expect_only_starttls(std::string_view clear_text) {
  while (!clear_text.empty()) {
    const auto line = clear_text.substr(0, clear_text.find("\r\n"));
    EXPECT_TRUE(line.ends_with(" CAPABILITY") || line.ends_with(" STARTTLS") || line.ends_with(" LOGOUT")) << line;
    clear_text.remove_prefix(std::min(clear_text.size(), line.size() + 2));
  }
}

/// The server goes on to TLS without a trick, or with one that TLS makes void.
bool can_open(std::string_view id) {
  for (const auto* end : {"/oracles", "list_injection_expunge", "imapsieve_1", "untagged_capability_after_greeting",
                          "untagged_capability_before_starttls", "utf8_only_2", "setup", "setup_compression",
                          "setup_opportunistic_encryption"})
    if (id.ends_with(end)) return true;
  return false;
}

TEST(ImapStarttls, ShowsNothingAndBelievesNothingFromBeforeTls) {
  MAILPROBE_CONFORMANCE(folder, "starttls-east");
  const auto cases = json::parse(test::read_file(folder / "cases-open.json"));
  std::size_t played = 0;
  for (const auto& each : cases.as_array()) {
    if (each.at("protocol").as_string() != "imap") continue;
    const std::string id(each.at("id").as_string());
    SCOPED_TRACE(id);
    ++played;
    Played run;
    play(each.at("config").as_object(), run);
    expect_only_starttls(run.clear_text);
    EXPECT_EQ(run.opened.has_value(), can_open(id)) << (run.opened ? "" : run.opened.error().message);
    if (run.opened) EXPECT_EQ(run.folders, std::vector<std::string>{"INBOX"});
    if (run.opened) EXPECT_TRUE(run.found);
    for (const auto& event : run.transcript.events()) EXPECT_EQ(event.text.find("pencil"), std::string::npos);
  }
  EXPECT_EQ(played, 24U);
}

}  // namespace
}  // namespace mailprobe::imap
