// What the lab's DNS says, asked by the validating resolver over loopback.
#include "lab/zones.h"

#include <boost/asio/this_coro.hpp>

#include "dns/records.h"
#include "dns/unbound_resolver.h"
#include "tests/lab/running_lab.h"

namespace mailprobe::lab {
namespace {

using dns::Dnssec;
using dns::Status;
using dns::Type;

Result<std::unique_ptr<dns::Resolver>> resolver_for(const Access& access, boost::asio::any_io_executor executor) {
  dns::ResolverOptions options;
  for (const auto& zone : access.zones)
    options.stubs[zone] = access.dns_address + "@" + std::to_string(access.dns_port);
  options.trust_anchors = access.trust_anchors;
  options.timeout_seconds = 5;
  return dns::unbound_resolver(std::move(executor), options);
}

struct Row {
  std::string name;
  Type type;
  Status status = Status::ok;
  std::size_t records = 1;
};

std::vector<Row> rows() {
  std::vector<Row> all{
      {"probe.test", Type::mx},
      {"probe.test", Type::txt},
      {"_dmarc.probe.test", Type::txt},
      {"r1._domainkey.probe.test", Type::txt},
      {"e1._domainkey.probe.test", Type::txt},
      {"none._domainkey.probe.test", Type::txt, Status::nxdomain, 0},
      {"mx.probe.test", Type::a},
      {"mx.probe.test", Type::aaaa, Status::nodata, 0},
      {"2.0.53.127.in-addr.arpa", Type::ptr},
      {"imap.lab.test", Type::a},
      {"relay.lab.test", Type::a},
      {"bad-cert.test", Type::mx, Status::ok, 3},
      {"old-tls.test", Type::mx, Status::ok, 2},
      {"_25._tcp.mx.target.test", Type::tlsa},
      {"_mta-sts.target.test", Type::txt},
      {"_25._tcp.mx.footer.test", Type::tlsa, Status::nxdomain, 0},
  };
  for (const auto& host : hosts()) {
    if (host.zone != Signing::good || host.ipv6 || host.dead_beside || host.domain == "bogus-mx.test") continue;
    all.push_back({host.name, Type::a});
    all.push_back({host.domain, Type::mx, Status::ok, hosts_of(host.domain).size()});
    all.push_back({"_dmarc." + host.domain, Type::txt});
    all.push_back({address_of(host).reverse_name(), Type::ptr});
  }
  return all;
}

Task<void> everything_validates(const Access& access) {
  auto resolver = need(resolver_for(access, co_await boost::asio::this_coro::executor));
  for (const auto& row : rows()) {
    const auto answer = co_await resolver->query(row.name, row.type);
    EXPECT_EQ(answer.status, row.status) << row.name << ": " << answer.why;
    EXPECT_EQ(answer.dnssec, Dnssec::secure) << row.name << ": " << answer.why;
    EXPECT_EQ(answer.rdata.size(), row.records) << row.name;
  }
}
TEST(LabZones, AreSignedAndValidate) { with_lab(everything_validates); }

Task<void> others(const Access& access) {
  auto resolver = need(resolver_for(access, co_await boost::asio::this_coro::executor));
  const auto plain = co_await resolver->query("no-dnssec.test", Type::mx);
  EXPECT_EQ(plain.dnssec, Dnssec::insecure) << plain.why;
  const auto bogus = co_await resolver->query("bogus.test", Type::mx);
  EXPECT_EQ(bogus.status, Status::servfail);
  EXPECT_EQ(bogus.dnssec, Dnssec::bogus) << bogus.why;
  const auto alias = co_await resolver->query("bogus-mx.test", Type::mx);
  EXPECT_EQ(alias.dnssec, Dnssec::secure) << alias.why;
  const auto v6 = co_await resolver->query("mx.ipv6-only.test", Type::aaaa);
  EXPECT_EQ(v6.rdata.size(), 1U);
  const auto two = co_await resolver->query("mx.half-dead.test", Type::a);
  EXPECT_EQ(two.rdata.size(), 2U);
}
TEST(LabZones, ArePlainOrBogusWhereTheyShouldBe) { with_lab(others); }

Task<void> other_names(const Access& access) {
  auto resolver = need(resolver_for(access, co_await boost::asio::this_coro::executor));
  const auto answer = co_await resolver->query("nowhere.test", Type::mx);
  EXPECT_EQ(answer.status, Status::nxdomain) << answer.why;
  EXPECT_EQ(answer.dnssec, Dnssec::insecure);
}
TEST(LabZones, KnowNoOtherDomain) { with_lab(other_names); }

}  // namespace
}  // namespace mailprobe::lab
