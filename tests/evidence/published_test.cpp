#include "tests/evidence/findings_of.h"
#include "tests/support/documents.h"

namespace mailprobe::evidence {
namespace {

using test::CheckRow;
using enum Verdict;

Target& target(Document& document) { return document.target; }
void spf(Document& document, std::optional<std::string> record) {
  target(document).policies["spf"] = std::move(record);
}
void dmarc(Document& document, std::optional<std::string> record) {
  target(document).policies["dmarc"] = std::move(record);
}

const CheckRow mx[] = {
    {"mx", [](Document&) {}, "published.mx", pass, {}, {"mx1.target.test and mx2.target.test"}, "domain target.test"},
    {"one_host_at_two_preferences",
     [](Document& d) { target(d).mx.push_back(target(d).mx[0]); },
     "published.mx",
     pass,
     {},
     {"Mail goes to mx1.target.test and mx2.target.test."}},
    {"implicit", [](Document& d) { target(d).shape = MxShape::implicit; }, "published.mx", warn, {}, {"no MX record"}},
    {"null_mx", [](Document& d) { d = test::null_mx(); }, "published.mx", fail, Cause::policy, {"null MX"}},
    {"nxdomain", [](Document& d) { d = test::no_such_domain(); }, "published.mx", fail, {}, {"no such domain"}},
    {"none",
     [](Document& d) {
       d = test::no_such_domain();
       target(d).shape = MxShape::none;
       target(d).problem = "there is neither an MX nor an address record";
     },
     "published.mx",
     fail,
     {},
     {"neither an MX nor an address"}},
    {"bogus", [](Document& d) { d = test::bogus_domain(); }, "published.mx", fail, Cause::bogus, {"DNSSEC"}},
    {"servfail",
     [](Document& d) {
       d = test::bogus_domain();
       target(d).cause = Cause::dns_failure;
       target(d).problem = "MX of target.test: SERVFAIL";
     },
     "published.mx",
     inconclusive,
     Cause::dns_failure,
     {"SERVFAIL"}},
    {"timeout",
     [](Document& d) {
       d = test::bogus_domain();
       target(d).cause = Cause::timed_out;
     },
     "published.mx", inconclusive, Cause::timed_out},
    {"server", [](Document& d) { target(d).shape = MxShape::server; }, "published.mx", not_tested},
    {"via_relay", [](Document& d) { d = test::via_relay(); }, "published.mx", not_tested, Cause::via_relay},
    {"interrupted",
     [](Document& d) {
       d = test::no_such_domain();
       d.run.interrupted = true;
       target(d).shape = MxShape::none;
     },
     "published.mx", inconclusive, Cause::interrupted},
    {"one_is_an_alias",
     [](Document& d) { target(d).mx[1].problem = "is an alias (CNAME) of mx3.test"; },
     "published.mx",
     warn,
     {},
     {"mx2.target.test (is an alias"}},
    {"one_family_is_not_known",
     [](Document& d) { target(d).mx[1].problem = "AAAA: SERVFAIL: ns.test has no answer"; },
     "published.mx",
     inconclusive,
     Cause::dns_failure,
     {"Mail goes to mx1.target.test and mx2.target.test (AAAA: SERVFAIL", "not every address"}},
    {"one_family_of_all_hosts_is_not_known",
     [](Document& d) {
       for (auto& host : target(d).mx) host.problem = "A: no answer in time";
     },
     "published.mx", inconclusive, Cause::timed_out},
    {"one_family_is_bogus",
     [](Document& d) { target(d).mx[1].problem = "AAAA: bogus (DNSSEC): signature missing"; },
     "published.mx",
     warn,
     Cause::bogus,
     {"not every MX record is right: mx2.target.test (AAAA: bogus"}},
    {"one_is_an_alias_and_half_known",
     [](Document& d) { target(d).mx[1].problem = "is an alias (CNAME) of mx3.test; AAAA: SERVFAIL"; },
     "published.mx",
     warn,
     {},
     {"is an alias"}},
    {"one_dangles",
     [](Document& d) {
       target(d).mx[1].addresses.clear();
       target(d).mx[1].problem = "does not exist (NXDOMAIN)";
     },
     "published.mx",
     warn,
     {},
     {"NXDOMAIN"}},
    {"all_dangle",
     [](Document& d) {
       for (auto& host : target(d).mx) {
         host.addresses.clear();
         host.problem = "has no address";
       }
     },
     "published.mx",
     fail,
     {},
     {"No MX host can be reached"}},
    {"no_host_could_be_looked_up",
     [](Document& d) {
       for (auto& host : target(d).mx) {
         host.addresses.clear();
         host.problem = "A: SERVFAIL; AAAA: SERVFAIL";
       }
     },
     "published.mx", inconclusive, Cause::dns_failure},

    {"signed", [](Document&) {}, "published.dnssec", pass},
    {"unsigned", [](Document& d) { target(d).dnssec = Dnssec::insecure; }, "published.dnssec", warn},
    {"bogus_mx", [](Document& d) { target(d).dnssec = Dnssec::bogus; }, "published.dnssec", fail, Cause::bogus},
    {"unknown", [](Document& d) { target(d).dnssec = Dnssec::unknown; }, "published.dnssec", not_tested},
    {"host_signed", [](Document&) {}, "published.mx-dnssec", pass, {}, {}, "mx mx2.target.test"},
    {"host_unsigned",
     [](Document& d) { target(d).mx[1].dnssec = Dnssec::insecure; },
     "published.mx-dnssec",
     warn,
     {},
     {"mx2.target.test"},
     "mx mx2.target.test"},

    {"ipv6", [](Document& d) { target(d).mx.pop_back(); }, "published.ipv6", pass, {}, {"mx1.target.test has"}},
    {"ipv6_of_one", [](Document&) {}, "published.ipv6", info, {}, {"mx2.target.test has none"}},
    {"dnssec_of_a_null_mx",
     [](Document& d) {
       d = test::null_mx();
       target(d).dnssec = Dnssec::secure;
     },
     "published.dnssec", pass},
    {"no_ipv6", [](Document& d) { target(d).mx[0].addresses.pop_back(); }, "published.ipv6", info},
};

auth::SpfSurvey& surveyed(Document& document) {
  auto& survey = target(document).spf_survey.emplace();
  survey.rest = auth::SpfOutcome::fail;
  return survey;
}

const CheckRow policies[] = {
    {"spf_fail", [](Document&) {}, "published.spf", pass, {}, {"-all"}},
    {"spf_softfail", [](Document& d) { spf(d, "v=spf1 mx ~all"); }, "published.spf", pass, {}, {"~all"}},
    {"spf_redirect", [](Document& d) { spf(d, "v=spf1 redirect=_spf.test"); }, "published.spf", pass, {}, {"redirect"}},
    {"spf_missing", [](Document& d) { spf(d, {}); }, "published.spf", fail, {}, {"no SPF record"}},
    {"spf_not_looked_up", [](Document& d) { target(d).policies.erase("spf"); }, "published.spf", inconclusive,
     Cause::dns_failure},
    {"spf_several",
     [](Document& d) { spf(d, "v=spf1 mx -all\nv=spf1 a -all"); },
     "published.spf",
     fail,
     {},
     {"several"}},
    {"spf_bad", [](Document& d) { spf(d, "v=spf1 mxx -all"); }, "published.spf", fail, {}, {"not valid"}},
    {"spf_everybody", [](Document& d) { spf(d, "v=spf1 +all"); }, "published.spf", fail, {}, {"everybody"}},
    {"spf_neutral", [](Document& d) { spf(d, "v=spf1 mx ?all"); }, "published.spf", warn},
    {"spf_without_end", [](Document& d) { spf(d, "v=spf1 mx"); }, "published.spf", warn},
    {"spf_ptr", [](Document& d) { spf(d, "v=spf1 ptr -all"); }, "published.spf", warn, {}, {"ptr"}},
    {"spf_eleven_look_ups",
     [](Document& d) { spf(d, "v=spf1 a a:b.t a:c.t a:d.t a:e.t a:f.t a:g.t a:h.t a:i.t a:j.t a:k.t -all"); },
     "published.spf",
     fail,
     {},
     {"11 look-ups"}},

    {"spf_counted",
     [](Document& d) {
       auto& survey = surveyed(d);
       survey.lookups = 3;
       survey.senders = {{"a.test", "mx", auth::SpfOutcome::pass, {"192.0.2.1", "192.0.2.2"}},
                         {"a.test", "exists:%{i}.a.test", auth::SpfOutcome::pass, {}}};
     },
     "published.spf",
     pass,
     {},
     {"ends in -all: 3 of 10 look-ups, 2 networks may send, and whom 1 term of another kind lets in."}},
    {"spf_eleven_with_includes",
     [](Document& d) { surveyed(d).lookups = 11; },
     "published.spf",
     fail,
     {},
     {"11 look-ups with all that it includes"}},
    {"spf_bad_include",
     [](Document& d) { surveyed(d).problems = {"include:b.test leads to b.test, which has no SPF record"}; },
     "published.spf",
     fail,
     {},
     {"permanent error: include:b.test leads to b.test"}},
    {"spf_voids", [](Document& d) { surveyed(d).void_lookups = 3; }, "published.spf", fail, {}, {"3 look-ups"}},
    {"spf_voids_over_ipv6",
     [](Document& d) { surveyed(d).void_lookups_ipv6 = 3; },
     "published.spf",
     warn,
     {},
     {"over IPv6"}},
    {"spf_open_behind_a_redirect",
     [](Document& d) { surveyed(d).rest = auth::SpfOutcome::pass; },
     "published.spf",
     fail,
     {},
     {"everybody"}},
    {"spf_everybody_by_an_include",
     [](Document& d) { surveyed(d).senders = {{"open.test", "all", auth::SpfOutcome::pass, {"0.0.0.0/0", "::/0"}}}; },
     "published.spf",
     fail,
     {},
     {"everybody send for the domain: all (0.0.0.0/0) in the record of open.test"}},
    {"spf_everybody_by_a_network",
     [](Document& d) { surveyed(d).senders = {{"a.test", "ip4:0.0.0.0/0", auth::SpfOutcome::pass, {"0.0.0.0/0"}}}; },
     "published.spf",
     fail,
     {},
     {"everybody", "ip4:0.0.0.0/0"}},
    {"spf_nobody_by_a_network",
     [](Document& d) { surveyed(d).senders = {{"a.test", "-ip4:0.0.0.0/0", auth::SpfOutcome::fail, {"0.0.0.0/0"}}}; },
     "published.spf", pass},
    {"spf_half_the_internet",
     [](Document& d) {
       surveyed(d).senders = {{"a.test", "ip4:128.0.0.0/1", auth::SpfOutcome::pass, {"128.0.0.0/1"}}};
     },
     "published.spf",
     warn,
     {},
     {"ip4:128.0.0.0/1"}},
    {"spf_not_all_looked_up",
     [](Document& d) { surveyed(d).failures = {"look-up of b.test failed: SERVFAIL"}; },
     "published.spf",
     inconclusive,
     Cause::dns_failure,
     {"b.test failed: SERVFAIL"}},

    {"spf_bogus",
     [](Document& d) {
       target(d).policies.erase("spf");
       target(d).failed = {{"spf", Cause::bogus, "bogus (DNSSEC): signature expired"}};
     },
     "published.spf",
     fail,
     Cause::bogus,
     {"DNSSEC validation", "signature expired"}},
    {"dmarc_timed_out",
     [](Document& d) {
       target(d).policies.erase("dmarc");
       target(d).failed = {{"dmarc", Cause::timed_out, "no answer in time"}};
     },
     "published.dmarc", inconclusive, Cause::timed_out},

    {"dmarc_reject", [](Document&) {}, "published.dmarc", pass, {}, {"p=reject"}},
    {"dmarc_quarantine",
     [](Document& d) { dmarc(d, "v=DMARC1; p=quarantine"); },
     "published.dmarc",
     pass,
     {},
     {"p=quarantine", "without reports"}},
    {"dmarc_reports_agreed_to",
     [](Document& d) { target(d).policies["target.test._report._dmarc.example.net"] = "v=DMARC1"; }, "published.dmarc",
     pass},
    {"dmarc_reports_not_agreed_to",
     [](Document& d) { target(d).policies["target.test._report._dmarc.example.net"] = std::nullopt; },
     "published.dmarc",
     warn,
     {},
     {"no agreement at target.test._report._dmarc.example.net"}},
    {"dmarc_reports",
     [](Document& d) {
       dmarc(d, "v=DMARC1; p=reject; rua=mailto:a@b.test,mailto:c@b.test; ruf=mailto:d@b.test; fo=1:d");
     },
     "published.dmarc",
     pass,
     {},
     {"rua=mailto:a@b.test and 1 more, ruf=mailto:d@b.test, fo=1:d"}},
    {"dmarc_none", [](Document& d) { dmarc(d, "v=DMARC1; p=none"); }, "published.dmarc", warn, {}, {"only watches"}},
    {"dmarc_testing",
     [](Document& d) { dmarc(d, "v=DMARC1; p=reject; t=y"); },
     "published.dmarc",
     warn,
     {},
     {"test mode"}},
    {"dmarc_sampled",
     [](Document& d) { dmarc(d, "v=DMARC1; p=quarantine; pct=0"); },
     "published.dmarc",
     warn,
     {},
     {"has pct=0", "p=quarantine", "milder for all of the mail"}},
    {"dmarc_alignment",
     [](Document& d) { dmarc(d, "v=DMARC1; p=reject; adkim=s; aspf=s"); },
     "published.dmarc",
     pass,
     {},
     {"p=reject, adkim=s, aspf=s"}},
    {"dmarc_inherited",
     [](Document& d) { target(d).dmarc_domain = "test"; },
     "published.dmarc",
     pass,
     {},
     {"The DMARC record of test, which holds here, is valid"}},
    {"dmarc_inherited_and_mild",
     [](Document& d) {
       dmarc(d, "v=DMARC1; p=reject; sp=none");
       target(d).dmarc_domain = "test";
     },
     "published.dmarc",
     warn,
     {},
     {"of test", "only watches", "sp=none"}},
    {"dmarc_own_and_mild_below",
     [](Document& d) {
       dmarc(d, "v=DMARC1; p=reject; sp=none");
       target(d).dmarc_domain = "target.test";
     },
     "published.dmarc", pass},
    {"dmarc_missing", [](Document& d) { dmarc(d, {}); }, "published.dmarc", fail, {}, {"no DMARC record"}},
    {"dmarc_several", [](Document& d) { dmarc(d, "v=DMARC1; p=none\nv=DMARC1; p=reject"); }, "published.dmarc", fail},
    {"dmarc_not_looked_up", [](Document& d) { target(d).policies.erase("dmarc"); }, "published.dmarc", inconclusive,
     Cause::dns_failure},
};

class Published : public testing::TestWithParam<CheckRow> {};

TEST_P(Published, IsJudged) { test::expect_row(test::good_delivery(), GetParam()); }

const auto name_of = [](const auto& info) { return std::string(info.param.name); };
INSTANTIATE_TEST_SUITE_P(Mx, Published, testing::ValuesIn(mx), name_of);
INSTANTIATE_TEST_SUITE_P(Policies, Published, testing::ValuesIn(policies), name_of);

/// A limit of ours: said, and neither for the domain nor against it.
TEST(LeftOut, IsNotTested) {
  auto document = test::good_delivery();
  const auto told = [&](const std::string& subject) {
    auto all = test::findings_of(document, "inbound.connect");
    std::erase_if(all, [&](const Finding& finding) { return finding.subject != subject; });
    return all;
  };
  EXPECT_TRUE(told("domain target.test").empty());
  const auto host = target(document).mx[0].host;
  target(document).mx.push_back(target(document).mx[0]);
  target(document).failed = {{"mx", Cause::own_limit, "5 of 25 MX records (a.test, b.test) are left out"},
                             {"addresses " + host, Cause::own_limit, "5 of 25 IPv4 addresses are left out"}};
  for (const auto& subject : {std::string("domain target.test"), "mx " + host}) {
    const auto all = told(subject);
    ASSERT_EQ(all.size(), 1U) << subject;
    EXPECT_EQ(all[0].verdict, not_tested);
    EXPECT_EQ(all[0].cause, Cause::own_limit);
    EXPECT_NE(all[0].summary.find("5 of 25"), std::string::npos) << all[0].summary;
  }
  EXPECT_EQ(test::finding_of(document, "published.mx").verdict, pass);
}

TEST(PublishedNothing, OfADomainThatWasNotLookedUp) {
  EXPECT_TRUE(test::findings_of(test::no_such_domain(), "published.spf").empty());
  EXPECT_TRUE(test::findings_of(test::no_such_domain(), "published.dnssec").empty());
  EXPECT_TRUE(test::findings_of(test::doctor_good(), "published.mx").empty());
}

}  // namespace
}  // namespace mailprobe::evidence
