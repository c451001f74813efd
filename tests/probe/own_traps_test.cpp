// Whether our traps are in place, before anybody is charged with what comes to them.
#include "probe/own_traps.h"

#include <gtest/gtest.h>

#include "base/encoding.h"
#include "evidence/traps.h"
#include "receiver/folder.h"
#include "receiver/trap_zone.h"
#include "tests/probe/fixture.h"
#include "tests/support/run.h"

namespace mailprobe::probe {
namespace {

constexpr auto policy_host = "192.0.2.20";

/// What our receiver says at a trap's address.
std::string door(const std::string& host) {
  return "< 220 " + host + " ESMTP mailprobe receiver\n> QUIT\n< 221 2.0.0 bye\n";
}
std::string host_of(const std::string& trap) { return "trap-" + trap + ".probe.test"; }

/// What the policy host says; `tls` is the dialogue's word for how the handshake ends.
std::string served(std::string body, std::string_view tls = "tls") {
  std::string spelt;
  for (const char c : body) spelt += c == '\n' ? "\\n" : c == '\r' ? "\\r" : std::string(1, c);
  return std::string(tls) +
         "\n> GET /.well-known/mta-sts.txt?own-look HTTP/1.1\n> Host: mta-sts.trap-sts-wrong.probe.test\n> User-Agent: "
         "mailprobe\n"
         "> Accept: text/plain\n> Connection: close\n> \n< HTTP/1.1 200 OK\n< Content-Type: text/plain\n"
         "< Content-Length: " +
         std::to_string(body.size()) + "\n< \n<= " + spelt + "\n";
}

class OwnTraps : public testing::Test {
 protected:
  OwnTraps() {
    held.emplace(receiver::hold(receiver::Folder::beside(settings.runs)).value());
    settings.receiver.trap_domain = "probe.test";
    settings.receiver.policy_host = receiver::ListenAt{test::ip(policy_host), 443};
    network.plays(policy_host, served(receiver::trap_policy("probe.test")));
    for (const auto* name : {"good", "dane-right", "dane-wrong", "sts-wrong", "bogus"}) {
      const auto address = "192.0.2.1" + std::to_string(settings.receiver.traps.size() + 1);
      settings.receiver.traps.push_back({name, test::ip(address), 25});
      dns.a(host_of(name), address);
      network.plays(address, door(host_of(name)));
    }
    const auto zone = receiver::trap_zone_of(settings.receiver, receiver::Folder::beside(settings.runs));
    digest = zone.value().spki_sha256;
    tlsa("dane-right", digest);
    tlsa("dane-wrong", std::string(64, 'a'));
    dns.txt("_mta-sts.trap-sts-wrong.probe.test", "v=STSv1; id=1;");
    dns.a("mta-sts.trap-sts-wrong.probe.test", policy_host);
    dns.bogus("trap-bogus.probe.test");
  }
  void tlsa(const std::string& trap, const std::string& of, bool secure = true) {
    const auto name = "_25._tcp.trap-" + trap + ".probe.test";
    dns.add(name, dns::Type::tlsa, std::string("\x03\x01\x01") + from_hex(of).value());
    if (secure) dns.secure(name);
  }
  /// What is wrong with that trap; "" is nothing.
  std::string problem(const std::string& trap) {
    for (const auto& record : records())
      if (trap_of(record) == trap) return record.holds ? "" : record.problem.value_or("?");
    return "no such record";
  }
  std::vector<evidence::OwnRecord> records() {
    TrapMeans means{.settings = settings, .resolver = dns, .network = network.network(), .context = nullptr};
    return test::run(check_traps(std::move(means)));
  }
  [[nodiscard]] bool has_called(std::string_view place) const {
    return std::ranges::any_of(network.connected, [&](const auto& one) { return one.starts_with(place); });
  }
  /// Another host that serves a policy, or does not: where the name leads, whatever is configured.
  test::FakeNetwork& other_policy_host() {
    dns = {};
    dns.a(host_of("sts-wrong"), "192.0.2.14");
    dns.txt("_mta-sts." + host_of("sts-wrong"), "v=STSv1; id=1;");
    dns.a("mta-sts." + host_of("sts-wrong"), "192.0.2.21");
    return network;
  }

  test::TemporaryFolder folder;
  Settings settings = test::settings(folder.path());
  test::FakeResolver dns;
  test::FakeNetwork network;
  std::optional<File> held;
  std::string digest;
};

TEST_F(OwnTraps, AreInPlace) {
  for (const auto& host : settings.receiver.traps) EXPECT_EQ(problem(host.name), "") << host.name;
}

TEST_F(OwnTraps, NeedTheirAddress) {
  settings.receiver.traps.push_back({"greylist", *IpAddress::parse("192.0.2.16"), 25});
  EXPECT_EQ(problem("greylist"), "is not published");
}

TEST_F(OwnTraps, NeedThatOurReceiverAnswersWhereTheirNameLeads) {
  dns.a(host_of("dane-wrong"), "192.0.2.99");
  network.refuses("192.0.2.99");
  EXPECT_TRUE(problem("dane-wrong").starts_with("leads to 192.0.2.99, where our receiver does not answer: "))
      << problem("dane-wrong");
  EXPECT_TRUE(has_called("192.0.2.99:25"));
  network.plays("192.0.2.98", "< 220 mx.elsewhere.test ESMTP\n> QUIT\n< 221 bye\n");
  dns.a(host_of("good"), "192.0.2.98");
  EXPECT_EQ(problem("good"), "leads to 192.0.2.98, where another host answers: 220 mx.elsewhere.test ESMTP");
}

/// With a NAT the name leads to another address than that which we listen at.
TEST_F(OwnTraps, MayBeBehindANat) {
  dns = {};
  dns.a(host_of("good"), "203.0.113.1");
  network.plays("203.0.113.1", door(host_of("good")));
  EXPECT_EQ(problem("good"), "");
}

TEST_F(OwnTraps, AllAddressesOfThemHaveToBeOurs) {
  dns.a(host_of("good"), "2001:db8::99");
  network.times_out("2001:db8::99");
  EXPECT_TRUE(problem("good").starts_with("leads to 2001:db8::99, where our receiver does not answer: "))
      << problem("good");
  settings.receiver.traps.push_back({"ipv6-only", test::ip("2001:db8::16"), 25});
  dns.a(host_of("ipv6-only"), "2001:db8::16");
  network.plays("2001:db8::16", door(host_of("ipv6-only")));
  EXPECT_EQ(problem("ipv6-only"), "");
  dns.a(host_of("ipv6-only"), "192.0.2.16");
  EXPECT_EQ(problem("ipv6-only"), "has an IPv4 address too");
}

/// `reflect` has not been started anew since the trap was written into the configuration.
TEST_F(OwnTraps, ThatTheReceiverDoesNotKnowYetAreNotInPlace) {
  settings.receiver.traps.push_back({"greylist", test::ip("192.0.2.16"), 25});
  dns.a(host_of("greylist"), "192.0.2.16");
  network.refuses("192.0.2.16");
  EXPECT_TRUE(problem("greylist").starts_with("leads to 192.0.2.16, where our receiver does not answer: "));
  network = {};
  EXPECT_TRUE(problem("bogus").starts_with("leads to 192.0.2.15, where our receiver does not answer: "))
      << "nothing would come there either";
}

TEST_F(OwnTraps, ReceiveTheirMailThemselves) {
  dns.mx(host_of("good"), 10, host_of("good"));
  EXPECT_EQ(problem("good"), "");
  dns.mx(host_of("good"), 5, "mx.elsewhere.test");
  EXPECT_EQ(problem("good"), "has an MX record that leads to mx.elsewhere.test, and not to itself");
}

TEST_F(OwnTraps, OfDaneNeedASignedRecordOfTheKeyTheyAreFor) {
  dns = {};
  dns.a(host_of("dane-right"), "192.0.2.12");
  dns.a(host_of("dane-wrong"), "192.0.2.13");
  EXPECT_EQ(problem("dane-right"), "is not published");
  tlsa("dane-right", digest, false);
  EXPECT_EQ(problem("dane-right"), "is not signed, so that nobody has to heed it");
  tlsa("dane-wrong", digest);
  EXPECT_EQ(problem("dane-wrong"), "is of the trap's own key");
}

/// Senders ask for that of port 25, wherever we listen.
TEST_F(OwnTraps, OfDaneNeedTheRecordOfPort25) {
  settings.receiver.traps[1].port = 2525;
  EXPECT_EQ(problem("dane-right"), "");
  EXPECT_TRUE(has_called("192.0.2.12:2525"));
}

TEST_F(OwnTraps, OfMtaStsNeedThatThePolicyIsServed) {
  other_policy_host().refuses("192.0.2.21");
  EXPECT_TRUE(problem("sts-wrong").starts_with("serves no policy that counts at 192.0.2.21: it is not served: "))
      << problem("sts-wrong");
  settings.receiver.policy_host.reset();
  EXPECT_EQ(problem("sts-wrong"), "serves no policy: set receiver.policy_host");
}

TEST_F(OwnTraps, OfMtaStsNeedACertificateOfThePolicyHost) {
  other_policy_host().plays("192.0.2.21", "tls wrong-name\n");
  EXPECT_TRUE(problem("sts-wrong").starts_with("serves no policy that counts at 192.0.2.21: it cannot be fetched: "))
      << problem("sts-wrong");
}

TEST_F(OwnTraps, OfMtaStsNeedAPolicyForThem) {
  const std::string rest = "mx: trap-sts-wrong.probe.test\r\nmax_age: 86400\r\n";
  other_policy_host()
      .plays("192.0.2.21", served("nonsense"))
      .plays("192.0.2.21", served("version: STSv1\r\nmode: testing\r\n" + rest))
      .plays("192.0.2.21", served(receiver::trap_policy("elsewhere.test")));
  EXPECT_NE(problem("sts-wrong").find("it is no policy"), std::string::npos);
  EXPECT_NE(problem("sts-wrong").find("it is not of mode enforce"), std::string::npos);
  EXPECT_NE(problem("sts-wrong").find("it does not list trap-sts-wrong.probe.test"), std::string::npos);
}

TEST_F(OwnTraps, OfMtaStsNeedAnAddressOfThePolicyHost) {
  dns = {};
  dns.a(host_of("sts-wrong"), "192.0.2.14");
  dns.txt("_mta-sts." + host_of("sts-wrong"), "v=STSv1; id=1;");
  EXPECT_EQ(problem("sts-wrong"), "is not published");
}

TEST_F(OwnTraps, AreNoFaultWhereNobodyReceivesYet) {
  held.reset();
  EXPECT_EQ(problem("good"), "") << "a run receives while it waits";
  const auto all = records();
  const auto sts = std::ranges::find(all, std::string("sts-wrong"), trap_of);
  ASSERT_NE(sts, all.end());
  EXPECT_EQ(sts->problem, "serves its policy while somebody receives, and nobody does now");
  EXPECT_EQ(sts->cause, Cause::own_limit);
  EXPECT_TRUE(network.connected.empty());
  dns.a("mta-sts." + host_of("sts-wrong"), "192.0.2.21");
  EXPECT_EQ(problem("sts-wrong"), "leads to 192.0.2.21, and in the configuration it is 192.0.2.20");
  dns.a(host_of("good"), "192.0.2.99");
  EXPECT_EQ(problem("good"), "leads to 192.0.2.99, and in the configuration it is 192.0.2.11");
  dns = {};
  EXPECT_EQ(problem("sts-wrong"), "is not published") << "what is missing first is said first";
}

TEST_F(OwnTraps, ThatAreNotConfiguredAreNamed) {
  EXPECT_EQ(problem("greylist"), "is not configured: receiver.traps names no address for it");
  EXPECT_EQ(records().size(), evidence::trap_cases.size());
  const auto all = left_out(records());
  ASSERT_EQ(all.size(), evidence::trap_cases.size() - 5);
  EXPECT_EQ(all.front().name, "no-starttls");
  EXPECT_EQ(all.front().reason,
            "trap-no-starttls.probe.test is not configured: receiver.traps names no address for it");
  settings.receiver.traps.clear();
  EXPECT_TRUE(records().empty());
}

TEST_F(OwnTraps, ThatIsToBeBogusMustNotValidate) {
  dns = {};
  EXPECT_EQ(problem("bogus"), "is not published");
  dns.a(host_of("bogus"), "192.0.2.15");
  EXPECT_EQ(problem("bogus"), "validates, or is not signed: who takes mail there has done nothing wrong");
  dns.fail(host_of("bogus"));
  EXPECT_NE(problem("bogus").find("could not be looked up"), std::string::npos);
}

}  // namespace
}  // namespace mailprobe::probe
