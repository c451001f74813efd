// Our own records: what holds, what does not, and what could not be looked up, which is neither.
#include <gtest/gtest.h>

#include "probe/own_records.h"
#include "probe/port25.h"
#include "probe/standing.h"
#include "probe/version.h"
#include "tests/probe/fixture.h"
#include "tests/support/conformance.h"
#include "tests/support/run.h"

namespace mailprobe::probe {
namespace {

using test::FakeResolver;
using test::identity;
using test::ip;

class Keys : public testing::Test {
 protected:
  Keys() { test::publish(resolver_, identity()); }
  Result<std::vector<evidence::OwnRecord>> check() { return test::run(check_keys(identity(), resolver_)); }
  FakeResolver resolver_;
};

TEST_F(Keys, ThatArePublishedHold) {
  const auto records = check();
  ASSERT_TRUE(records) << records.error().message;
  ASSERT_EQ(records->size(), 2U);
  EXPECT_EQ(records->at(0).what, "dkim r1");
  EXPECT_EQ(records->at(0).name, "r1._domainkey.probe.test");
  EXPECT_TRUE(records->at(0).holds);
  EXPECT_TRUE(records->at(1).holds);
}

TEST_F(Keys, ThatAreMissingAreAUsageErrorThatSaysWhatToPublish) {
  FakeResolver empty;
  const auto records = test::run(check_keys(identity(), empty));
  ASSERT_FALSE(records);
  EXPECT_EQ(records.error().kind, Failure::usage);
  for (const auto& words : {std::string("r1._domainkey.probe.test. IN TXT \"v=DKIM1; k=rsa; p="),
                            "e1._domainkey.probe.test. IN TXT \"" + identity().dkim[1].key.dns_record() + "\""})
    EXPECT_NE(records.error().message.find(words), std::string::npos) << records.error().message;
}

TEST_F(Keys, ThatDifferAreAUsageError) {
  FakeResolver other;
  other.txt("r1._domainkey.probe.test", identity().dkim[1].key.dns_record());
  other.txt("e1._domainkey.probe.test", "v=DKIM1; p=");
  const auto records = test::run(check_keys(identity(), other));
  ASSERT_FALSE(records);
  EXPECT_NE(records.error().message.find("another key"), std::string::npos) << records.error().message;
}

TEST_F(Keys, ThatCannotBeLookedUpAreNotedAndTheRunGoesOn) {
  resolver_.fail("r1._domainkey.probe.test");
  resolver_.bogus("e1._domainkey.probe.test");
  const auto records = check();
  ASSERT_TRUE(records);
  EXPECT_FALSE(records->at(0).holds);
  EXPECT_EQ(records->at(0).cause, Cause::dns_failure);
  EXPECT_EQ(records->at(1).cause, Cause::bogus);
}

// --- doctor ---------------------------------------------------------------------------------------------------------

Settings settings() {
  auto settings = test::settings("/nowhere");
  settings.source_ips = {ip("192.0.2.1")};
  return settings;
}

void publish_all(FakeResolver& resolver) {
  test::publish(resolver, identity());
  resolver.mx("probe.test", 10, "mx.probe.test");
  resolver.a("mx.probe.test", "192.0.2.1");
  resolver.txt("mx.probe.test", "v=spf1 a -all");
  resolver.txt("_smtp._tls.probe.test", "v=TLSRPTv1; rua=mailto:tlsrpt@probe.test");
  resolver.ptr(ip("192.0.2.1").reverse_name(), "mx.probe.test");
}

std::vector<std::string> not_holding(const evidence::Self& self) {
  std::vector<std::string> names;
  for (const auto& record : self.records)
    if (!record.holds) names.push_back(record.what + ": " + record.problem.value_or("?"));
  return names;
}

using Lines = std::vector<std::string>;

TEST(ExamineSelf, EverythingHolds) {
  FakeResolver resolver;
  publish_all(resolver);
  const auto self = test::run(examine_self(settings(), identity(), resolver));
  EXPECT_EQ(not_holding(self), (Lines{"certificate: is not wanted: nothing is received"}));
  EXPECT_EQ(self.records.size(), 11U);
  EXPECT_EQ(self.address, "192.0.2.1");
  EXPECT_EQ(self.helo, "mx.probe.test");
  EXPECT_EQ(self.ptr, "mx.probe.test");
  EXPECT_EQ(self.port25, std::nullopt);
}

TEST(ExamineSelf, NothingIsPublished) {
  FakeResolver resolver;
  const auto self = test::run(examine_self(settings(), identity(), resolver));
  EXPECT_EQ(not_holding(self),
            (Lines{"dkim r1: is not published", "dkim e1: is not published", "spf: is not published",
                   "helo spf: is not published", "dmarc: is not published", "tlsrpt: is not published",
                   "mx: is not published", "address: does not exist (NXDOMAIN)", "ptr: is not published",
                   "certificate: is not wanted: nothing is received"}));
}

TEST(ExamineSelf, NothingCanBeLookedUp) {
  FakeResolver resolver;
  for (const auto* name : {"r1._domainkey.probe.test", "e1._domainkey.probe.test", "probe.test", "_dmarc.probe.test",
                           "_smtp._tls.probe.test", "mx.probe.test", "1.2.0.192.in-addr.arpa"})
    resolver.fail(name);
  const auto self = test::run(examine_self(settings(), identity(), resolver));
  for (const auto& record : self.records)
    if (record.what != "helo" && record.what != "certificate")
      EXPECT_EQ(record.cause, Cause::dns_failure) << record.what;
}

TEST(ExamineSelf, WithoutSourcesNothingIsSaidToFitThem) {
  FakeResolver resolver;
  publish_all(resolver);
  auto unknown = settings();
  unknown.source_ips.clear();
  unknown.blocklists = {"bl.test"};
  const auto self = test::run(examine_self(unknown, identity(), resolver));
  for (const auto* what : {"spf", "helo spf", "address", "ptr", "blocklist"}) {
    const auto record = std::ranges::find(self.records, what, &evidence::OwnRecord::what);
    ASSERT_NE(record, self.records.end()) << what;
    EXPECT_FALSE(record->holds) << what;
    EXPECT_EQ(record->cause, Cause::own_limit) << what;
    EXPECT_NE(record->problem->find("source_ips"), std::string::npos) << what;
  }
  EXPECT_EQ(self.ptr, std::nullopt);
}

TEST(ExamineSelf, EachSourceIsLookedUpInEachBlockList) {
  FakeResolver resolver;
  publish_all(resolver);
  resolver.a("2.0.0.127.bl.test", "127.0.0.2");
  resolver.a("1.2.0.192.bl.test", "127.0.0.3");
  auto two = settings();
  two.source_ips.push_back(ip("192.0.2.2"));
  two.blocklists = {"bl.test", "none.test"};
  const auto self = test::run(examine_self(two, identity(), resolver));
  Lines lists;
  for (const auto& record : self.records)
    if (record.what == "blocklist") lists.push_back(record.name + (record.holds ? " holds" : ""));
  EXPECT_EQ(lists,
            (Lines{"1.2.0.192.bl.test", "1.2.0.192.none.test", "2.2.0.192.bl.test holds", "2.2.0.192.none.test"}));
}

TEST(OwnRecords, SpfHasToPermitEachSource) {
  FakeResolver resolver;
  resolver.txt("probe.test", "v=spf1 ip4:192.0.2.1 -all");
  const auto check = [&](std::vector<IpAddress> sources) {
    return test::run(check_spf_record(identity(), "mx.probe.test", std::move(sources), resolver));
  };
  EXPECT_TRUE(check({ip("192.0.2.1")}).holds);
  const auto unknown = check({});
  EXPECT_FALSE(unknown.holds);
  EXPECT_EQ(unknown.cause, Cause::own_limit);
  const auto other = check({ip("192.0.2.1"), ip("192.0.2.2")});
  EXPECT_FALSE(other.holds);
  EXPECT_NE(other.problem->find("fail for 192.0.2.2"), std::string::npos) << *other.problem;
}

TEST(OwnRecords, TheHeloNamesSpfHasToPermitEachSource) {
  const auto check = [](const char* record) {
    FakeResolver resolver;
    if (*record != 0) resolver.txt("mx.probe.test", record);
    resolver.txt("probe.test", "v=spf1 +all");  // that of the domain is another matter
    return test::run(check_helo_spf("mx.probe.test", {ip("192.0.2.1")}, resolver));
  };
  EXPECT_TRUE(check("v=spf1 ip4:192.0.2.1 -all").holds);
  const auto wrong = check("v=spf1 ip4:192.0.2.9 -all");
  EXPECT_FALSE(wrong.holds);
  EXPECT_EQ(wrong.what, "helo spf");
  EXPECT_NE(wrong.problem->find("fail for 192.0.2.1"), std::string::npos) << *wrong.problem;
  EXPECT_EQ(check("unrelated").problem, "is not published");
  EXPECT_EQ(check("").problem, "is not published");
}

TEST(OwnRecords, TlsReportingHasToBeOneAndUsable) {
  const auto check = [](const std::vector<std::string>& texts) {
    FakeResolver resolver;
    for (const auto& text : texts) resolver.txt("_smtp._tls.probe.test", text);
    return test::run(check_tlsrpt_record("probe.test", resolver));
  };
  const std::string good = "v=TLSRPTv1; rua=mailto:tlsrpt@probe.test";
  EXPECT_TRUE(check({good, "unrelated"}).holds);
  EXPECT_EQ(check({"unrelated"}).problem, "is not published");
  EXPECT_NE(check({good, good}).problem->find("several records"), std::string::npos);
  const auto empty = check({"v=TLSRPTv1; rua="});
  EXPECT_FALSE(empty.holds);
  EXPECT_EQ(empty.found.size(), 1U);
}

TEST(OwnRecords, DmarcHasToBeOneAndUsable) {
  const auto check = [](std::vector<std::string> texts) {
    FakeResolver resolver;
    for (const auto& text : texts) resolver.txt("_dmarc.probe.test", text);
    return test::run(check_dmarc_record("probe.test", resolver));
  };
  EXPECT_TRUE(check({"v=DMARC1; p=none", "unrelated"}).holds);
  EXPECT_FALSE(check({"unrelated"}).holds);
  EXPECT_FALSE(check({"v=DMARC1; p=none", "v=DMARC1; p=reject"}).holds);
}

TEST(OwnRecords, SpfThatIsWrongIsSoWithoutASource) {
  const auto check = [](const Lines& texts) {
    FakeResolver resolver;
    for (const auto& text : texts) resolver.txt("probe.test", text);
    return test::run(check_spf_record(identity(), "mx.probe.test", {}, resolver));
  };
  for (const auto& wrong : {check({"v=spf1 mx -all", "v=spf1 a -all"}), check({"v=spf1 ip4:nonsense -all"})}) {
    EXPECT_FALSE(wrong.holds);
    EXPECT_EQ(wrong.cause, std::nullopt);
    EXPECT_NE(wrong.problem->find("permerror"), std::string::npos) << *wrong.problem;
  }
}

class OwnMx : public testing::Test {
 protected:
  OwnMx() {
    resolver_.a("mx.probe.test", "192.0.2.1");
    resolver_.a("other.test", "192.0.2.9");
  }
  evidence::OwnRecord check(const Lines& listen) {
    Reception reception{.host = "mx.probe.test", .listen = {}};
    for (const auto& at : listen) reception.listen.push_back(ip(at));
    return test::run(check_mx_record("probe.test", std::move(reception), resolver_));
  }
  std::string problem(const Lines& listen) { return check(listen).problem.value_or("holds"); }
  FakeResolver resolver_;
};

TEST_F(OwnMx, ThatIsNullTakesNoBounces) {
  resolver_.mx("probe.test", 0, ".");
  EXPECT_FALSE(check({}).holds);
  EXPECT_FALSE(check({"192.0.2.1"}).holds);
}

TEST_F(OwnMx, MayLeadAnywhereWhereWeReceiveNothing) {
  resolver_.mx("probe.test", 10, "other.test");
  EXPECT_TRUE(check({}).holds);
}

TEST_F(OwnMx, HasToLeadWhereWeListen) {
  resolver_.mx("probe.test", 10, "mx.probe.test");
  EXPECT_EQ(problem({"192.0.2.1"}), "holds");
  EXPECT_EQ(problem({"192.0.2.7"}), "leads to mx.probe.test (192.0.2.1), where receiver.listen does not listen");
  resolver_.mx("probe.test", 20, "other.test");
  EXPECT_EQ(problem({"192.0.2.1"}), "holds") << "what is less preferred is asked where we do not answer";
  resolver_.mx("probe.test", 5, "other.test");
  EXPECT_EQ(problem({"192.0.2.1"}), "leads to other.test (192.0.2.9), where receiver.listen does not listen");
}

TEST_F(OwnMx, IsComparedByNameBehindNat) {
  resolver_.mx("probe.test", 10, "mx.probe.test");
  for (const auto* listen : {"0.0.0.0", "10.0.0.5"}) EXPECT_EQ(problem({listen}), "holds");
  resolver_.mx("probe.test", 5, "other.test");
  EXPECT_EQ(problem({"0.0.0.0"}), "leads to other.test, and we receive as mx.probe.test");
}

TEST_F(OwnMx, WhoseHostCannotBeLookedUpIsNotWrong) {
  resolver_.mx("probe.test", 10, "mx.probe.test");
  resolver_.fail("mx.probe.test");
  EXPECT_EQ(check({"192.0.2.1"}).cause, Cause::dns_failure);
}

TEST(OwnRecords, ThePtrHasToLeadBack) {
  FakeResolver resolver;
  resolver.ptr(ip("192.0.2.1").reverse_name(), "mx.probe.test");
  resolver.a("mx.probe.test", "192.0.2.2");
  const auto record = test::run(check_ptr_record(ip("192.0.2.1"), resolver));
  EXPECT_FALSE(record.holds);
  EXPECT_EQ(record.found, Lines{"mx.probe.test"});
}

TEST(OwnRecords, ThePtrsNameThatCannotBeLookedUpIsNoFault) {
  FakeResolver resolver;
  resolver.ptr(ip("192.0.2.1").reverse_name(), "mx.probe.test");
  resolver.fail("mx.probe.test");
  const auto record = test::run(check_ptr_record(ip("192.0.2.1"), resolver));
  EXPECT_FALSE(record.holds);
  EXPECT_EQ(record.cause, Cause::dns_failure);
  EXPECT_TRUE(record.problem->starts_with("mx.probe.test: ")) << *record.problem;
}

TEST(OwnRecords, TheHeloNameIsAFullOne) {
  EXPECT_TRUE(check_helo_name("mx.probe.test").holds);
  EXPECT_FALSE(check_helo_name("localhost").holds);
  EXPECT_FALSE(check_helo_name("").holds);
}

// --- port 25 --------------------------------------------------------------------------------------------------------

TEST(Port25, IsAskedOfTheControlHostAlone) {
  FakeResolver resolver;
  resolver.a("control.test", "192.0.2.1");
  resolver.a("control.test", "192.0.2.2");
  test::FakeNetwork fake;
  EXPECT_EQ(test::run(examine_port25("", fake.network(), resolver)), "presumed-closed");
  EXPECT_TRUE(fake.connected.empty());
  fake.times_out("192.0.2.1").times_out("192.0.2.2");
  EXPECT_EQ(test::run(examine_port25("control.test:25", fake.network(), resolver)), "closed");
  test::FakeNetwork open;
  open.times_out("192.0.2.1").plays("192.0.2.2", "< 220 hello\n");
  EXPECT_EQ(test::run(examine_port25("control.test:2525", open.network(), resolver)), "open");
  EXPECT_EQ(open.connected, (Lines{"192.0.2.1:2525", "192.0.2.2:2525"}));
}

TEST(Port25, HostAndPort) {
  using Pair = std::pair<std::string, std::uint16_t>;
  EXPECT_EQ(host_and_port("a.test:2525", 25), Pair("a.test", 2525));
  EXPECT_EQ(host_and_port("a.test", 25), Pair("a.test", 25));
  EXPECT_EQ(host_and_port("[2001:db8::1]:26", 25), Pair("[2001:db8::1]", 26));
  EXPECT_EQ(host_and_port("2001:db8::1", 25), Pair("2001:db8::1", 25));
  EXPECT_EQ(host_and_port("a.test:0", 25), Pair("a.test:0", 25));
}

TEST(Version, IsThatOfTheBuild) {
  const auto build = test::read_file(std::filesystem::path(MAILPROBE_SOURCE_DIR) / "CMakeLists.txt");
  EXPECT_NE(build.find("VERSION " + std::string(version) + " "), std::string::npos);
}

}  // namespace
}  // namespace mailprobe::probe
