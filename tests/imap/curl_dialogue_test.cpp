// Logins out of curl's tests that our client has a counterpart for: given the same server, it writes the same.
#include <gtest/gtest.h>

#include "base/text.h"
#include "imap/watcher.h"
#include "tests/support/conformance.h"
#include "tests/support/curl_case.h"
#include "tests/support/run.h"
#include "tests/support/scripted_stream.h"

namespace mailprobe::imap {
namespace {

using test::CurlCase;
using Kind = test::Step::Kind;

/// "A002 …" as we number commands.
std::string our_tag(std::string line) {
  if (line.starts_with("A00")) line.erase(1, 2);
  return line;
}

sasl::Credentials credentials_of(const CurlCase& curl) {
  const auto token = curl.option("--oauth2-bearer");
  if (!token.empty()) return {"user", Secret(token), sasl::Proof::token};
  if (curl.option("-u") == "user:secret") return {"user", Secret("secret"), sasl::Proof::password};
  return {"\"user", Secret("sec\"ret{"), sasl::Proof::password};  // test 800
}

std::string capabilities_of(const CurlCase& curl) {
  std::string line = "* CAPABILITY IMAP4";
  if (const auto words = curl.words("CAPA"); !words.empty()) line += " " + words;
  // curl prefers SASL's LOGIN to the command, we do not: it is left no choice.
  if (const auto words = curl.words("AUTH"); !words.empty())
    line += " AUTH=" + words + (words == "LOGIN" ? " LOGINDISABLED" : "");
  return line + "\r\nA1 OK done\r\n";
}

/// Up to the login, which the server leaves without a word about what it can do; the next command is refused.
test::Dialogue dialogue_of(const CurlCase& curl) {
  test::Dialogue dialogue;
  auto& steps = dialogue.steps;
  steps.push_back({Kind::tls, {}, {}});
  steps.push_back({Kind::peer, "* OK curl IMAP server ready to serve\r\n", {}});
  for (const auto& line : curl.protocol) {
    if (line.find(" SELECT ") != std::string::npos) break;
    steps.push_back({Kind::ours, our_tag(line) + "\r\n", {}});
    const auto word = line.starts_with("A00") ? line.substr(5, line.find(' ', 5) - 5) : line;
    const auto reply = word == "CAPABILITY" ? capabilities_of(curl)
                                            : our_tag(curl.reply(word).value_or("A002 OK LOGIN completed")) + "\r\n";
    steps.push_back({Kind::peer, reply, {}});
  }
  steps.push_back({Kind::ours, "A3 CAPABILITY\r\n", {}});
  steps.push_back({Kind::peer, "A3 NO more\r\n", {}});
  return dialogue;
}

Task<Result<void>> open(tls::Stream& stream, sasl::Credentials credentials) {
  Transcript transcript;
  Account account;
  account.credentials = std::move(credentials);
  Watcher watcher(stream, transcript, test::no_pause);
  co_return co_await watcher.open(account);
}

class CurlImap : public testing::TestWithParam<int> {};

TEST_P(CurlImap, LogsInTheSame) {
  MAILPROBE_CONFORMANCE(folder, "smtp-imap-curl");
  const auto curl = CurlCase::load(folder / ("test" + std::to_string(GetParam())), "INBOX");
  ASSERT_FALSE(curl.protocol.empty());
  test::play(dialogue_of(curl), [&](test::ScriptedStream& stream, const test::Fault&) {
    const auto opened = test::run(open(stream, credentials_of(curl)));
    ASSERT_FALSE(opened);
    EXPECT_NE(opened.error().message.find("does not say what it can do"), std::string::npos) << opened.error().message;
  });
}

// LOGIN with quotes; PLAIN, LOGIN and XOAUTH2 without and with an initial response.
INSTANTIATE_TEST_SUITE_P(Curl, CurlImap, testing::Values(800, 819, 820, 824, 825, 828, 847),
                         testing::PrintToStringParamName());

}  // namespace
}  // namespace mailprobe::imap
