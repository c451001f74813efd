#include "app/lab_settings.h"

#include <gtest/gtest.h>

#include "app/config.h"
#include "tests/app/temporary.h"
#include "tests/support/run.h"

namespace mailprobe::app {
namespace {

Task<Result<lab::Access>> access_of_a_lab(std::filesystem::path trap_key) {
  lab::LabOptions options{.many = 0, .questions = {}, .trap_key = std::move(trap_key)};
  auto lab = co_await lab::Lab::start(std::move(options));
  if (!lab) co_return std::unexpected(lab.error());
  co_return (*lab)->access();
}

std::map<std::string, std::string> traps_of(const probe::Settings& settings) {
  std::map<std::string, std::string> all;
  for (const auto& host : settings.receiver.traps)
    all[host.name] = host.address.text() + ":" + std::to_string(host.port);
  return all;
}

class LabSettings : public ::testing::Test {
 protected:
  LabSettings()
      : access(test::run(access_of_a_lab(folder.path() / "trap-key.pem")).value()),
        environment(test::environment(folder.path())) {}

  test::Folder folder;
  lab::Access access;
  Environment environment;
};

TEST_F(LabSettings, AreAllThatARunNeeds) {
  const auto settings = lab_settings(access, environment);
  ASSERT_TRUE(settings) << settings.error().message;
  EXPECT_EQ(settings->identities.at("default").dkim.size(), 2U);
  EXPECT_EQ(settings->mailboxes.size(), 1U);
  EXPECT_EQ(settings->ports.at(25), access.smtp_port);
  EXPECT_EQ(settings->resolver.stubs.size(), access.zones.size());
  EXPECT_FALSE(settings->resolver.trust_anchors.empty());
  EXPECT_FALSE(settings->ca_pem.empty());
  EXPECT_EQ(settings->runs, (folder.path() / "home/.local/share/mailprobe/lab/runs").string());
}

TEST_F(LabSettings, AsFilesAreTheSame) {
  const auto config = write_lab_files(folder.path(), access, environment);
  ASSERT_TRUE(config) << config.error().message;
  for (const auto& entry : std::filesystem::directory_iterator(folder.path()))
    EXPECT_EQ(entry.status().permissions(), static_cast<std::filesystem::perms>(0600)) << entry.path();
  const auto read = load_config({*config, true, false}, {}, environment);
  ASSERT_TRUE(read) << read.error().message;
  const auto made = lab_settings(access, environment);
  EXPECT_EQ(read->helo, made->helo);
  EXPECT_EQ(read->contact, made->contact);
  EXPECT_EQ(read->source_ips, made->source_ips);
  EXPECT_EQ(read->ports, made->ports);
  EXPECT_EQ(read->runs, made->runs);
  EXPECT_EQ(read->limits.wait, made->limits.wait);
  EXPECT_EQ(read->limits.trap_wait, made->limits.trap_wait);
  EXPECT_EQ(read->receiver.trap_domain, made->receiver.trap_domain);
  EXPECT_EQ(traps_of(*read), traps_of(*made));
  EXPECT_EQ(traps_of(*read).size(), access.traps.size());
  EXPECT_GE(access.traps.size(), 12U) << "all, but ipv6-only where there is no IPv6";
  ASSERT_TRUE(read->receiver.policy_host && made->receiver.policy_host);
  EXPECT_EQ(read->receiver.policy_host->address, made->receiver.policy_host->address);
  EXPECT_EQ(read->receiver.policy_host->port, made->receiver.policy_host->port);
  EXPECT_EQ(read->resolver.stubs, made->resolver.stubs);
  EXPECT_EQ(read->mailboxes.at("lab").url.text(), made->mailboxes.at("lab").url.text());
  EXPECT_EQ(read->submission.at("relay").url.text(), made->submission.at("relay").url.text());
  EXPECT_EQ(read->identities.at("default").dkim[0].key.dns_record(),
            made->identities.at("default").dkim[0].key.dns_record());
  EXPECT_EQ(read->identities.at("default").dkim[0].canonicalizations,
            made->identities.at("default").dkim[0].canonicalizations);
}

}  // namespace
}  // namespace mailprobe::app
