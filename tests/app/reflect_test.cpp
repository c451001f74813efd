// What `reflect` cannot answer with is said before anything listens: exit status 2 and what is missing.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "auth/crypto.h"
#include "tests/app/run_program.h"

namespace mailprobe::app {
namespace {

using ::testing::HasSubstr;

class Reflect : public test::ProgramTest {
 protected:
  Reflect() {
    static const auto key = auth::PrivateKey::generate(auth::KeyType::ed25519).value().reveal();
    folder.write("keys/e1.pem", key);
    folder.write("password", "secret\n");
  }

  test::Ran reflect(const std::string& more, const std::vector<std::string>& options = {}) {
    folder.write("c.yaml", R"(identities:
  default: {domain: probe.test, address: probe@probe.test, dkim: [{selector: e1, key: keys/e1.pem}]}
helo: mx.probe.test
runs: runs
resolver: {forward: [127.0.0.1@1]}
mailboxes:
  target: {url: "imaps://imap.target.test", user: u, address: u@elsewhere.test, password_file: password}
)" + more);
    std::vector<std::string> arguments{"reflect", "--config", "c.yaml"};
    arguments.insert(arguments.end(), options.begin(), options.end());
    return run(arguments);
  }
};

TEST_F(Reflect, NamesTheMailboxesThereAre) {
  const auto ran = reflect("", {"--mailbox", "tarket"});
  EXPECT_EQ(ran.status, 2);
  EXPECT_THAT(ran.err, HasSubstr("there is no mailbox \"tarket\"; there are: target"));
}

TEST_F(Reflect, NeedsKeysOfTheDomainThatAnswersComeFrom) {
  const auto ran = reflect("", {"--mailbox", "target"});
  EXPECT_EQ(ran.status, 2);
  EXPECT_THAT(ran.err, HasSubstr("no identity has keys for elsewhere.test"));
  const auto listening = reflect("receiver: {listen: \"127.0.0.1:1\", reflectors: reflector@other.test}\n");
  EXPECT_EQ(listening.status, 2);
  EXPECT_THAT(listening.err, HasSubstr("no identity has keys for other.test"));
}

TEST_F(Reflect, NeedsTheSubmissionServerThatItIsToldOf) {
  const auto ran = reflect("receiver: {reflectors: reflector@probe.test}\n", {"--via", "relay"});
  EXPECT_EQ(ran.status, 2);
  EXPECT_THAT(ran.err, HasSubstr("there is no submission server \"relay\""));
}

TEST_F(Reflect, NeedsSomewhereToListen) {
  const auto ran = reflect("receiver: {reflectors: reflector@probe.test}\n");
  EXPECT_EQ(ran.status, 2);
  EXPECT_THAT(ran.err, HasSubstr("nothing to listen on"));
}

}  // namespace
}  // namespace mailprobe::app
