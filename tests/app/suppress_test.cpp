// Who is sent no more mail, by the command that says so: what it prints, what it refuses, and that `send` heeds it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "auth/crypto.h"
#include "probe/sending_limits.h"
#include "tests/app/run_program.h"

namespace mailprobe::app {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;

class Suppress : public test::ProgramTest {
 protected:
  Suppress() {
    folder.write("keys/e1.pem", auth::PrivateKey::generate(auth::KeyType::ed25519).value().reveal());
    folder.write("c.yaml", R"(identities:
  default: {domain: probe.test, address: probe@probe.test, dkim: [{selector: e1, key: keys/e1.pem}]}
helo: mx.probe.test
runs: runs
resolver: {forward: [127.0.0.1@1]}
)");
  }
  test::Ran suppress(std::vector<std::string> words) {
    words.insert(words.begin(), "suppress");
    words.insert(words.end(), {"--config", "c.yaml"});
    return run(words);
  }
};

TEST_F(Suppress, AddsListsAndRemoves) {
  EXPECT_EQ(suppress({"list"}).out, "");
  const auto added = suppress({"add", "Tired@example.org", "@example.net"});
  EXPECT_EQ(added.status, 0) << added.err;
  EXPECT_THAT(added.err, HasSubstr("tired@example.org is suppressed from now on"));
  const std::string since = "  # since [-0-9]{10}\n";
  EXPECT_THAT(suppress({"list"}).out, MatchesRegex("tired@example.org" + since + "@example.net" + since));
  const auto removed = suppress({"remove", "tired@example.org"});
  EXPECT_EQ(removed.status, 0) << removed.err;
  EXPECT_THAT(suppress({"list"}).out, MatchesRegex("@example.net" + since));
}

TEST_F(Suppress, SaysWhatWasNotThere) {
  const auto ran = suppress({"remove", "tired@example.org"});
  EXPECT_EQ(ran.status, 2);
  EXPECT_THAT(ran.err, HasSubstr("tired@example.org was not suppressed"));
}

TEST_F(Suppress, LiftsWhatThreeRefusalsDid) {
  const probe::SendingLimits limits(folder.path(), {});
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(limits.recipient_answered("Gone@example.org", true, now()));
  ASSERT_TRUE(limits.recipient_answered("once@example.org", true, now()));
  EXPECT_EQ(suppress({"list"}).out, "gone@example.org  # refused three times in a row\n");
  EXPECT_EQ(suppress({"remove", "gone@example.org"}).status, 0);
  EXPECT_EQ(suppress({"list"}).out, "");
  EXPECT_TRUE(limits.message("gone@example.org", now()).value().granted);
}

TEST_F(Suppress, SendSendsNothingToWhoIsSuppressed) {
  ASSERT_EQ(suppress({"add", "@example.net"}).status, 0);
  const auto ran = run({"send", "--to", "someone@sub.example.net", "--no-wait", "--config", "c.yaml"});
  EXPECT_EQ(ran.status, 2);
  EXPECT_THAT(ran.err, HasSubstr("someone@sub.example.net is suppressed"));
  EXPECT_FALSE(std::filesystem::exists(folder.path() / "runs")) << "nothing was begun";
}

TEST_F(Suppress, SaysHowItIsSpelt) {
  EXPECT_THAT(suppress({}).err, HasSubstr("what to do?"));
  EXPECT_THAT(suppress({"tired@example.org"}).err, HasSubstr("what to do?"));
  EXPECT_THAT(suppress({"add"}).err, HasSubstr("whom?"));
  EXPECT_THAT(suppress({"list", "a@example.org"}).err, HasSubstr("takes no address"));
  EXPECT_THAT(suppress({"add", "nobody"}).err, HasSubstr("\"nobody\" is neither an address nor @DOMAIN"));
}

}  // namespace
}  // namespace mailprobe::app
