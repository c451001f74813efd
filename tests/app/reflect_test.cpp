// What `reflect` cannot answer with is said before anything listens: exit status 2 and what is missing.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "auth/crypto.h"
#include "receiver/folder.h"
#include "tests/app/run_program.h"

namespace mailprobe::app {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

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

/// While another process receives for the configuration, for which it would wait.
TEST_F(Reflect, SaysWhatIsMissingBeforeItsTurnComes) {
  const auto held = receiver::hold(receiver::Folder{folder.path() / "receiver"});
  ASSERT_TRUE(held) << held.error().message;
  const auto via = reflect("receiver: {listen: \"127.0.0.1:1\"}\n", {"--via", "relay"});
  EXPECT_EQ(via.status, 2);
  EXPECT_THAT(via.err, HasSubstr("there is no submission server \"relay\""));
  const auto nowhere = reflect("");
  EXPECT_EQ(nowhere.status, 2);
  EXPECT_THAT(nowhere.err, HasSubstr("nothing to listen on"));
  EXPECT_THAT(via.err + nowhere.err, Not(HasSubstr("waiting until it ends")));
}

TEST_F(Reflect, SaysThatAnAddressIsNotOurs) {
  const auto ran = reflect("receiver: {listen: \"192.0.2.10:25\"}\n");
  EXPECT_EQ(ran.status, 2);
  EXPECT_THAT(ran.err, HasSubstr("cannot listen on 192.0.2.10 port 25: this machine has no such address"));
}

}  // namespace
}  // namespace mailprobe::app
