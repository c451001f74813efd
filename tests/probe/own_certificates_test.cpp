// The receiver's own certificates as configured: names, dates, chain, and how long before its end one says so.
#include "probe/own_certificates.h"

#include <gtest/gtest.h>

#include "evidence/traps.h"
#include "tests/probe/fixture.h"
#include "tls/authority.h"

namespace mailprobe::probe {
namespace {

namespace trap = evidence::trap;
using std::chrono::days;

class Certificates : public testing::Test {
 protected:
  Certificates() {
    settings_.listen = {{test::ip("192.0.2.10"), 25}};
    settings_.host = "mx.probe.test";
    settings_.trap_domain = "probe.test";
  }

  void show(const std::vector<std::string>& names, days life = days(90), const tls::Authority* by = nullptr,
            bool self_signed = false) {
    const auto issued = (by != nullptr ? *by : authority_)
                            .issue({.subject = {},
                                    .names = names,
                                    .addresses = {},
                                    .not_before = start_,
                                    .not_after = start_ + life,
                                    .self_signed = self_signed});
    settings_.certificate_texts.push_back({issued->chain_pem, issued->key_pem});
  }

  std::vector<evidence::OwnRecord> all(Time at) {
    const auto trust = tls::Context::client({.ca_file = {}, .ca_pem = authority_.ca_pem()});
    return check_certificates(settings_, **trust, at);
  }
  evidence::OwnRecord first() { return all(start_ + days(1)).at(0); }
  static std::string problem(const evidence::OwnRecord& record) { return record.problem.value_or(""); }

  tls::Authority authority_ = tls::Authority::make("test").value(), stranger_ = tls::Authority::make("other").value();
  const Time start_ = now() - days(1);
  receiver::Settings settings_;
};

TEST_F(Certificates, OneThatFitsHolds) {
  show({"mx.probe.test"});
  const auto record = first();
  EXPECT_TRUE(record.holds) << problem(record);
  EXPECT_EQ(record.what, "certificate");
  EXPECT_EQ(record.name, "mx.probe.test");
  ASSERT_EQ(record.found.size(), 1U);
  EXPECT_TRUE(record.found[0].starts_with("mx.probe.test; EC P-256; until ")) << record.found[0];
}

TEST_F(Certificates, OfAnotherName) {
  show({"www.probe.test"});
  EXPECT_EQ(first().cause, Cause::wrong_name);
  EXPECT_NE(problem(first()).find("mx.probe.test is not among"), std::string::npos) << problem(first());
}

TEST_F(Certificates, ThatIsOverIsSoWhateverItsName) {
  show({"www.probe.test"}, days(90));
  const auto record = all(start_ + days(91)).at(0);
  EXPECT_EQ(record.cause, Cause::expired);
  EXPECT_NE(problem(record).find("expired on "), std::string::npos);
  const auto early = all(start_ - days(1)).at(0);
  EXPECT_EQ(early.cause, Cause::expired);
  EXPECT_NE(problem(early).find("not valid before"), std::string::npos);
}

TEST_F(Certificates, ThatEndsSoonSaysSoInTime) {
  show({"mx.probe.test"}, days(90));
  EXPECT_TRUE(all(start_ + days(75)).at(0).holds);
  const auto record = all(start_ + days(77)).at(0);
  EXPECT_FALSE(record.holds);
  EXPECT_EQ(record.cause, std::nullopt);
  EXPECT_NE(problem(record).find("renew it"), std::string::npos);
}

TEST_F(Certificates, OfSixDaysHasADayOfNotice) {
  show({"mx.probe.test"}, days(6));
  EXPECT_TRUE(all(start_ + days(4)).at(0).holds);
  EXPECT_FALSE(all(start_ + days(5) + std::chrono::hours(1)).at(0).holds);
}

TEST_F(Certificates, OfACaThatNobodyTrusts) {
  show({"mx.probe.test"}, days(90), &stranger_);
  EXPECT_TRUE(first().cause == Cause::unknown_ca || first().cause == Cause::self_signed) << problem(first());
  settings_.certificate_texts.clear();
  show({"mx.probe.test"}, days(90), nullptr, true);
  EXPECT_EQ(first().cause, Cause::self_signed);
}

TEST_F(Certificates, WithTheKeyOfAnotherCannotBeUsed) {
  show({"mx.probe.test"});
  show({"other.test"});
  settings_.certificate_texts[0].key = settings_.certificate_texts[1].key;
  EXPECT_EQ(first().cause, Cause::unsupported);
  EXPECT_FALSE(first().holds);
}

TEST_F(Certificates, ThatAreNamedInVainSayWhichFile) {
  settings_.certificates = {{"/nowhere/cert.pem", "/nowhere/key.pem"}};
  EXPECT_EQ(first().cause, Cause::unsupported);
  EXPECT_NE(problem(first()).find("/nowhere/cert.pem"), std::string::npos) << problem(first());
}

TEST_F(Certificates, WithoutOneNothingIsTested) {
  EXPECT_EQ(first().cause, Cause::own_limit);
  EXPECT_EQ(problem(first()), "is not configured");
  settings_.listen.clear();
  EXPECT_EQ(problem(first()), "is not wanted: nothing is received");
}

TEST_F(Certificates, TheOneForTheNameIsTaken) {
  show({"other.test"});
  show({"mx.probe.test"});
  const auto records = all(start_ + days(1));
  ASSERT_EQ(records.size(), 2U);
  EXPECT_TRUE(records[0].holds) << problem(records[0]);
  EXPECT_EQ(records[1].what, "certificate 2");
  EXPECT_EQ(records[1].name, "mx.probe.test");
  EXPECT_TRUE(records[1].holds) << problem(records[1]);
}

TEST_F(Certificates, OfTheTrapsNeedsThoseNamesThatShowIt) {
  settings_.traps = {{std::string(trap::good), test::ip("192.0.2.11")},
                     {std::string(trap::dane_wrong), test::ip("192.0.2.12")},  // shows another
                     {std::string(trap::sts_wrong), test::ip("192.0.2.13")}};
  settings_.policy_host = receiver::ListenAt{test::ip("192.0.2.20"), 443};
  show({"*.probe.test"});
  const auto record = all(start_ + days(1)).at(1);
  EXPECT_EQ(record.what, "certificate of the traps");
  EXPECT_EQ(record.cause, Cause::wrong_name);
  EXPECT_EQ(problem(record), "is not valid for mta-sts.trap-sts-wrong.probe.test") << "a wildcard is one label";
  EXPECT_EQ(record.wanted, "Have a certificate for trap-good.probe.test, mta-sts.trap-sts-wrong.probe.test");
  show({"*.trap-sts-wrong.probe.test"});
  EXPECT_TRUE(all(start_ + days(1)).at(1).holds);
}

TEST_F(Certificates, OfTheTrapsWhereEachShowsItsOwn) {
  settings_.traps = {{std::string(trap::dane_right), test::ip("192.0.2.12")}};
  show({"mx.probe.test"});
  EXPECT_EQ(all(start_ + days(1)).size(), 1U);
}

}  // namespace
}  // namespace mailprobe::probe
