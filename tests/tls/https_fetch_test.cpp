// Fetching a policy: what counts as one, and each fault of docs/threats.md with its cause. Over a script, without a
// socket.
#include <gtest/gtest.h>

#include "tests/support/run.h"
#include "tests/support/scripted_stream.h"
#include "tls/https_fetch.h"

namespace mailprobe::tls {
namespace {

using test::Dialogue;
using test::ScriptedStream;

constexpr std::string_view request =
    "tls\n"
    "> GET /.well-known/mta-sts.txt HTTP/1.1\n> Host: mta-sts.example.org\n> User-Agent: mailprobe\n"
    "> Accept: text/plain\n> Connection: close\n> \n";

Task<HttpsFetch> get(ScriptedStream& stream) {
  std::string host = "mta-sts.example.org";
  std::string path = "/.well-known/mta-sts.txt";
  stream.deadline(std::chrono::steady_clock::now() + std::chrono::minutes(1));
  co_return co_await https_get(stream, nullptr, std::move(host), std::move(path));
}

HttpsFetch fetch(std::string_view answer) {
  ScriptedStream stream(Dialogue::parse(std::string(request) + std::string(answer)));
  auto fetched = test::run(get(stream));
  EXPECT_EQ(stream.problem(), "");
  EXPECT_TRUE(stream.closed());
  return fetched;
}

TEST(HttpsFetch, ThePolicy) {
  const auto fetched = fetch(
      "< HTTP/1.1 200 OK\n< Content-Type: Text/Plain; charset=utf-8\n< Content-Length: 14\n< \n"
      "---\n<= version: STSv1\n");
  ASSERT_FALSE(fetched.error) << fetched.error->message;
  EXPECT_EQ(fetched.status, 200U);
  EXPECT_EQ(fetched.body, "version: STSv1");
  ASSERT_TRUE(fetched.tls);
  EXPECT_EQ(fetched.tls->verified->result, "pass");
}

TEST(HttpsFetch, ChunkedAndUntilTheEnd) {
  EXPECT_EQ(fetch("< HTTP/1.1 200 OK\n< Content-Type: text/plain\n< Transfer-Encoding: chunked\n< \n"
                  "< 7\n---\n< version\n< 0\n< \n")
                .body,
            "version");
  EXPECT_EQ(fetch("< HTTP/1.0 200 OK\n< Content-Type: text/plain\n< \n---\n<= version\nclose\n").body, "version");
}

TEST(HttpsFetch, InterimAnswersComeBeforeIt) {
  const std::string hints = "< HTTP/1.1 103 Early Hints\n< Link: </x>\n< \n";
  const std::string policy =
      "< HTTP/1.1 200 OK\n< Content-Type: text/plain\n< Content-Length: 7\n< \n---\n<= version\n";
  for (const auto& answer : {hints + policy, hints + hints + "---\n" + policy}) {
    const auto fetched = fetch(answer);
    ASSERT_FALSE(fetched.error) << fetched.error->message;
    EXPECT_EQ(fetched.status, 200U);
    EXPECT_EQ(fetched.body, "version");
  }
}

struct Row {
  const char* name;
  std::string answer;
  Cause cause;
  const char* why;
};

void PrintTo(const Row& row, std::ostream* out) { *out << row.name; }

std::string ok(std::string_view rest) { return "< HTTP/1.1 200 OK\n< Content-Type: text/plain\n" + std::string(rest); }

const std::vector<Row>& faults() {
  static const std::vector<Row> rows{
      {"redirect", "< HTTP/1.1 301 Moved\n< Location: https://www.example.org/\n< Content-Length: 0\n< \n",
       Cause::protocol_error, "redirected with 301"},
      {"redirect_with_a_body_cut_off",
       "< HTTP/1.1 302 Found\n< Location: https://www.example.org/\n< Content-Length: 9\n< \nclose\n",
       Cause::protocol_error, "redirected with 302"},
      {"not_found", "< HTTP/1.1 404 Not Found\n< Content-Length: 0\n< \n", Cause::refused, "the answer is 404"},
      {"too_often", "< HTTP/1.1 429 Too Many Requests\n< Content-Length: 0\n< \n", Cause::rate_limited,
       "the answer is 429"},
      {"hints_alone", "< HTTP/1.1 103 Early Hints\n< \nclose\n", Cause::protocol_error, "cut off"},
      {"server_error", "< HTTP/1.1 503 Later\n< Content-Length: 0\n< \n", Cause::refused, "the answer is 503"},
      {"no_content", "< HTTP/1.1 204 No Content\n< \n", Cause::protocol_error, "the answer is 204"},
      {"html", "< HTTP/1.1 200 OK\n< Content-Type: text/html\n< Content-Length: 0\n< \n", Cause::protocol_error,
       "not text/plain but \"text/html\""},
      {"no_type", "< HTTP/1.1 200 OK\n< Content-Length: 0\n< \n", Cause::protocol_error, "not text/plain"},
      {"announced_too_large", ok("< Content-Length: 65537\n< \n"), Cause::protocol_error, "over 65536 bytes"},
      {"too_large", ok("< \n---\n<= " + std::string(70'000, 'x') + "\n"), Cause::protocol_error, "over 65536 bytes"},
      {"cut_off", ok("< Content-Length: 100\n< \n---\n<= version\nclose\n"), Cause::protocol_error, "cut off"},
      {"no_http", "< 220 mx.example.org ESMTP\n", Cause::protocol_error, "HTTPS:"},
      {"endless_header", "< HTTP/1.1 200 OK\n< X: " + std::string(20'000, 'x') + "\n", Cause::protocol_error,
       "the header is too large"},
      {"trickle", ok("< Content-Length: 100\n< \n---\n<= v\n---\n<= e\ntimeout\n"), Cause::timed_out, ""},
  };
  return rows;
}

class Faulty : public testing::TestWithParam<Row> {};

TEST_P(Faulty, IsToldAndIsNoPolicy) {
  const auto& row = GetParam();
  const auto fetched = fetch(row.answer);
  ASSERT_TRUE(fetched.error);
  EXPECT_EQ(fetched.error->cause, row.cause) << fetched.error->message;
  EXPECT_NE(fetched.error->message.find(row.why), std::string::npos) << fetched.error->message;
  EXPECT_EQ(fetched.body, "");
}

INSTANTIATE_TEST_SUITE_P(All, Faulty, testing::ValuesIn(faults()),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(HttpsFetch, ABadCertificateIsAskedNothing) {
  for (const auto cause : {Cause::expired, Cause::wrong_name, Cause::self_signed, Cause::unknown_ca}) {
    ScriptedStream stream(Dialogue::parse("tls " + std::string(word(cause)) + "\n"));
    const auto fetched = test::run(get(stream));
    EXPECT_EQ(fetched.error->cause, cause);
    EXPECT_EQ(stream.cipher_text(), "");
    EXPECT_TRUE(fetched.tls) << "the certificate is in the evidence";
  }
}

TEST(HttpsFetch, AFailedHandshake) {
  ScriptedStream stream(Dialogue::parse("tls fail alert handshake_failure\n"));
  const auto fetched = test::run(get(stream));
  EXPECT_FALSE(fetched.tls);
  EXPECT_NE(fetched.error->message.find("handshake_failure"), std::string::npos);
}

TEST(HttpsFetch, EveryFaultOfTheConnectionEndsIt) {
  const auto dialogue = Dialogue::parse(std::string(request) + ok("< Content-Length: 7\n< \n---\n<= version\n"));
  const test::Session session = [](ScriptedStream& stream, const test::Fault& fault) {
    const auto fetched = test::run(get(stream));
    EXPECT_EQ(fetched.error.has_value(), fetched.body.empty()) << fault.text();
    if (!fetched.body.empty()) EXPECT_EQ(fetched.body, "version");
  };
  test::play_every_fault(dialogue, session);
}

}  // namespace
}  // namespace mailprobe::tls
