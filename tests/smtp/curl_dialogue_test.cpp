// Dialogues out of curl's tests that our client has a counterpart for: given the same server, it writes the same.
#include <gtest/gtest.h>

#include "smtp/client.h"
#include "tests/support/conformance.h"
#include "tests/support/curl_case.h"
#include "tests/support/run.h"
#include "tests/support/scripted_stream.h"

namespace mailprobe::smtp {
namespace {

using test::CurlCase;
using Kind = test::Step::Kind;

Delivery delivery_of(const CurlCase& curl) {
  Delivery delivery;
  delivery.helo = "probe.test";
  const auto from = curl.option("--mail-from"), to = curl.option("--mail-rcpt");
  delivery.reverse_path = Path(*Mailbox::parse(from.empty() ? "sender@example.com" : from));
  delivery.recipient = Path(*Mailbox::parse(to.empty() ? "recipient@example.com" : to));
  delivery.message = curl.message;
  delivery.floor = TlsFloor::may;
  const auto token = curl.option("--oauth2-bearer");
  if (!token.empty()) delivery.credentials = {"user", Secret(token), sasl::Proof::token};
  if (curl.option("-u") == "user:secret") delivery.credentials = {"user", Secret("secret"), sasl::Proof::password};
  delivery.implicit_tls = delivery.credentials || curl.command.find("smtps://") != std::string::npos;
  return delivery;
}

std::string reply_to(const CurlCase& curl, const std::string& line) {
  const auto word = line.substr(0, line.find(' '));
  if (const auto instead = curl.reply(word)) return *instead + "\r\n";
  if (word == "QUIT") return "221 bye\r\n";
  if (word != "EHLO") return "250 ok\r\n";
  std::string reply = "250-smtp.test hello\r\n";
  if (const auto words = curl.words("CAPA"); !words.empty()) reply += "250-" + words + "\r\n";
  if (const auto words = curl.words("AUTH"); !words.empty()) reply += "250-AUTH " + words + "\r\n";
  return reply + "250 HELP\r\n";
}

test::Dialogue dialogue_of(const CurlCase& curl, bool tls) {
  test::Dialogue dialogue;
  auto& steps = dialogue.steps;
  if (tls) steps.push_back({Kind::tls, {}, {}});
  steps.push_back({Kind::peer, "220 smtp.test\r\n", {}});
  for (const auto& line : curl.protocol) {
    steps.push_back({Kind::ours, line + "\r\n", {}});
    if (line == "DATA") {
      steps.push_back({Kind::peer, "354 go\r\n", {}});
      steps.push_back({Kind::ours, curl.upload, {}});
      steps.push_back({Kind::peer, "250 ok\r\n", {}});
    } else {
      steps.push_back({Kind::peer, reply_to(curl, line), {}});
    }
  }
  return dialogue;
}

class CurlSmtp : public testing::TestWithParam<int> {};

TEST_P(CurlSmtp, WritesTheSame) {
  MAILPROBE_CONFORMANCE(folder, "smtp-imap-curl");
  const auto curl = CurlCase::load(folder / ("test" + std::to_string(GetParam())), "probe.test");
  ASSERT_FALSE(curl.protocol.empty());
  const auto delivery = delivery_of(curl);
  test::play(dialogue_of(curl, delivery.implicit_tls), [&](test::ScriptedStream& stream, const test::Fault&) {
    Transcript transcript;
    const auto session = test::run(deliver(stream, delivery, transcript));
    EXPECT_EQ(word(session.outcome), "accepted") << (session.error ? session.error->message : "");
  });
}

// Plain; dots in the message; HELO; SIZE announced or not; dot cases; IDN; SMTPUTF8; AUTH with its initial response;
// smtps.
INSTANTIATE_TEST_SUITE_P(Curl, CurlSmtp,
                         testing::Values(901, 902, 909, 912, 919, 922, 951, 952, 962, 963, 965, 966, 987, 1520),
                         testing::PrintToStringParamName());

/// Where curl sends and is refused, or sends what it cannot, ours says so without a try.
class CurlSmtpRefused : public testing::TestWithParam<int> {};

TEST_P(CurlSmtpRefused, SendsNoMessage) {
  MAILPROBE_CONFORMANCE(folder, "smtp-imap-curl");
  const auto curl = CurlCase::load(folder / ("test" + std::to_string(GetParam())), "probe.test");
  ASSERT_TRUE(curl.fails);
  test::Dialogue dialogue;
  dialogue.steps = {{Kind::peer, "220 smtp.test\r\n", {}},
                    {Kind::ours, "EHLO probe.test\r\n", {}},
                    {Kind::peer, reply_to(curl, "EHLO probe.test"), {}},
                    {Kind::ours, "QUIT\r\n", {}},
                    {Kind::peer, "221 bye\r\n", {}}};
  test::play(dialogue, [&](test::ScriptedStream& stream, const test::Fault&) {
    Transcript transcript;
    const auto session = test::run(deliver(stream, delivery_of(curl), transcript));
    EXPECT_EQ(word(session.outcome), "not-sent");
    EXPECT_TRUE(session.error);
  });
}

// Over the server's SIZE; a UTF-8 local part without SMTPUTF8.
INSTANTIATE_TEST_SUITE_P(Curl, CurlSmtpRefused, testing::Values(913, 955, 956), testing::PrintToStringParamName());

/// "invalid", and CR LF in an address: no path is built of them.
TEST(CurlSmtp, AddressesThatCannotBeBuilt) {
  MAILPROBE_CONFORMANCE(folder, "smtp-imap-curl");
  for (const auto* number : {"914", "916"}) {
    const auto curl = CurlCase::load(folder / ("test" + std::string(number)), "probe.test");
    EXPECT_FALSE(Mailbox::parse(curl.option("--mail-from")) && Mailbox::parse(curl.option("--mail-rcpt"))) << number;
  }
}

}  // namespace
}  // namespace mailprobe::smtp
