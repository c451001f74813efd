// reflect as it is called: what it says of a configuration that it cannot receive by. That it receives is for
// tests/e2e and tests/crash.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "auth/crypto.h"
#include "tests/app/run_program.h"

namespace mailprobe::app {
namespace {

using ::testing::HasSubstr;

class Receive : public test::ProgramTest {
 protected:
  test::Ran reflect(const std::string& receiver) {
    folder.write("keys/e1.pem", auth::PrivateKey::generate(auth::KeyType::ed25519).value().reveal());
    folder.write("c.yaml",
                 "identities: {default: {domain: example.org, address: a@example.org, dkim: [{selector: e1, key: "
                 "keys/e1.pem}]}}\nhelo: mx.example.org\nruns: runs\n" +
                     receiver);
    return run({"reflect", "--config", "c.yaml"});
  }
};

TEST_F(Receive, NeedsAConfiguration) {
  const auto ran = run({"reflect"});
  EXPECT_EQ(ran.status, 2);
  EXPECT_THAT(ran.err, HasSubstr("init DOMAIN"));
}

TEST_F(Receive, NeedsSomewhereToListen) {
  const auto ran = reflect("");
  EXPECT_EQ(ran.status, 2);
  EXPECT_THAT(ran.err, HasSubstr("\"receiver.listen\" names no address"));
}

TEST_F(Receive, SaysThatAnAddressIsNotOurs) {
  const auto ran = reflect("receiver: {listen: \"192.0.2.10:25\"}\n");
  EXPECT_EQ(ran.status, 2);
  EXPECT_THAT(ran.err, HasSubstr("cannot listen on 192.0.2.10 port 25: this machine has no such address"));
}

TEST_F(Receive, HasNoLab) {
  const auto ran = run({"--lab", "reflect"});
  EXPECT_EQ(ran.status, 2);
  EXPECT_THAT(ran.err, HasSubstr("takes no --lab"));
}

}  // namespace
}  // namespace mailprobe::app
