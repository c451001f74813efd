// published.ptr, published.caa, published.bimi, IPv6 of name servers: what the records of a domain and its hosts say.
#include "tests/evidence/findings_of.h"
#include "tests/support/documents.h"

namespace mailprobe::evidence {
namespace {

using test::CheckRow;
using enum Verdict;

MxAddress& address(Document& document) { return document.target.mx[0].addresses[0]; }
std::vector<CaaRecord>& caa(Document& document) { return *document.target.mx[0].caa; }

const CheckRow rows[] = {
    {"ptr_leads_back",
     [](Document&) {},
     "published.ptr",
     pass,
     {},
     {"mx1.target.test", "leads back"},
     "address mx1.target.test 192.0.2.1"},
    {"ptr_leads_elsewhere",
     [](Document& d) { address(d).ptr_confirmed = false; },
     "published.ptr",
     warn,
     {},
     {"does not lead back"}},
    {"ptr_none",
     [](Document& d) {
       address(d).ptr.reset();
       address(d).ptr_confirmed = false;
     },
     "published.ptr",
     info,
     {},
     {"has no name"}},
    {"ptr_unknown", [](Document& d) { address(d).ptr_confirmed.reset(); }, "published.ptr", not_tested,
     Cause::dns_failure},

    {"caa_good", [](Document&) {}, "published.caa", pass, {}, {"ca.example issue for hosts"}, "mx mx1.target.test"},
    {"caa_nobody", [](Document& d) { caa(d)[0].value = ";"; }, "published.caa", pass, {}, {"lets nobody"}},
    {"caa_mail",
     [](Document& d) { d.target.caa = {CaaRecord{"target.test", false, "issuemail", "ca.example; account=1", {}}}; },
     "published.caa",
     pass,
     {},
     {"ca.example for mailboxes (S/MIME)"},
     "domain target.test"},
    {"caa_none", [](Document& d) { caa(d).clear(); }, "published.caa", info, {}, {"No CAA record"}},
    {"caa_limits_nobody", [](Document& d) { caa(d)[0].tag = "iodef"; }, "published.caa", info, {}, {"limits no CA"}},
    {"caa_bad",
     [](Document& d) { caa(d)[0].problem = "its value names no issuer in the right form"; },
     "published.caa",
     warn,
     {},
     {"not all right", "names no issuer"}},
    {"caa_unknown", [](Document& d) { d.target.mx[0].caa.reset(); }, "published.caa", not_tested, Cause::dns_failure},

    {"bimi_good", [](Document&) {}, "published.bimi", pass, {}, {"logo.svg", "without a mark certificate"}},
    {"bimi_none", [](Document& d) { d.target.policies["bimi"].reset(); }, "published.bimi", info},
    {"bimi_unknown", [](Document& d) { d.target.policies.erase("bimi"); }, "published.bimi", not_tested,
     Cause::dns_failure},
    {"bimi_declines", [](Document& d) { d.target.policies["bimi"] = "v=BIMI1; l=; a="; }, "published.bimi", info},
    {"bimi_bad",
     [](Document& d) { d.target.policies["bimi"] = "v=BIMI1; a=x"; },
     "published.bimi",
     warn,
     {},
     {"cannot be used"}},
    {"bimi_png",
     [](Document& d) { d.target.policies["bimi"] = "v=BIMI1; l=https://target.test/l.png"; },
     "published.bimi",
     warn,
     {},
     {"SVG"}},
    {"bimi_several",
     [](Document& d) { d.target.policies["bimi"] = "v=BIMI1; l=\nv=BIMI1; l="; },
     "published.bimi",
     warn,
     {},
     {"several"}},
    {"bimi_without_enforcement",
     [](Document& d) { d.target.policies["dmarc"] = "v=DMARC1; p=none"; },
     "published.bimi",
     warn,
     {},
     {"without an enforced DMARC policy"}},
    {"bimi_below_a_mild_policy",
     [](Document& d) {
       d.target.policies["dmarc"] = "v=DMARC1; p=reject; sp=none; psd=n";
       d.target.dmarc_domain = "test";
     },
     "published.bimi",
     warn,
     {},
     {"without an enforced DMARC policy"}},
    {"bimi_below_a_strict_policy",
     [](Document& d) {
       d.target.policies["dmarc"] = "v=DMARC1; p=none; sp=reject; psd=n";
       d.target.dmarc_domain = "test";
     },
     "published.bimi", pass},
    {"bimi_without_dmarc", [](Document& d) { d.target.policies["dmarc"].reset(); }, "published.bimi", warn},

    {"ipv6_of_both", [](Document&) {}, "published.ipv6", pass, {}, {"1 of 1 name server has one"}},
    {"ipv6_not_of_name_servers",
     [](Document& d) { (*d.target.ns)[0].addresses = {"192.0.2.53"}; },
     "published.ipv6",
     info,
     {},
     {"0 of 1 name server"}},
    {"ipv6_name_servers_unknown", [](Document& d) { d.target.ns.reset(); }, "published.ipv6", pass},
};

class Records : public testing::TestWithParam<CheckRow> {};

TEST_P(Records, AreJudged) { test::expect_row(test::inspected(), GetParam()); }

INSTANTIATE_TEST_SUITE_P(Rows, Records, testing::ValuesIn(rows),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(RecordsOf, ADomainThatIsNotThereHaveNoFinding) {
  auto document = test::inspected();
  document.target.shape = MxShape::nxdomain;
  for (const auto* check : {"published.ptr", "published.caa", "published.bimi", "published.spf"})
    EXPECT_TRUE(test::findings_of(document, check).empty()) << check;
}

TEST(RecordsOf, ARunThatDidNotAskAreNotMissed) {
  for (const auto* check : {"published.ptr", "published.caa", "published.bimi"})
    EXPECT_TRUE(test::findings_of(test::good_delivery(), check).empty()) << check;
}

// --- the sessions of inspect ----------------------------------------------------------------------------------------

Attempt& session(Document& document, std::size_t index = 0) { return *document.target.mx[0].addresses[index].session; }

TEST(Inspected, FindingsPointToTheSession) {
  const auto finding = test::finding_of(test::inspected(), "inbound.starttls", "192.0.2.1");
  EXPECT_EQ(finding.verdict, pass);
  EXPECT_EQ(finding.evidence, std::vector<std::string>{"/target/mx/0/addresses/0/session/tls"});
}

TEST(Inspected, ARefusingAddressIsUnknownAndHidesNothing) {
  const auto document = test::inspected();
  const auto connect = test::finding_of(document, "inbound.connect", "2001:db8::1");
  EXPECT_EQ(connect.verdict, inconclusive);
  EXPECT_EQ(connect.cause, Cause::blocked);
  EXPECT_NE(connect.summary.find("554"), std::string::npos) << connect.summary;
  EXPECT_NE(connect.summary.find("blocked using a list"), std::string::npos) << connect.summary;
  EXPECT_EQ(test::finding_of(document, "inbound.starttls", "2001:db8::1").verdict, inconclusive);
  EXPECT_EQ(test::finding_of(document, "inbound.tls-version", "192.0.2.1").verdict, pass);
}

TEST(Inspected, OwnLimitIsNeverAFailure) {
  auto document = test::inspected();
  session(document, 1).cause = Cause::own_limit;
  session(document, 1).phase = "connect";
  session(document, 1).events.clear();
  session(document, 1).reply.reset();
  for (const auto& finding : evidence::assess(document, embedded))
    if (finding.subject.find("2001:db8::1") != std::string::npos && finding.check.starts_with("inbound."))
      EXPECT_EQ(word(finding.verdict), "not-tested") << finding.check << ": " << finding.summary;
}

void never_began(Attempt& it, std::optional<Cause> cause, std::string error) {
  it.tls.reset();
  it.reply.reset();
  it.events.clear();
  it.phase = "connect";
  it.cause = cause;
  it.error = std::move(error);
}

TEST(Inspected, WhereEveryAddressIsPassedOverNothingIsKnownOfTheServers) {
  auto document = test::inspected();
  never_began(session(document, 0), Cause::own_limit, "not tried: -6 was asked for");
  never_began(session(document, 1), Cause::no_ipv6, "no IPv6 on this machine");
  const auto whole = test::finding_of(document, "inbound.starttls", "domain target.test");
  EXPECT_EQ(whole.verdict, inconclusive);
  EXPECT_EQ(whole.cause, Cause::own_limit);
  EXPECT_NE(whole.summary.find("-6 was asked for"), std::string::npos) << whole.summary;
  EXPECT_EQ(test::finding_of(document, "inbound.starttls", "192.0.2.1").verdict, not_tested);
  document.findings = assess(document, embedded);
  EXPECT_EQ(exit_status(document, false), 3);
}

/// One that we began and gave up is no clean pass, nor a fault of the server.
TEST(Inspected, WhatWeGaveUpIsNotKnown) {
  auto document = test::inspected();
  auto& it = session(document, 1);
  never_began(it, Cause::own_limit, "our time for it was over");
  it.phase = "banner";
  it.events = {{.t_ms = 0, .dir = Direction::note, .text = "connecting"}};
  for (const auto* check : {"inbound.connect", "inbound.ipv6", "inbound.starttls"}) {
    const auto finding = test::finding_of(document, check, "2001:db8::1");
    EXPECT_EQ(word(finding.verdict), word(inconclusive)) << check << ": " << finding.summary;
    EXPECT_EQ(finding.cause, Cause::own_limit) << check;
    EXPECT_EQ(finding.summary.find("does not answer"), std::string::npos) << finding.summary;
  }
  it.phase = "connect";
  EXPECT_EQ(test::finding_of(document, "inbound.starttls", "2001:db8::1").verdict, inconclusive);
  document.findings = assess(document, embedded);
  EXPECT_EQ(exit_status(document, false), 3);
}

TEST(Inspected, AnErrorOfOursIsNoPass) {
  auto document = test::inspected();
  document.target.mx[0].addresses.pop_back();
  never_began(session(document), {}, "cannot send from 192.0.2.99");
  EXPECT_EQ(test::finding_of(document, "inbound.starttls").verdict, error);
  document.findings = assess(document, embedded);
  EXPECT_EQ(exit_status(document, false), 3);
}

TEST(Inspected, AnIpv6AddressThatWasNotTriedIsNotSaidToBeSilent) {
  auto document = test::inspected();
  never_began(session(document, 1), Cause::own_limit, "not tried: -4 was asked for");
  const auto finding = test::finding_of(document, "inbound.ipv6");
  EXPECT_EQ(finding.verdict, not_tested);
  EXPECT_EQ(finding.summary.find("does not answer"), std::string::npos) << finding.summary;
}

TEST(Inspected, NamesAStrippedStarttls) {
  auto document = test::inspected();
  auto& it = session(document);
  it.tls.reset();
  it.starttls_offered = false;
  it.capabilities = {"PIPELINING", "XXXXXXXA"};
  it.phase = "starttls";
  it.cause = Cause::unsupported;
  it.error = "the server does not offer STARTTLS";
  const auto stripped = test::finding_of(document, "inbound.starttls", "192.0.2.1");
  EXPECT_EQ(stripped.verdict, fail);
  EXPECT_NE(stripped.summary.find("stripped"), std::string::npos) << stripped.summary;
  it.capabilities = {"PIPELINING", "XCLIENT"};
  EXPECT_EQ(test::finding_of(document, "inbound.starttls", "192.0.2.1").summary.find("stripped"), std::string::npos);
}

TEST(Inspected, InjectionIsJudgedWhereItWasTried) {
  auto document = test::inspected();
  EXPECT_TRUE(test::findings_of(document, "inbound.starttls-injection").empty());
  auto& injection = address(document).starttls_injection.emplace();
  injection.command = "NOOP";
  injection.session = session(document);
  injection.session.error = "no answer in time";
  EXPECT_EQ(test::finding_of(document, "inbound.starttls-injection").verdict, inconclusive);
  injection.executed = false;
  EXPECT_EQ(test::finding_of(document, "inbound.starttls-injection").verdict, pass);
  injection.executed = true;
  const auto found = test::finding_of(document, "inbound.starttls-injection");
  EXPECT_EQ(found.verdict, fail);
  EXPECT_EQ(found.evidence, std::vector<std::string>{"/target/mx/0/addresses/0/starttls_injection"});
  document.findings = assess(document, embedded);
  EXPECT_EQ(exit_status(document, false), 1);
}

TEST(Inspected, NobodyConnectedToSaysSo) {
  auto document = test::inspected();
  document.target.mx.clear();
  document.target.shape = MxShape::null_mx;
  EXPECT_EQ(test::finding_of(document, "inbound.starttls").verdict, not_tested);
  EXPECT_EQ(test::finding_of(document, "published.mx").verdict, fail);
  document.target.policies["tlsrpt"].reset();
  document.target.mta_sts = MtaSts{};
  EXPECT_EQ(test::finding_of(document, "published.mta-sts").verdict, not_applicable) << "no mail, no policy for it";
  EXPECT_EQ(test::finding_of(document, "published.tlsrpt").verdict, not_applicable);
}

TEST(Inspected, WhatCountsIsThatOfEveryAddress) {
  auto document = test::inspected();
  document.findings = assess(document, embedded);
  EXPECT_EQ(exit_status(document, false), 3) << "one address is not known";
  document.target.mx[0].addresses.pop_back();
  document.findings = assess(document, embedded);
  EXPECT_EQ(exit_status(document, false), 0);
  document.target.policies["spf"].reset();
  document.findings = assess(document, embedded);
  EXPECT_EQ(exit_status(document, false), 1) << "no SPF fails for inspect";
}

TEST(Inspected, TheCommandIsTheFirstWordThatIsOne) {
  auto document = test::inspected();
  document.run.command = "mailprobe --lab inspect doctor";
  document.findings = assess(document, embedded);
  EXPECT_FALSE(test::findings_of(document, "inbound.starttls").empty());
}

}  // namespace
}  // namespace mailprobe::evidence
