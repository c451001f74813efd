// published.mta-sts, published.tlsrpt, inbound.mta-sts.
#include "tests/evidence/findings_of.h"
#include "tests/support/documents.h"

namespace mailprobe::evidence {
namespace {

using test::CheckRow;
using enum Verdict;

MtaSts& sts(Document& document) { return *document.target.mta_sts; }

void publish(Document& document, std::optional<StsMode> mode) {
  document.target.policies["mta_sts"] = "v=STSv1; id=7";
  document.target.mta_sts = MtaSts{};
  sts(document).id = "7";
  sts(document).mode = mode;
  sts(document).mx = {"*.target.test"};
  sts(document).max_age = 604'800;
}

void spoil(Document& document, Cause cause, const char* problem) {
  publish(document, {});
  sts(document).problem = problem;
  sts(document).cause = cause;
}

void set(Document& document, void (*change)(Attempt&)) {
  change(document.probes[0].attempts[0]);
  document.probes[0].smtp = document.probes[0].attempts[0];
}

void wrong_name(Attempt& it) { it.tls->verified = Verification{"fail", Cause::wrong_name, "mx1 is not among"}; }
void no_tls(Attempt& it) {
  it.tls.reset();
  it.cause = Cause::unsupported;
  it.error = "the server does not offer STARTTLS";
}

const CheckRow rows[] = {
    {"enforce",
     [](Document& d) { publish(d, StsMode::enforce); },
     "published.mta-sts",
     pass,
     {},
     {"mode enforce, id 7"},
     "domain target.test"},
    {"kept_from_before",
     [](Document& d) {
       publish(d, StsMode::enforce);
       sts(d).source = "cache";
       sts(d).fetched = *parse_rfc3339("2026-05-01T10:00:00Z");
     },
     "published.mta-sts",
     pass,
     {},
     {"fetched on 2026-05-01", "--fresh"}},
    {"changed_under_its_id",
     [](Document& d) {
       publish(d, StsMode::enforce);
       d.target.mta_sts->changed_under_id = true;
     },
     "published.mta-sts",
     warn,
     {},
     {"another than before under the same id"}},
    {"testing", [](Document& d) { publish(d, StsMode::testing); }, "published.mta-sts", warn, {}, {"only tested"}},
    {"mode_none", [](Document& d) { publish(d, StsMode::none); }, "published.mta-sts", warn, {}, {"mode none"}},
    {"absent",
     [](Document& d) {
       d.target.policies["mta_sts"] = std::nullopt;
       d.target.mta_sts = MtaSts{};
     },
     "published.mta-sts",
     warn,
     {},
     {"publishes no MTA-STS policy"}},
    {"not_looked_up",
     [](Document& d) {
       spoil(d, Cause::dns_failure, "the TXT record could not be looked up: SERVFAIL");
       d.target.policies.erase("mta_sts");
     },
     "published.mta-sts", inconclusive, Cause::dns_failure},
    {"bogus",
     [](Document& d) {
       spoil(d, Cause::bogus, "the TXT record could not be looked up: bogus (DNSSEC)");
       d.target.policies.erase("mta_sts");
     },
     "published.mta-sts",
     fail,
     Cause::bogus,
     {"bogus"}},
    {"redirected",
     [](Document& d) { spoil(d, Cause::protocol_error, "it is redirected with 301"); },
     "published.mta-sts",
     fail,
     Cause::protocol_error,
     {"redirected"}},
    {"bad_certificate",
     [](Document& d) { spoil(d, Cause::expired, "the certificate of mta-sts.target.test does not verify"); },
     "published.mta-sts", fail, Cause::expired},
    {"not_found", [](Document& d) { spoil(d, Cause::refused, "the answer is 404"); }, "published.mta-sts", fail,
     Cause::refused},
    {"too_often", [](Document& d) { spoil(d, Cause::rate_limited, "the answer is 429"); }, "published.mta-sts",
     inconclusive, Cause::rate_limited},
    {"trickle", [](Document& d) { spoil(d, Cause::timed_out, "reading: timed out"); }, "published.mta-sts",
     inconclusive, Cause::timed_out},
    {"record_that_is_none",
     [](Document& d) {
       publish(d, {});
       sts(d).problem = "the TXT record is not valid: it has no id=";
     },
     "published.mta-sts",
     fail,
     {},
     {"no id="}},
    {"kept_policy_holds",
     [](Document& d) {
       publish(d, StsMode::enforce);
       sts(d).problem = "it is redirected with 301";
       sts(d).cause = Cause::protocol_error;
     },
     "published.mta-sts",
     fail,
     Cause::protocol_error,
     {"still holds (mode enforce)"}},
    {"host_not_listed",
     [](Document& d) {
       publish(d, StsMode::enforce);
       sts(d).unlisted = {"mx2.target.test"};
     },
     "published.mta-sts",
     fail,
     Cause::policy,
     {"does not list mx2.target.test"}},
    {"host_not_listed_in_testing",
     [](Document& d) {
       publish(d, StsMode::testing);
       sts(d).unlisted = {"mx2.target.test"};
     },
     "published.mta-sts", warn, Cause::policy},
    {"no_mx_is_known",
     [](Document& d) {
       publish(d, StsMode::enforce);
       d.target.mx.clear();
       d.target.shape = MxShape::failed;
       d.target.cause = Cause::timed_out;
     },
     "published.mta-sts",
     inconclusive,
     Cause::timed_out,
     {"whether it lists every MX host is not known"}},
    {"one_host_left_out",
     [](Document& d) {
       publish(d, StsMode::enforce);
       d.target.failed = {{"mx", Cause::own_limit, "1 of 21 MX records (a.test) are left out"}};
     },
     "published.mta-sts",
     pass,
     {},
     {"lists every MX host that was looked at: mode enforce"}},
    {"no_host_to_list",
     [](Document& d) {
       publish(d, StsMode::enforce);
       d.target.mx.clear();
       d.target.shape = MxShape::none;
     },
     "published.mta-sts",
     not_applicable,
     {},
     {"no mail host"}},
    {"null_mx",
     [](Document& d) {
       publish(d, StsMode::enforce);
       d.target.mx.clear();
       d.target.shape = MxShape::null_mx;
     },
     "published.mta-sts",
     not_applicable,
     {},
     {"takes no mail"}},
    {"short_lived",
     [](Document& d) {
       publish(d, StsMode::enforce);
       sts(d).max_age = 3600;
     },
     "published.mta-sts",
     warn,
     {},
     {"max_age 3600"}},

    {"kept",
     [](Document& d) { publish(d, StsMode::enforce); },
     "inbound.mta-sts",
     pass,
     {},
     {"keeps the MTA-STS policy"},
     "address mx1.target.test 192.0.2.1"},
    {"wrong_name",
     [](Document& d) {
       publish(d, StsMode::enforce);
       set(d, wrong_name);
     },
     "inbound.mta-sts", fail, Cause::wrong_name},
    {"wrong_name_in_testing",
     [](Document& d) {
       publish(d, StsMode::testing);
       set(d, wrong_name);
     },
     "inbound.mta-sts", warn, Cause::wrong_name},
    {"unlisted",
     [](Document& d) {
       publish(d, StsMode::enforce);
       sts(d).unlisted = {"mx1.target.test"};
     },
     "inbound.mta-sts", fail, Cause::policy},
    {"no_starttls",
     [](Document& d) {
       publish(d, StsMode::enforce);
       set(d, no_tls);
     },
     "inbound.mta-sts", fail, Cause::unsupported},
    {"nothing_to_keep", [](Document& d) { d.target.mta_sts = MtaSts{}; }, "inbound.mta-sts", not_applicable},

    {"tlsrpt",
     [](Document& d) { d.target.policies["tlsrpt"] = "v=TLSRPTv1; rua=mailto:tls@target.test"; },
     "published.tlsrpt",
     pass,
     {},
     {"mailto:tls@target.test"}},
    {"tlsrpt_by_https",
     [](Document& d) { d.target.policies["tlsrpt"] = "v=TLSRPTv1; rua=https://target.test/r"; },
     "published.tlsrpt",
     pass,
     {},
     {"https://target.test/r"}},
    {"tlsrpt_by_ftp",
     [](Document& d) { d.target.policies["tlsrpt"] = "v=TLSRPTv1; rua=ftp://target.test/r"; },
     "published.tlsrpt",
     fail,
     {},
     {"ftp://target.test/r, where none can be sent"}},
    {"tlsrpt_to_nobody",
     [](Document& d) { d.target.policies["tlsrpt"] = "v=TLSRPTv1; rua=mailto:nobody,http://target.test/"; },
     "published.tlsrpt", fail},
    {"tlsrpt_partly",
     [](Document& d) { d.target.policies["tlsrpt"] = "v=TLSRPTv1; rua=http://target.test/,MAILTO:a@b.test"; },
     "published.tlsrpt",
     warn,
     {},
     {"MAILTO:a@b.test", "http://target.test/"}},
    {"no_tlsrpt", [](Document& d) { d.target.policies["tlsrpt"] = std::nullopt; }, "published.tlsrpt", warn},
    {"two_tlsrpt",
     [](Document& d) {
       d.target.policies["tlsrpt"] = "v=TLSRPTv1; rua=mailto:a@b.test\nv=TLSRPTv1; rua=mailto:a@b.test";
     },
     "published.tlsrpt",
     fail,
     {},
     {"several"}},
    {"bad_tlsrpt",
     [](Document& d) { d.target.policies["tlsrpt"] = "v=TLSRPTv1"; },
     "published.tlsrpt",
     fail,
     {},
     {"no rua="}},
    {"tlsrpt_not_looked_up", [](Document& d) { d.target.policies.erase("tlsrpt"); }, "published.tlsrpt", inconclusive,
     Cause::dns_failure},
};

class MtaStsChecks : public testing::TestWithParam<CheckRow> {};
TEST_P(MtaStsChecks, AreJudged) { test::expect_row(test::good_delivery(), GetParam()); }
INSTANTIATE_TEST_SUITE_P(All, MtaStsChecks, testing::ValuesIn(rows),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(MtaStsChecks, AreNotMadeWhereNothingWasLookedUp) {
  EXPECT_TRUE(test::findings_of(test::good_delivery(), "published.mta-sts").empty());
  EXPECT_TRUE(test::findings_of(test::good_delivery(), "inbound.mta-sts").empty());
}

}  // namespace
}  // namespace mailprobe::evidence
