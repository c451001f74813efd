// `inspect` without a network: what is looked up, who is connected to and how often, what is left out and why, and that
// one dead host hides nothing.
#include "probe/inspect.h"

#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "probe/beside.h"
#include "probe/shares.h"
#include "probe/survey_cache.h"
#include "probe/tls_questions.h"
#include "probe/visits.h"
#include "tests/probe/fixture.h"
#include "tests/support/run.h"
#include "tls/tlsa.h"

namespace mailprobe::probe {
namespace {

using evidence::Document;
using evidence::Verdict;
using test::FakeNetwork;
using test::FakeResolver;

constexpr std::string_view plain_server =
    "< 220 mx.target.test\n> EHLO mx.probe.test\n< 250 mx.target.test\n> QUIT\n< 221 bye\n";
constexpr std::string_view good_server =
    "< 220 mx.target.test\n> EHLO mx.probe.test\n< 250-mx.target.test\n< 250 STARTTLS\n> STARTTLS\n< 220 go\ntls\n"
    "> EHLO mx.probe.test\n< 250-mx.target.test\n< 250 SIZE 1000\n> QUIT\n< 221 bye\n";

class Inspect : public testing::Test {
 protected:
  Inspect() {
    options.survey = false;  // a script is of one session
    resolver.mx("target.test", 10, "mx.target.test");
    resolver.a("mx.target.test", "192.0.2.1");
    resolver.txt("target.test", "v=spf1 mx -all");
    resolver.txt("_dmarc.target.test", "v=DMARC1; p=reject; psd=n");
    resolver.ptr("1.2.0.192.in-addr.arpa", "mx.target.test");
  }

  /// Each of the domains, all at once.
  std::vector<Document> inspect(std::vector<std::string> domains) {
    std::vector<Document> documents(domains.size());
    test::run(all_of(*this, std::move(domains), documents));
    return documents;
  }
  Document inspect() { return inspect({"target.test"}).front(); }

  /// With two domains more that are not signed; its TLSA record is of `usage`.
  void share_host(std::uint8_t usage) {
    const tls::Tlsa record{usage, 1, 1, std::string(32, 'k')};
    resolver.add("_25._tcp.mx.target.test", dns::Type::tlsa, tls::tlsa_to_wire(record));
    for (const auto* name : {"target.test", "mx.target.test", "_25._tcp.mx.target.test"}) resolver.secure(name);
    for (const auto* name : {"other.test", "third.test"}) resolver.mx(name, 10, "mx.target.test");
  }

  FakeResolver resolver;
  FakeNetwork network;
  InspectOptions options;
  test::TemporaryFolder folder;
  Settings settings = test::settings(folder.path());

 private:
  static Task<void> one(Inspector& inspector, std::string domain, Document& into) {
    into = co_await inspector.inspect(domain, "mailprobe inspect " + domain);
  }
  static Task<void> all_of(Inspect& self, std::vector<std::string> domains, std::vector<Document>& into) {
    auto inspector = Inspector::make(self.settings, self.options, self.resolver, {}, self.network.network());
    EXPECT_TRUE(inspector);
    auto all = co_await Beside::make();
    for (std::size_t i = 0; i < domains.size(); ++i) all.start(one(*inspector, domains[i], into[i]));
    co_await all.join();
  }
};

/// What is not good, for messages.
std::string loud(const Document& document) {
  std::string text;
  for (const auto& each : document.findings)
    if (each.verdict != Verdict::pass && each.verdict != Verdict::info)
      text += each.check + " " + std::string(word(each.verdict)) + ": " + each.summary + "\n";
  return text;
}

const evidence::Finding& finding(const Document& document, std::string_view check, std::string_view subject = {}) {
  for (const auto& each : document.findings)
    if (each.check == check && each.subject.find(subject) != std::string::npos) return each;
  throw std::runtime_error("no finding of " + std::string(check));
}

TEST_F(Inspect, SaysWhatIsPublishedAndAnnounced) {
  network.plays("192.0.2.1", good_server);
  const auto document = inspect();
  EXPECT_EQ(document.run.command, "mailprobe inspect target.test");
  EXPECT_EQ(document.self.helo, "mx.probe.test");
  EXPECT_TRUE(document.probes.empty());
  EXPECT_EQ(finding(document, "inbound.size").verdict, Verdict::pass);
  EXPECT_EQ(finding(document, "inbound.dsn").verdict, Verdict::info);
  EXPECT_EQ(finding(document, "published.ptr").verdict, Verdict::pass);
  EXPECT_EQ(finding(document, "published.spf").verdict, Verdict::pass);
  EXPECT_THAT(network.connected, testing::SizeIs(1));
}

/// RFC 3207 §4.2: the handshake is not the end of it.
TEST_F(Inspect, AnEhloThatIsRefusedUnderTlsIsTold) {
  const std::string until_tls =
      "< 220 mx.target.test\n> EHLO mx.probe.test\n< 250-mx.target.test\n< 250 STARTTLS\n> STARTTLS\n< 220 go\ntls\n"
      "> EHLO mx.probe.test\n";
  network.plays("192.0.2.1", until_tls + "< 421 4.3.2 Too many connections\nclose\n");
  network.plays("192.0.2.1", until_tls + "< 502 5.5.1 No such command\n> QUIT\n< 221 bye\n");
  const auto busy = inspect();
  EXPECT_EQ(finding(busy, "inbound.starttls").verdict, Verdict::inconclusive);
  EXPECT_EQ(finding(busy, "inbound.starttls").cause, Cause::rate_limited);
  EXPECT_THAT(finding(busy, "inbound.starttls").summary, testing::HasSubstr("421: \"Too many connections\""));
  const auto refused = inspect();
  EXPECT_EQ(finding(refused, "inbound.starttls").verdict, Verdict::fail);
}

TEST_F(Inspect, ADeadHostHidesNothing) {
  resolver.mx("target.test", 20, "dead.target.test");
  resolver.a("dead.target.test", "192.0.2.2");
  resolver.mx("target.test", 30, "gone.target.test");
  resolver.fail("gone.target.test");
  network.plays("192.0.2.1", good_server).refuses("192.0.2.2");
  const auto document = inspect();
  EXPECT_EQ(finding(document, "inbound.starttls", "192.0.2.1").verdict, Verdict::pass);
  EXPECT_EQ(finding(document, "inbound.connect", "192.0.2.2").verdict, Verdict::inconclusive);
  EXPECT_EQ(finding(document, "inbound.connect", "192.0.2.2").cause, Cause::refused);
  EXPECT_EQ(finding(document, "published.mx").verdict, Verdict::inconclusive) << "what failed to be looked up";
  EXPECT_EQ(finding(document, "published.mx").cause, Cause::dns_failure);
}

TEST_F(Inspect, DomainsOfOneHostShareItsVisit) {
  resolver.mx("other.test", 10, "mx.target.test");
  network.plays("192.0.2.1", good_server);
  const auto documents = inspect({"target.test", "other.test"});
  EXPECT_THAT(network.connected, testing::SizeIs(1));
  for (const auto& document : documents) EXPECT_TRUE(document.target.mx.at(0).addresses.at(0).session->tls);
}

TEST_F(Inspect, DomainsOfAHostWithTlsaShareItsVisitSignedOrNot) {
  share_host(tls::dane_ee);
  network.plays("192.0.2.1", good_server);
  const auto documents = inspect({"target.test", "other.test", "third.test"});
  EXPECT_THAT(network.connected, testing::SizeIs(1));
  for (const auto& document : documents) EXPECT_TRUE(document.target.mx.at(0).addresses.at(0).session->tls);
  EXPECT_EQ(finding(documents[1], "published.dane").verdict, Verdict::warn) << "other.test is not signed";
}

/// RFC 7672 §3.2.2: the next hop is a name of the host's where its MX is signed.
TEST_F(Inspect, WhereARecordAsksForNamesTheSignedDomainIsVisitedForItself) {
  share_host(tls::dane_ta);
  network.plays("192.0.2.1", good_server).plays("192.0.2.1", good_server);
  (void)inspect({"target.test", "other.test", "third.test"});
  EXPECT_THAT(network.connected, testing::SizeIs(2));
}

TEST_F(Inspect, WhatOurLimitsDoNotAffordIsNotTested) {
  // Ten connections are the burst for a provider, two a minute what follows; the clock here moves only by waiting.
  options.deadline = std::chrono::minutes(10);
  for (int i = 1; i <= 12; ++i) {
    const auto host = "mx" + std::to_string(i) + ".target.test", ip = "192.0.2." + std::to_string(i);
    if (i > 1) resolver.mx("target.test", static_cast<unsigned>(10 + i), host);
    if (i > 1) resolver.a(host, ip);
    network.plays(ip, good_server);
  }
  const auto document = inspect();
  EXPECT_THAT(network.connected, testing::SizeIs(10));
  std::size_t untested = 0;
  for (const auto& each : document.findings) {
    if (each.check.starts_with("inbound.") && each.check != "inbound.certificate")  // a script shows none
      EXPECT_NE(each.verdict, Verdict::fail) << each.check << " " << each.summary;
    if (each.check == "inbound.starttls" && each.verdict == Verdict::not_tested && each.cause == Cause::own_limit)
      ++untested;
  }
  EXPECT_EQ(untested, 2U);
}

TEST_F(Inspect, OneConnectionAtATimeToAHost) {
  resolver.a("mx.target.test", "192.0.2.2");
  network.plays("192.0.2.1", good_server).plays("192.0.2.2", good_server);
  const auto document = inspect();
  EXPECT_THAT(network.connected,
              testing::ElementsAre(testing::StartsWith("192.0.2.1:25"), testing::StartsWith("192.0.2.2:25")));
  for (const auto* ip : {"192.0.2.1", "192.0.2.2"})
    EXPECT_EQ(finding(document, "inbound.starttls", ip).verdict, Verdict::pass) << loud(document);
}

TEST_F(Inspect, EndsAtItsDeadlineWithWhatIsThere) {
  options.deadline = std::chrono::milliseconds(20);
  resolver.mx("target.test", 20, "slow.target.test");
  resolver.a("slow.target.test", "198.51.100.1");
  network.plays("192.0.2.1", good_server).hangs("198.51.100.1");
  const auto document = inspect();
  EXPECT_EQ(finding(document, "inbound.starttls", "192.0.2.1").verdict, Verdict::pass);
  const auto& cut = finding(document, "inbound.connect", "198.51.100.1");
  EXPECT_EQ(cut.verdict, Verdict::inconclusive);
  EXPECT_EQ(cut.cause, Cause::own_limit);
  EXPECT_EQ(finding(document, "inbound.starttls", "198.51.100.1").verdict, Verdict::inconclusive) << "no clean pass";
  EXPECT_FALSE(document.run.interrupted);
}

/// The policy is looked at when the sessions are over: it does not hold them up.
TEST_F(Inspect, APolicyHostThatIsSilentHidesNothing) {
  options.deadline = std::chrono::milliseconds(20);
  settings.private_policy_hosts = true;
  resolver.txt("_mta-sts.target.test", "v=STSv1; id=1;");
  resolver.a("mta-sts.target.test", "198.51.100.1");
  network.plays("192.0.2.1", good_server).hangs("198.51.100.1");
  const auto document = inspect();
  EXPECT_EQ(finding(document, "inbound.starttls").verdict, Verdict::pass);
  EXPECT_EQ(finding(document, "published.spf").verdict, Verdict::pass);
  EXPECT_EQ(finding(document, "published.mta-sts").verdict, Verdict::inconclusive);
  EXPECT_EQ(finding(document, "published.mta-sts").cause, Cause::own_limit);
  EXPECT_EQ(finding(document, "inbound.mta-sts").verdict, Verdict::not_tested);
  EXPECT_EQ(finding(document, "inbound.mta-sts").cause, Cause::own_limit);
}

TEST(TheShareOfAnAddress, IsAllOurPatienceWhereThatLeavesEnoughToTheOthers) {
  using std::chrono::seconds;
  EXPECT_EQ(share_of(seconds(60), 2), seconds(52)) << "more than connecting (10 s) and the greeting (30 s) may take";
  EXPECT_EQ(share_of(seconds(60), 3), seconds(44));
  EXPECT_EQ(share_of(seconds(28), 2), seconds(20)) << "8 s stay";
  EXPECT_EQ(share_of(seconds(12), 2), seconds(6)) << "an equal share at least";
  EXPECT_EQ(share_of(seconds(60), 20), seconds(3));
}

/// On a busy machine the shortest time may not suffice for the one that answers; a longer one does.
TEST_F(Inspect, AnAddressThatIsSilentLeavesTimeForTheNext) {
  resolver.mx("target.test", 20, "two.target.test");
  resolver.a("two.target.test", "198.51.100.1");
  resolver.a("two.target.test", "2001:db8::2");
  network.plays("192.0.2.1", good_server).hangs("198.51.100.1").plays("2001:db8::2", good_server);
  auto verdict = Verdict::inconclusive;
  for (const auto time : {40, 400, 4000}) {
    options.deadline = std::chrono::milliseconds(time);
    const auto document = inspect();
    EXPECT_EQ(finding(document, "inbound.connect", "198.51.100.1").cause, Cause::own_limit);
    verdict = finding(document, "inbound.starttls", "2001:db8::2").verdict;
    if (verdict == Verdict::pass) break;
  }
  EXPECT_EQ(verdict, Verdict::pass);
}

/// A firewall of ours may refuse as well as swallow; only a control tells.
TEST_F(Inspect, ARefusalIsOursWhereTheControlIsRefusedToo) {
  network.refuses("192.0.2.1").refuses("198.51.100.9");
  EXPECT_EQ(finding(inspect(), "inbound.connect").cause, Cause::refused);
  settings.control = "control.probe.test:25";
  resolver.a("control.probe.test", "198.51.100.9");
  network.refuses("192.0.2.1").refuses("198.51.100.9");
  const auto document = inspect();
  EXPECT_EQ(document.self.port25, "closed");
  EXPECT_EQ(finding(document, "inbound.connect").cause, Cause::our_port_25);
}

TEST_F(Inspect, NobodyAnsweringMayBeUs) {
  network.times_out("192.0.2.1");
  const auto document = inspect();
  EXPECT_EQ(document.self.port25, "presumed-closed");
  const auto& connect = finding(document, "inbound.connect");
  EXPECT_EQ(connect.verdict, Verdict::inconclusive);
  EXPECT_EQ(connect.cause, Cause::our_port_25);
  EXPECT_EQ(finding(document, "self.port25").verdict, Verdict::inconclusive);
  EXPECT_EQ(document.run.exit, 3) << loud(document);
}

TEST_F(Inspect, AnotherThatAnswersClearsUs) {
  resolver.mx("target.test", 20, "dead.target.test");
  resolver.a("dead.target.test", "192.0.2.2");
  network.plays("192.0.2.1", good_server).times_out("192.0.2.2");
  const auto document = inspect();
  EXPECT_FALSE(document.self.port25);
  EXPECT_EQ(finding(document, "inbound.connect", "192.0.2.2").cause, Cause::timed_out);
}

TEST_F(Inspect, AControlThatAnswersClearsUsToo) {
  settings.control = "control.probe.test:25";
  resolver.a("control.probe.test", "198.51.100.9");
  network.times_out("192.0.2.1").plays("198.51.100.9", plain_server);
  const auto document = inspect();
  EXPECT_EQ(document.self.port25, "open");
  EXPECT_EQ(finding(document, "inbound.connect").cause, Cause::timed_out);
}

TEST_F(Inspect, NoRouteForIpv6IsNotTheirs) {
  resolver.a("mx.target.test", "2001:db8::1");
  network.plays("192.0.2.1", good_server).is_unreachable("2001:db8::1");
  options.ipv4_only = true;
  const auto document = inspect();
  EXPECT_EQ(finding(document, "inbound.connect", "2001:db8::1").verdict, Verdict::not_tested);
}

TEST_F(Inspect, WithoutAHeloNameItIsOurAddress) {
  settings.helo.clear();
  std::string dialogue(good_server);
  for (auto at = dialogue.find("mx.probe.test"); at != std::string::npos; at = dialogue.find("mx.probe.test"))
    dialogue.replace(at, std::string_view("mx.probe.test").size(), "[192.0.2.1]");
  network.plays("192.0.2.1", dialogue);
  const auto document = inspect();
  EXPECT_EQ(document.target.mx.at(0).addresses.at(0).session->helo, "[192.0.2.1]");
  EXPECT_FALSE(document.self.helo);
  EXPECT_EQ(finding(document, "inbound.starttls").verdict, Verdict::pass) << loud(document);
}

// --- surveys --------------------------------------------------------------------------------------------------------

/// Two hosts of one provider, the first with two addresses; who asks about their TLS is turned away.
class InspectSurvey : public Inspect {
 protected:
  InspectSurvey() {
    options.survey = true;
    resolver.a("mx.target.test", "2001:db8::1");
    resolver.mx("target.test", 20, "mx2.target.test");
    resolver.a("mx2.target.test", "192.0.2.2");
    for (const auto* address : addresses) network.plays(address, good_server).refuses(address);
  }
  static const evidence::MxAddress& at(const Document& document, std::string_view address) {
    for (const auto& host : document.target.mx)
      for (const auto& each : host.addresses)
        if (each.ip == address) return each;
    throw std::runtime_error("no address " + std::string(address));
  }

  static constexpr std::array addresses{"192.0.2.1", "2001:db8::1", "192.0.2.2"};
};

TEST_F(InspectSurvey, ComesAfterTheSessionsOfAllHosts) {
  const auto document = inspect();
  ASSERT_THAT(network.connected, testing::SizeIs(6));
  const std::set<std::string> first(network.connected.begin(), network.connected.begin() + 3);
  EXPECT_THAT(first, testing::SizeIs(3)) << "each address once";
  for (const auto* address : addresses) {
    EXPECT_TRUE(at(document, address).session->tls) << address;
    const auto& survey = at(document, address).survey;
    ASSERT_TRUE(survey) << address;
    ASSERT_THAT(survey->omitted, testing::SizeIs(1)) << address;
    EXPECT_EQ(survey->omitted[0].cause, Cause::refused);
  }
}

TEST_F(InspectSurvey, DoesNotTakeTheLimitsFromTheSessions) {
  options.deadline = std::chrono::seconds(5);
  for (int i = 3; i <= 10; ++i) {
    const auto host = "mx" + std::to_string(i) + ".target.test", ip = "192.0.2." + std::to_string(i);
    resolver.mx("target.test", static_cast<unsigned>(10 + i), host);
    resolver.a(host, ip);
    network.plays(ip, good_server);
  }
  const auto document = inspect();
  EXPECT_THAT(network.connected, testing::SizeIs(10)) << "the burst";
  for (const auto& each : document.findings)
    if (each.check == "inbound.tls-hygiene") {
      EXPECT_EQ(each.verdict, Verdict::not_tested) << each.subject;
      EXPECT_EQ(each.cause, Cause::own_limit) << each.subject;
    }
}

TEST_F(InspectSurvey, OfAnEarlierRunGoesFirst) {
  const SurveyCache cache(folder.path() / "surveys");
  const Place place{.host = "mx2.target.test", .address = test::ip("192.0.2.2"), .port = 25};
  ASSERT_TRUE(cache.keep(place, blank_survey(false, now())));
  (void)inspect();
  ASSERT_THAT(network.connected, testing::SizeIs(6));
  EXPECT_THAT(network.connected[3], testing::StartsWith("192.0.2.2:"));
}

/// Within the limits one run does not come to all addresses: those that are done wait for the others, and are shown as
/// they were.
TEST_F(InspectSurvey, WhatIsDoneComesLastAndIsShownWhereItCannotBeDoneAgain) {
  const SurveyCache cache(folder.path() / "surveys");
  const Place place{.host = "mx.target.test", .address = test::ip("192.0.2.1"), .port = 25};
  auto done = blank_survey(false, now() - std::chrono::hours(1));
  done.finished = true;
  done.versions = {{"TLSv1.3", TlsAnswer::accepted}};
  ASSERT_TRUE(cache.keep(place, done));
  const auto document = inspect();
  ASSERT_THAT(network.connected, testing::SizeIs(6));
  EXPECT_THAT(network.connected[5], testing::StartsWith("192.0.2.1:"));
  EXPECT_EQ(at(document, "192.0.2.1").survey->started, done.started);
  EXPECT_TRUE(at(document, "192.0.2.1").survey->finished);
  EXPECT_FALSE(at(document, "192.0.2.2").survey->finished);
  EXPECT_THAT(finding(document, "inbound.tls-version", "192.0.2.1").summary, testing::HasSubstr("asked at "));
}

/// Each address is asked the worst, rather than one of them everything.
TEST_F(InspectSurvey, TheAddressesOfAHostShareItsConnections) {
  settings.limits.per_minute_per_mx = 1000;
  resolver.mx("shared.test", 10, "mx.shared.test");
  const std::array<std::string, 3> all{"192.0.2.11", "192.0.2.12", "192.0.2.13"};
  for (const auto& address : all) {
    resolver.a("mx.shared.test", address);
    network
        .plays(address, good_server)  // and hangs up on a ClientHello, which is a refusal
        .plays(address, "< 220 hi\n> EHLO mx.probe.test\n< 250-mx\n< 250 STARTTLS\n> STARTTLS\n< 220 go\n>>\nclose\n");
  }
  (void)inspect({"shared.test"});
  // All of what there is to ask such a server would be five; for the others the limit of a provider may not suffice.
  EXPECT_EQ(std::ranges::count_if(network.connected, [&](const auto& each) { return each.starts_with(all[0] + ":"); }),
            1 + 4);
}

/// While the second domain goes on with a host of an earlier run, the first leaves a survey that was cut off at the
/// host that they share: the second has not missed its turn there.
TEST_F(InspectSurvey, OfASharedHostIsThereForEachDomain) {
  const SurveyCache cache(folder.path() / "surveys");
  const Place begun{.host = "mx9.other.test", .address = test::ip("198.51.100.9"), .port = 25};
  ASSERT_TRUE(cache.keep(begun, blank_survey(false, now())));
  resolver.mx("other.test", 10, "mx.target.test");
  resolver.mx("other.test", 20, "mx9.other.test");
  resolver.a("mx9.other.test", "198.51.100.9");
  network.plays("198.51.100.9", good_server).refuses("198.51.100.9");
  for (const auto& document : inspect({"target.test", "other.test"}))
    EXPECT_EQ(at(document, "192.0.2.1").survey->omitted.back().cause, Cause::refused) << document.target.domain;
}

TEST_F(InspectSurvey, SaysTheEhloOfTheSession) {
  settings.helo.clear();
  std::string dialogue(good_server);
  for (auto at = dialogue.find("mx.probe.test"); at != std::string::npos; at = dialogue.find("mx.probe.test"))
    dialogue.replace(at, std::string_view("mx.probe.test").size(), "[192.0.2.1]");
  resolver.mx("own.test", 10, "mx.own.test");
  resolver.a("mx.own.test", "192.0.2.9");
  network.plays("192.0.2.9", dialogue).plays("192.0.2.9", "< 220 hi\n> EHLO [192.0.2.1]\n< 250 mx.own.test\n");
  const auto document = inspect({"own.test"}).front();
  const auto& survey = at(document, "192.0.2.9").survey;
  ASSERT_TRUE(survey);
  EXPECT_EQ(survey->omitted.at(0).why, "STARTTLS is not offered");
}

TEST_F(InspectSurvey, ThatTheTimeDidNotSufficeForSaysSo) {
  options.deadline = std::chrono::milliseconds(20);
  network.hangs("198.51.100.1");
  resolver.mx("target.test", 30, "slow.target.test");
  resolver.a("slow.target.test", "198.51.100.1");
  const auto document = inspect();
  const auto& survey = at(document, "192.0.2.1").survey;
  ASSERT_TRUE(survey);
  EXPECT_EQ(survey->omitted.at(0).cause, Cause::own_limit);
}

}  // namespace
}  // namespace mailprobe::probe
