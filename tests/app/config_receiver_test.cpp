// The receiver's section of the configuration: what it becomes, and what each mistake is told.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/config.h"
#include "tests/app/temporary.h"
#include "tls/authority.h"

namespace mailprobe::app {
namespace {

using ::testing::HasSubstr;

class ConfigReceiver : public ::testing::Test {
 protected:
  ConfigReceiver() {
    const auto authority = tls::Authority::make("test");
    const auto issued = authority->issue({.subject = "mx", .names = {"mx.example.org"}, .addresses = {}});
    for (const auto* name : {"a", "b"}) {
      folder.write(std::string(name) + ".pem", issued->chain_pem);
      folder.write(std::string(name) + ".key", issued->key_pem.reveal());
    }
  }
  Result<receiver::Settings> load(const std::string& text) {
    const auto file = folder.write("c.yaml", text);
    const auto around = test::environment(folder.path());
    auto settings = load_config({file, true, false}, {.keys = false, .secrets = false, .session = false}, around);
    if (!settings) return std::unexpected(settings.error());
    return settings->receiver;
  }
  /// What is said of `text` as the section's content.
  std::string problem(const std::string& text) {
    const auto settings = load("receiver: {host: mx.example.org, " + text + "}\n");
    return settings ? "none" : settings.error().message;
  }
  test::Folder folder;
};

TEST_F(ConfigReceiver, IsReadWhole) {
  const auto settings = load(R"(helo: mx.example.org
receiver:
  listen: [192.0.2.10, "192.0.2.11:2525", "[2001:db8::1]:26", "2001:db8::2"]
  certificate: a.pem
  key: a.key
  certificates: [{certificate: b.pem, key: b.key}]
  connections: 10
  connections_per_client: 2
  max_size: 100000
  in_flight: 5000000
  keep_for: 7d
  keep_size: 100000000
  judge_for: 2h
  reports: [dmarc@example.org, tls@example.org]
  reflectors: reflector@example.org
)");
  ASSERT_TRUE(settings) << settings.error().message;
  EXPECT_EQ(settings->host, "mx.example.org") << "what EHLO says, where nothing else is said";
  std::vector<std::string> listen;
  for (const auto& at : settings->listen) listen.push_back(at.address.text() + " " + std::to_string(at.port));
  EXPECT_EQ(listen, (std::vector<std::string>{"192.0.2.10 25", "192.0.2.11 2525", "2001:db8::1 26", "2001:db8::2 25"}));
  ASSERT_EQ(settings->certificates.size(), 2U);
  EXPECT_EQ(settings->certificates[0].certificate, (folder.path() / "a.pem").string());
  EXPECT_EQ(settings->certificates[1].key, (folder.path() / "b.key").string());
  EXPECT_EQ(settings->connections, 10U);
  EXPECT_EQ(settings->per_client, 2U);
  EXPECT_EQ(settings->max_size, 100'000U);
  EXPECT_EQ(settings->in_flight, 5'000'000U);
  EXPECT_EQ(settings->keep.age, std::chrono::days(7));
  EXPECT_EQ(settings->keep.size, 100'000'000U);
  EXPECT_EQ(settings->judge_for, std::chrono::hours(2));
  EXPECT_EQ(settings->reports.size(), 2U);
  EXPECT_EQ(settings->reflectors.at(0).text(), "reflector@example.org");
}

TEST_F(ConfigReceiver, NeedsNothing) {
  const auto settings = load("helo: mx.example.org\n");
  ASSERT_TRUE(settings) << settings.error().message;
  EXPECT_TRUE(settings->listen.empty());
  EXPECT_EQ(settings->keep.age, std::chrono::days(30));
  EXPECT_EQ(settings->keep.size, 1024U * 1024 * 1024);
  EXPECT_EQ(settings->judge_for, std::chrono::days(1));
}

TEST_F(ConfigReceiver, SaysWhatIsWrong) {
  EXPECT_THAT(problem("listen: mx.example.org:25"),
              HasSubstr("c.yaml:1: \"mx.example.org:25\" is no address and port"));
  EXPECT_THAT(problem("listen: \"192.0.2.1:0\""), HasSubstr("is no address and port"));
  EXPECT_THAT(problem("listen: \"192.0.2.1:70000\""), HasSubstr("is no address and port"));
  EXPECT_THAT(problem("listen: \"[192.0.2.1]:25\""), HasSubstr("is no address and port"));
  EXPECT_THAT(problem("key: none.key"), HasSubstr("none.key does not exist"));
  EXPECT_THAT(problem("key: a.key"), HasSubstr("\"certificate\""));
  EXPECT_THAT(problem("certificate: a.pem"), HasSubstr("\"key\""));
  EXPECT_THAT(problem("certificate: a.key, key: a.key"), HasSubstr("holds no certificate in PEM"));
  EXPECT_THAT(problem("certificates: [{certificate: b.pem, key: b.key}]"),
              HasSubstr("for clients that ask for no name"));
  EXPECT_THAT(problem("certificate: a.pem, key: a.key, certificates: [{}]"), HasSubstr("receiver.certificates"));
  EXPECT_THAT(problem("certificate: a.pem, key: a.key, certificates: b.pem"), HasSubstr("is to be a list"));
  EXPECT_THAT(problem("reports: nobody"), HasSubstr("\"nobody\""));
  EXPECT_THAT(problem("connections: 0"), HasSubstr("a whole number from 1"));
  EXPECT_THAT(problem("max_size: 10"), HasSubstr("a whole number from 65536"));
  EXPECT_THAT(problem("lisen: 192.0.2.1"), HasSubstr("listen"));
}

TEST_F(ConfigReceiver, NeedsAHostWhereItListens) {
  const auto settings = load("receiver: {listen: 192.0.2.10}\n");
  ASSERT_FALSE(settings);
  EXPECT_THAT(settings.error().message, HasSubstr("\"host\""));
}

TEST_F(ConfigReceiver, RefusesAKeyThatOthersCanRead) {
  std::filesystem::permissions(folder.path() / "a.key", static_cast<std::filesystem::perms>(0644));
  EXPECT_THAT(problem("certificate: a.pem, key: a.key"), HasSubstr("can be read by others (mode 0644): chmod 600"));
}

}  // namespace
}  // namespace mailprobe::app
