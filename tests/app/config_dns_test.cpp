// receiver.dns: who serves our DNS, or whose log is read.
#include <gmock/gmock.h>

#include "app/config.h"
#include "app/own_zone.h"
#include "auth/crypto.h"
#include "tests/app/temporary.h"

namespace mailprobe::app {
namespace {

class ConfigDns : public testing::Test {
 protected:
  Result<probe::Settings> load(const std::string& dns) {
    const auto text =
        "identities: {default: {domain: probe.example.org, dkim: [{selector: e1, key: e1.pem}]}}\n"
        "helo: mx.probe.example.org\nreceiver: {dns: " +
        dns + "}\n";
    folder.write("e1.pem", auth::PrivateKey::generate(auth::KeyType::ed25519).value().reveal());
    const ConfigFile file{folder.write("c.yaml", text), true, false};
    const Needs needs{.keys = false, .secrets = false, .session = false};
    return load_config(file, needs, test::environment(folder.path()));
  }
  std::string problem(const std::string& dns) {
    const auto settings = load(dns);
    return settings ? "none" : settings.error().message;
  }
  test::Folder folder;
};

TEST_F(ConfigDns, IsServedWhereItSays) {
  folder.write("probe.zone", "@ IN SOA ns h 1 2 3 4 5\n");
  const auto settings =
      load("{listen: [127.0.0.1, \"[::1]:5353\"], host: ns.probe.example.org, zones: {probe.example.org: probe.zone}}");
  ASSERT_TRUE(settings) << settings.error().message;
  const auto& dns = settings->receiver.dns;
  ASSERT_EQ(dns.listen.size(), 2U);
  EXPECT_EQ(dns.listen[0].port, 53);
  EXPECT_EQ(dns.listen[1].port, 5353);
  EXPECT_EQ(dns.host, "ns.probe.example.org");
  EXPECT_EQ(dns.zones.at("probe.example.org"), (folder.path() / "probe.zone").string());
  EXPECT_TRUE(dns.wanted());
}

TEST_F(ConfigDns, OrAnotherServersLogIsRead) {
  const auto settings = load("{log: knot.tap}");
  ASSERT_TRUE(settings) << settings.error().message;
  EXPECT_EQ(settings->receiver.dns.log, (folder.path() / "knot.tap").string());
  EXPECT_FALSE(load("{}")->receiver.dns.wanted());
}

TEST_F(ConfigDns, SaysWhatIsWrong) {
  EXPECT_THAT(problem("{listen: ns.example.org}"), testing::HasSubstr("192.0.2.10:53"));
  EXPECT_THAT(problem("{listen: 127.0.0.1, log: a}"), testing::HasSubstr("both"));
  EXPECT_THAT(problem("{listen: 127.0.0.1, host: \"-\"}"), testing::HasSubstr("is no host name"));
  EXPECT_THAT(problem("{listen: 127.0.0.1, zones: {probe.example.org: none.zone}}"), testing::HasSubstr("none.zone"));
  EXPECT_THAT(problem("{listen: 127.0.0.1, zone: a}"), testing::HasSubstr("zones"));
}

TEST(OwnZone, TellsWhatMakesOurDnsAWitness) {
  const auto text =
      witness_text({.domain = "probe.example.org", .helo = "mx.probe.example.org", .ips = {}, .dkim_records = {}});
  const auto delegation = text.find("w.probe.example.org."), policy = text.find("v=spf1");
  EXPECT_THAT(text, testing::HasSubstr("IN NS   mx.probe.example.org."));
  EXPECT_THAT(text, testing::HasSubstr("\"v=spf1 exists:%{i}.%{v}._spf.%{l1+}.w.probe.example.org mx -all\""));
  EXPECT_LT(delegation, policy);
}

}  // namespace
}  // namespace mailprobe::app
