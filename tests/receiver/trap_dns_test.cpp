// The traps' DNS as our own responder serves it, by a resolver that validates: the parent is signed, the zone that is
// to be bogus is.
#include <gtest/gtest.h>

#include <fstream>

#include <boost/asio/this_coro.hpp>

#include "dns/records.h"
#include "dns/unbound_resolver.h"
#include "receiver/trap_zone.h"
#include "receiver/witness.h"
#include "tests/support/run.h"
#include "tests/support/temporary_folder.h"

namespace mailprobe::receiver {
namespace {

const IpAddress host = IpAddress::v4({127, 53, 0, 10});

class TrapDns : public testing::Test {
 public:
  TrapDns() {
    settings.host = "ns.probe.test";
    settings.trap_domain = "probe.test";
    for (const auto* name : {"good", "dane-right", "bogus"})
      settings.traps.push_back({name, IpAddress::v4({192, 0, 2, 11}), 25});
    settings.dns.listen = {{host, 0}};
  }

  [[nodiscard]] TrapZone zone() const { return trap_zone_of(settings, folder).value(); }
  /// The domain's zone, with the records of the traps in it.
  void write_zone() {
    const auto file = folder_.path() / "probe.zone";
    std::ofstream(file) << "@ 300 IN SOA ns h 1 2 3 4 5\n@ IN NS ns\nns IN A 127.53.0.10\n" << trap_records(zone());
    settings.dns.zones["probe.test"] = file.string();
  }

  test::TemporaryFolder folder_;
  const Folder folder{folder_.path() / "receiver"};
  Settings settings;
};

struct Asked {
  std::vector<dns::Answer> answers;
  std::vector<std::string> anchors;
};

Task<Asked> ask(TrapDns& test, std::vector<std::string> names) {
  auto dns = test.settings.dns;
  if (auto done = serve_bogus_zone(test.zone(), dns); !done) throw std::runtime_error(done.error().message);
  std::vector<Witnessed> nobody;
  auto witness = co_await Witness::open(std::move(dns), test.settings.host, test.folder, std::move(nobody),
                                        [](const Error& error) { ADD_FAILURE() << error.message; });
  if (!witness) throw std::runtime_error(witness.error().message);
  Asked asked{.answers = {}, .anchors = (*witness)->anchors()};
  dns::ResolverOptions options;
  options.stubs["probe.test"] = host.text() + "@" + std::to_string((*witness)->port(0));
  options.stubs["trap-bogus.probe.test"] = options.stubs["probe.test"];  // the port is not in the delegation
  options.trust_anchors = asked.anchors;
  const auto resolver = dns::unbound_resolver(co_await boost::asio::this_coro::executor, options);
  if (!resolver) throw std::runtime_error(resolver.error().message);
  for (const auto& name : names) {
    auto answer = co_await (*resolver)->query(name, dns::Type::a);
    asked.answers.push_back(std::move(answer));
  }
  co_return asked;
}

TEST_F(TrapDns, IsServedByUsBogusOneIncluded) {
  write_zone();
  const auto asked = test::run(ask(*this, {"trap-good.probe.test", "trap-bogus.probe.test"}));
  EXPECT_EQ(word(asked.answers.at(0).dnssec), "secure") << asked.answers[0].why;
  EXPECT_EQ(dns::addresses(asked.answers[0]).size(), 1U);
  EXPECT_EQ(word(asked.answers.at(1).dnssec), "bogus") << asked.answers[1].why;
  ASSERT_EQ(asked.anchors.size(), 1U) << "no DS to publish for the zone that is not signed";
  EXPECT_TRUE(asked.anchors.front().starts_with("probe.test.")) << asked.anchors.front();
}

TEST_F(TrapDns, TheNameServerIsTheConfiguredOne) {
  EXPECT_EQ(zone().name_server, "ns.probe.test");
  settings.dns.host = "ns2.elsewhere.test";
  EXPECT_EQ(zone().name_server, "ns2.elsewhere.test");
}

TEST_F(TrapDns, WhatWouldBeSignedIsRefused) {
  settings.dns.zones["trap-bogus.probe.test"] = "bogus.zone";
  const auto served = serve_bogus_zone(zone(), settings.dns);
  ASSERT_FALSE(served);
  EXPECT_EQ(served.error().kind, Failure::usage);
}

TEST_F(TrapDns, WithoutThatTrapNothingIsServed) {
  settings.traps.pop_back();
  ASSERT_TRUE(serve_bogus_zone(zone(), settings.dns));
  EXPECT_TRUE(settings.dns.unsigned_zones.empty());
}

}  // namespace
}  // namespace mailprobe::receiver
