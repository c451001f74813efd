// Whether our traps are in place, before anybody is charged with what comes to them.
#include "probe/own_traps.h"

#include <gtest/gtest.h>

#include "base/encoding.h"
#include "receiver/folder.h"
#include "receiver/trap_zone.h"
#include "tests/support/fake_resolver.h"
#include "tests/support/run.h"
#include "tests/support/temporary_folder.h"

namespace mailprobe::probe {
namespace {

class OwnTraps : public testing::Test {
 protected:
  OwnTraps() {
    settings.runs = (folder.path() / "runs").string();
    settings.receiver.trap_domain = "probe.test";
    settings.receiver.policy_host = receiver::ListenAt{*IpAddress::parse("192.0.2.20"), 443};
    for (const auto* name : {"good", "dane-right", "dane-wrong", "sts-wrong", "bogus"}) {
      settings.receiver.traps.push_back({name, *IpAddress::parse("192.0.2.11"), 25});
      dns.a("trap-" + std::string(name) + ".probe.test", "192.0.2.11");
    }
    const auto zone = receiver::trap_zone_of(settings.receiver, receiver::Folder::beside(settings.runs));
    digest = zone.value().spki_sha256;
    tlsa("dane-right", digest);
    tlsa("dane-wrong", std::string(64, 'a'));
    dns.txt("_mta-sts.trap-sts-wrong.probe.test", "v=STSv1; id=1;");
    dns.bogus("trap-bogus.probe.test");
  }
  void tlsa(const std::string& trap, const std::string& of, bool secure = true) {
    const auto name = "_25._tcp.trap-" + trap + ".probe.test";
    dns.add(name, dns::Type::tlsa, std::string("\x03\x01\x01") + from_hex(of).value());
    if (secure) dns.secure(name);
  }
  /// What is wrong with that trap; "" is nothing.
  std::string problem(const std::string& trap) {
    for (const auto& record : test::run(check_traps(settings, dns)))
      if (trap_of(record) == trap) return record.holds ? "" : record.problem.value_or("?");
    return "no such record";
  }

  test::TemporaryFolder folder;
  Settings settings;
  test::FakeResolver dns;
  std::string digest;
};

TEST_F(OwnTraps, AreInPlace) {
  for (const auto& host : settings.receiver.traps) EXPECT_EQ(problem(host.name), "") << host.name;
}

TEST_F(OwnTraps, NeedTheirAddress) {
  settings.receiver.traps.push_back({"greylist", *IpAddress::parse("192.0.2.12"), 25});
  EXPECT_EQ(problem("greylist"), "is not published");
}

TEST_F(OwnTraps, OfDaneNeedASignedRecordOfTheKeyTheyAreFor) {
  settings.receiver.traps[1].port = 26;
  EXPECT_EQ(problem("dane-right"), "is not published");
  dns.add("_26._tcp.trap-dane-right.probe.test", dns::Type::tlsa,
          std::string("\x03\x01\x01") + from_hex(digest).value());
  EXPECT_EQ(problem("dane-right"), "is not signed, so that nobody has to heed it");
  settings.receiver.traps[2].port = 27;
  dns.add("_27._tcp.trap-dane-wrong.probe.test", dns::Type::tlsa,
          std::string("\x03\x01\x01") + from_hex(digest).value());
  dns.secure("_27._tcp.trap-dane-wrong.probe.test");
  EXPECT_EQ(problem("dane-wrong"), "is of the trap's own key");
}

TEST_F(OwnTraps, OfMtaStsNeedThatThePolicyIsServed) {
  settings.receiver.policy_host.reset();
  EXPECT_EQ(problem("sts-wrong"), "is published, and no policy is served: set receiver.policy_host");
}

TEST_F(OwnTraps, ThatIsToBeBogusMustNotValidate) {
  settings.receiver.trap_domain = "other.test";
  EXPECT_EQ(problem("bogus"), "is not published");
  dns.a("trap-bogus.other.test", "192.0.2.11");
  EXPECT_EQ(problem("bogus"), "validates, or is not signed: who takes mail there has done nothing wrong");
  dns.fail("trap-bogus.other.test");
  EXPECT_NE(problem("bogus").find("could not be looked up"), std::string::npos);
}

}  // namespace
}  // namespace mailprobe::probe
