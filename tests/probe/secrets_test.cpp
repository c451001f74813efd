// Where passwords come from, what is refused, and that none of it is ever in an error.
#include <gtest/gtest.h>

#include "probe/command.h"
#include "probe/secrets.h"
#include "tests/probe/fixture.h"
#include "tests/support/run.h"

namespace mailprobe::probe {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using test::TemporaryFolder;

constexpr auto canary = "correct-horse";

Result<sasl::Credentials> read(SecretSource source) {
  return test::run(read_credentials("mailbox target", "user", std::move(source)));
}

SecretSource command(const std::string& line) {
  SecretSource source;
  source.command = line;
  return source;
}

SecretSource file(const fs::path& path, fs::perms mode, std::string_view text = "correct-horse\n") {
  test::write_file(path, text);
  fs::permissions(path, mode);
  SecretSource source;
  source.file = path.string();
  return source;
}

void expect_usage(const Result<sasl::Credentials>& result, std::string_view words) {
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, Failure::usage);
  EXPECT_NE(result.error().message.find(words), std::string::npos) << result.error().message;
  EXPECT_NE(result.error().message.find("mailbox target"), std::string::npos) << result.error().message;
  EXPECT_EQ(result.error().message.find(canary), std::string::npos);
  EXPECT_EQ(result.error().peer.find(canary), std::string::npos);
}

const auto private_mode = fs::perms::owner_read | fs::perms::owner_write;

TEST(Secrets, FromAFileThatNobodyElseReads) {
  const TemporaryFolder folder;
  const auto credentials = read(file(folder.path() / "password", private_mode, "correct-horse\r\nsecond line\n"));
  ASSERT_TRUE(credentials) << credentials.error().message;
  EXPECT_EQ(credentials->secret.reveal(), canary);
  EXPECT_EQ(credentials->user, "user");
  EXPECT_EQ(credentials->proof, sasl::Proof::password);
}

TEST(Secrets, AFileThatOthersReadIsRefused) {
  const TemporaryFolder folder;
  for (const auto more : {fs::perms::group_read, fs::perms::others_read, fs::perms::group_write})
    expect_usage(read(file(folder.path() / "password", private_mode | more)), "chmod 600");
}

TEST(Secrets, AFileThatIsNotThereOrEmptyIsRefused) {
  const TemporaryFolder folder;
  SecretSource source;
  source.file = (folder.path() / "missing").string();
  expect_usage(read(source), "missing");
  source.file = folder.path().string();
  expect_usage(read(source), "not a file");
  expect_usage(read(file(folder.path() / "empty", private_mode, "\n")), "empty");
}

TEST(Secrets, FromACommand) {
  const auto credentials = read(command("printf 'correct-horse\\nlogin: user\\n'"));
  ASSERT_TRUE(credentials) << credentials.error().message;
  EXPECT_EQ(credentials->secret.reveal(), canary);
}

TEST(Secrets, ATokenIsAToken) {
  SecretSource source;
  source.token_command = "echo ya29.token";
  const auto credentials = read(source);
  ASSERT_TRUE(credentials);
  EXPECT_EQ(credentials->secret.reveal(), "ya29.token");
  EXPECT_EQ(credentials->proof, sasl::Proof::token);
}

TEST(Secrets, AValueIsTakenWhole) {
  SecretSource source;
  source.value = Secret(" two\nlines ");
  EXPECT_EQ(read(source)->secret.reveal(), " two\nlines ");
}

TEST(Secrets, NothingConfiguredIsRefused) { expect_usage(read({}), "no password is configured"); }

TEST(Secrets, ACommandThatFailsIsRefusedAndItsOutputNotShown) {
  expect_usage(read(command("echo correct-horse; exit 3")), "exit status 3");
  expect_usage(read(command("/no/such/program 2>/dev/null")), "failed");
  expect_usage(read(command("kill -9 $$")), "signal 9");
  expect_usage(read(command("true")), "empty");
}

TEST(Secrets, ACommandThatPrintsWithoutEndIsEnded) {
  expect_usage(read(command("while :; do echo horse horse horse horse horse horse; done")), "prints more");
}

TEST(CommandOutput, IsLimitedInTime) {
  const auto slow = test::run(command_output("sleep 600", 20ms));
  ASSERT_FALSE(slow);
  EXPECT_NE(slow.error().message.find("too long"), std::string::npos);
  const auto closed = test::run(command_output("exec >&-; sleep 600", 20ms));
  ASSERT_FALSE(closed);
  EXPECT_NE(closed.error().message.find("too long"), std::string::npos);
}

TEST(Secrets, SaysWhichCommandIsWaitedFor) {
  std::vector<std::string> steps;
  Progress progress;
  progress.step = [&](const std::string& line) { steps.push_back(line); };
  SecretSource source;
  tell_of_command(progress, "mailbox target", source);
  source.value = Secret("pencil");
  tell_of_command(progress, "mailbox target", source);
  EXPECT_TRUE(steps.empty());
  tell_of_command(progress, "mailbox target", command("pass show imap"));
  source.token_command = "oauth-token";
  tell_of_command(progress, "mailbox target", source);
  EXPECT_EQ(steps, (std::vector<std::string>{"asking password_command for the password of mailbox target",
                                             "asking token_command for the token of mailbox target"}));
}

}  // namespace
}  // namespace mailprobe::probe
