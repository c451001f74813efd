// published.dane, inbound.dane.
#include "tests/evidence/findings_of.h"
#include "tests/support/documents.h"

namespace mailprobe::evidence {
namespace {

using test::CheckRow;
using enum Verdict;

const std::string one = "3 1 1 " + std::string(64, 'a'), other = "3 1 1 " + std::string(64, 'b');

MxHost& host(Document& document) { return document.target.mx[0]; }

void look_up(Document& document, TlsaState state, std::vector<std::string> records = {}) {
  host(document).tlsa = std::move(records);
  host(document).tlsa_lookup =
      TlsaLookup{.base = "mx1.target.test", .state = state, .dnssec = Dnssec::secure, .unusable = {}, .problem = {}};
}

void fail_with(Document& document, Cause cause) {
  look_up(document, TlsaState::failed);
  host(document).tlsa_lookup->cause = cause;
  host(document).tlsa_lookup->problem = "TLSA: SERVFAIL";
}

/// An unsigned domain at a provider that is signed (RFC 7672 §2.2.1).
void look_up_optional(Document& document, std::vector<std::string> records) {
  look_up(document, TlsaState::insecure, std::move(records));
  host(document).tlsa_lookup->problem = "the MX records are not signed";
  document.target.dnssec = Dnssec::insecure;
  for (auto& address : host(document).addresses) address.dnssec = Dnssec::secure;
}

/// The session with mx1.target.test.
void set(Document& document, void (*change)(Attempt&)) {
  change(document.probes[0].attempts[0]);
  document.probes[0].smtp = document.probes[0].attempts[0];
}

void matches(Attempt& it) { it.tls->dane = DaneFacts{"pass", one, 0, {}, {}}; }
void matches_ca(Attempt& it) { it.tls->dane = DaneFacts{"pass", one, 1, {}, {}}; }
void differs(Attempt& it) {
  it.tls->dane = DaneFacts{"fail", {}, {}, Cause::policy, "no TLSA record matches what the server shows"};
}
void no_tls(Attempt& it) {
  it.tls.reset();
  it.phase = "starttls";
  it.cause = Cause::unsupported;
  it.error = "the server does not offer STARTTLS";
  it.outcome = Outcome::not_sent;
}
void timed_out(Attempt& it) {
  no_tls(it);
  it.phase = "connect";
  it.cause = Cause::timed_out;
}

const CheckRow rows[] = {
    {"one_record",
     [](Document& d) { look_up(d, TlsaState::usable, {one}); },
     "published.dane",
     pass,
     {},
     {"1 TLSA record (3 1 1 aaaaaaaaaaaa…), secure"},
     "mx mx1.target.test"},
    {"rollover_pair",
     [](Document& d) { look_up(d, TlsaState::usable, {one, other}); },
     "published.dane",
     info,
     {},
     {"a pair of one kind"}},
    {"two_kinds_are_no_pair",
     [](Document& d) { look_up(d, TlsaState::usable, {one, "2 1 1 " + std::string(64, 'c')}); }, "published.dane",
     pass},
    {"unusable_beside_it",
     [](Document& d) {
       const auto pkix = "1 1 1 " + std::string(64, 'c');
       look_up(d, TlsaState::usable, {one, pkix});
       host(d).tlsa_lookup->unusable = {pkix + ": usage 1 (PKIX-EE) is not for SMTP"};
     },
     "published.dane",
     pass,
     {},
     {"1 of them not usable"}},
    {"at_the_end_of_an_alias",
     [](Document& d) {
       look_up(d, TlsaState::usable, {one});
       host(d).tlsa_lookup->base = "real.other.test";
     },
     "published.dane",
     pass,
     {},
     {"at real.other.test"}},
    {"absent", [](Document& d) { look_up(d, TlsaState::absent); }, "published.dane", warn, {}, {"no TLSA records"}},
    {"unusable",
     [](Document& d) {
       look_up(d, TlsaState::unusable, {"0 0 1 cc"});
       host(d).tlsa_lookup->unusable = {"0 0 1 cc: usage 0 (PKIX-TA) is not for SMTP"};
     },
     "published.dane",
     fail,
     {},
     {"PKIX-TA"}},
    {"without_dnssec",
     [](Document& d) { look_up(d, TlsaState::insecure, {one}); },
     "published.dane",
     fail,
     {},
     {"for want of DNSSEC"}},
    {"optional",
     [](Document& d) { look_up_optional(d, {one}); },
     "published.dane",
     warn,
     {},
     {"(3 1 1 aaaaaaaaaaaa…) are secure; but the MX records are not signed", "senders need not heed them"}},
    {"optional_and_none_usable",
     [](Document& d) {
       look_up_optional(d, {"0 0 1 cc"});
       host(d).tlsa_lookup->unusable = {"0 0 1 cc: usage 0 (PKIX-TA) is not for SMTP"};
     },
     "published.dane",
     warn,
     {},
     {"none can be used for mail"}},
    {"optional_but_unsigned_themselves",
     [](Document& d) {
       look_up_optional(d, {one});
       host(d).tlsa_lookup->dnssec = Dnssec::insecure;
     },
     "published.dane", fail},
    {"optional_but_of_an_unsigned_host",
     [](Document& d) {
       look_up_optional(d, {one});
       host(d).addresses[0].dnssec = Dnssec::insecure;
     },
     "published.dane", fail},
    {"not_known_and_without_dnssec",
     [](Document& d) {
       look_up_optional(d, {});
       host(d).tlsa_lookup->cause = Cause::bogus;
     },
     "published.dane",
     warn,
     Cause::bogus,
     {"could not be looked up"}},
    {"neither_records_nor_dnssec",
     [](Document& d) { look_up(d, TlsaState::insecure); },
     "published.dane",
     warn,
     {},
     {"no TLSA records"}},
    {"bogus", [](Document& d) { fail_with(d, Cause::bogus); }, "published.dane", fail, Cause::bogus},
    {"servfail", [](Document& d) { fail_with(d, Cause::dns_failure); }, "published.dane", inconclusive,
     Cause::dns_failure},

    {"matches",
     [](Document& d) {
       look_up(d, TlsaState::usable, {one});
       set(d, matches);
     },
     "inbound.dane",
     pass,
     {},
     {"matches the certificate"},
     "address mx1.target.test 192.0.2.1"},
    {"a_cas_bare_key_matches",
     [](Document& d) {
       look_up(d, TlsaState::usable, {"2 1 0 30"});
       set(d, [](Attempt& it) { it.tls->dane = DaneFacts{"pass", "2 1 0 30", 0, {}, {}}; });
     },
     "inbound.dane",
     pass,
     {},
     {"matches the key of the CA that signed the certificate"},
     "address mx1.target.test 192.0.2.1"},
    {"a_ca_matches",
     [](Document& d) {
       look_up(d, TlsaState::usable, {one});
       set(d, matches_ca);
     },
     "inbound.dane",
     pass,
     {},
     {"a CA of the chain"}},
    {"does_not_match",
     [](Document& d) {
       look_up(d, TlsaState::usable, {other});
       set(d, differs);
     },
     "inbound.dane",
     fail,
     Cause::policy,
     {"no TLSA record matches"}},
    {"no_starttls",
     [](Document& d) {
       look_up(d, TlsaState::usable, {one});
       set(d, no_tls);
     },
     "inbound.dane",
     fail,
     Cause::unsupported,
     {"no TLS"}},
    {"nobody_answered",
     [](Document& d) {
       look_up(d, TlsaState::usable, {one});
       set(d, timed_out);
     },
     "inbound.dane", not_tested, Cause::timed_out},
    {"not_compared", [](Document& d) { look_up(d, TlsaState::usable, {one}); }, "inbound.dane", not_tested},
    {"not_connected_to", [](Document& d) { fail_with(d, Cause::bogus); }, "inbound.dane", not_tested, Cause::bogus},
    {"no_dane", [](Document& d) { look_up(d, TlsaState::absent); }, "inbound.dane", not_applicable},
    {"optional_and_matches",
     [](Document& d) {
       look_up_optional(d, {one});
       set(d, matches);
     },
     "inbound.dane",
     pass,
     {},
     {"matches the certificate, for the senders that heed it where the MX records are not signed"}},
    {"optional_and_does_not_match",
     [](Document& d) {
       look_up_optional(d, {other});
       set(d, differs);
     },
     "inbound.dane",
     fail,
     Cause::policy,
     {"DANE fails for the senders that heed it though the MX records are not signed", "no TLSA record matches"}},
    {"optional_and_no_starttls",
     [](Document& d) {
       look_up_optional(d, {one});
       set(d, no_tls);
     },
     "inbound.dane", fail, Cause::unsupported},
    {"optional_and_not_compared", [](Document& d) { look_up_optional(d, {one}); }, "inbound.dane", not_tested},
    {"optional_and_nothing_to_compare",
     [](Document& d) {
       look_up_optional(d, {"0 0 1 cc"});
       host(d).tlsa_lookup->unusable = {"0 0 1 cc: usage 0 (PKIX-TA) is not for SMTP"};
     },
     "inbound.dane", not_applicable},
    {"a_certificate_that_dane_vouches_for",
     [](Document& d) {
       look_up(d, TlsaState::usable, {one});
       set(d, [](Attempt& it) {
         matches(it);
         it.tls->verified = Verification{"fail", Cause::self_signed, "self-signed certificate"};
       });
     },
     "inbound.certificate",
     info,
     {},
     {"self-signed", "DANE vouches for it"}},
};

class Dane : public testing::TestWithParam<CheckRow> {};
TEST_P(Dane, IsJudged) { test::expect_row(test::good_delivery(), GetParam()); }
INSTANTIATE_TEST_SUITE_P(All, Dane, testing::ValuesIn(rows),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(Dane, IsNotJudgedWhereItWasNotLookedUp) {
  EXPECT_TRUE(test::findings_of(test::good_delivery(), "published.dane").empty());
  EXPECT_TRUE(test::findings_of(test::good_delivery(), "inbound.dane").empty());
}

/// Who is at a provider with TLSA records is never worse off than at one without.
TEST(Dane, RecordsThatNeedNotBeHeededAreNoWorseThanNone) {
  auto document = test::good_delivery();
  look_up_optional(document, {});
  const auto none = test::finding_of(document, "published.dane").verdict;
  look_up_optional(document, {one});
  EXPECT_EQ(test::finding_of(document, "published.dane").verdict, none);
}

TEST(Dane, AnInspectionExpectsItWhereItIsPublished) {
  auto document = test::good_delivery();
  look_up(document, TlsaState::usable, {other});
  set(document, differs);
  document.target.mx[0].addresses[0].session = document.probes[0].attempts[0];
  document.probes.clear();
  document.run.command = "inspect target.test";
  EXPECT_EQ(test::finding_of(document, "inbound.dane").evidence,
            std::vector<std::string>{"/target/mx/0/addresses/0/session/tls"});
  document.findings = assess(document, embedded);
  EXPECT_EQ(exit_status(document, false), 1);
}

}  // namespace
}  // namespace mailprobe::evidence
