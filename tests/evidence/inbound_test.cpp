#include "tests/evidence/findings_of.h"
#include "tests/support/documents.h"

namespace mailprobe::evidence {
namespace {

using test::CheckRow;
using enum Verdict;

Attempt& attempt(Document& document) { return document.probes[0].attempts[0]; }

/// The attempt is changed, and the last one with it.
void set(Document& document, void (*change)(Attempt&)) {
  change(attempt(document));
  document.probes[0].smtp = attempt(document);
}

void end(Attempt& it, const char* phase, std::optional<Cause> cause, const char* error) {
  it.phase = phase;
  it.cause = cause;
  it.error = error;
  it.outcome = Outcome::not_sent;
  it.reply.reset();
  it.tls.reset();
  it.capabilities.clear();
}

void refuse(Attempt& it, const char* phase, int code, Cause cause) {
  end(it, phase, cause, "refused");
  it.outcome = code < 500 ? Outcome::temporary : Outcome::rejected;
  it.reply = ReplyFacts{code, {}, "words of the server"};
}

/// The handshake was made, and then this.
template <auto End>
void under_tls(Attempt& it) {
  const auto tls = it.tls;
  End(it);
  it.phase = "ehlo";
  it.tls = tls;
}

const CheckRow rows[] = {
    {"starttls_without_rfc5746",
     [](Document& d) {
       set(d, [](Attempt& it) {
         end(it, "tls", Cause::protocol_error, "TLS handshake: unsafe legacy renegotiation disabled");
       });
     },
     "inbound.starttls",
     fail,
     Cause::unsupported,
     {"RFC 5746"}},
    {"connect_answers", [](Document&) {}, "inbound.connect", pass, {}, {}, "address mx1.target.test 192.0.2.1"},
    {"connect_refused",
     [](Document& d) { set(d, [](Attempt& it) { end(it, "connect", Cause::refused, "connection refused"); }); },
     "inbound.connect",
     inconclusive,
     Cause::refused,
     {"connection refused"}},
    {"connect_timed_out",
     [](Document& d) { set(d, [](Attempt& it) { end(it, "connect", Cause::timed_out, "no answer"); }); },
     "inbound.connect", inconclusive, Cause::timed_out},
    {"connect_our_port_25",
     [](Document& d) { set(d, [](Attempt& it) { end(it, "connect", Cause::our_port_25, "no answer"); }); },
     "inbound.connect", inconclusive, Cause::our_port_25},
    {"connect_no_ipv6", [](Document& d) { set(d, [](Attempt& it) { end(it, "connect", Cause::no_ipv6, "no IPv6"); }); },
     "inbound.connect", not_tested, Cause::no_ipv6},
    {"connect_own_fault",
     [](Document& d) { set(d, [](Attempt& it) { end(it, "connect", {}, "cannot make a socket"); }); },
     "inbound.connect", error},
    {"connect_interrupted",
     [](Document& d) { set(d, [](Attempt& it) { end(it, "connect", Cause::interrupted, "interrupted"); }); },
     "inbound.connect", inconclusive, Cause::interrupted},
    {"banner_garbage",
     [](Document& d) { set(d, [](Attempt& it) { end(it, "banner", Cause::protocol_error, "not a reply"); }); },
     "inbound.connect", fail, Cause::protocol_error},
    {"banner_rate_limited",
     [](Document& d) { set(d, [](Attempt& it) { refuse(it, "banner", 421, Cause::rate_limited); }); },
     "inbound.connect",
     inconclusive,
     Cause::rate_limited,
     {"421", "words of the server"}},
    {"banner_blocked", [](Document& d) { set(d, [](Attempt& it) { refuse(it, "banner", 554, Cause::blocked); }); },
     "inbound.connect", inconclusive, Cause::blocked},
    {"banner_refused_for_our_name",
     [](Document& d) { set(d, [](Attempt& it) { refuse(it, "banner", 554, Cause::policy); }); }, "inbound.connect",
     inconclusive, Cause::policy},
    {"banner_refused", [](Document& d) { set(d, [](Attempt& it) { refuse(it, "banner", 554, Cause::refused); }); },
     "inbound.connect", inconclusive, Cause::refused},

    {"ipv6_answers",
     [](Document& d) { set(d, [](Attempt& it) { it.address = "2001:db8::1"; }); },
     "inbound.ipv6",
     pass,
     {},
     {},
     "address mx1.target.test 2001:db8::1"},
    {"ipv6_no_route",
     [](Document& d) {
       set(d, [](Attempt& it) {
         end(it, "connect", Cause::no_ipv6, "no IPv6 on this machine");
         it.address = "2001:db8::1";
       });
     },
     "inbound.ipv6", not_tested, Cause::no_ipv6},
    {"ipv6_refused",
     [](Document& d) {
       set(d, [](Attempt& it) {
         end(it, "connect", Cause::refused, "connection refused");
         it.address = "2001:db8::1";
       });
     },
     "inbound.ipv6", inconclusive, Cause::refused},

    {"starttls_completes", [](Document&) {}, "inbound.starttls", pass},
    {"starttls_missing",
     [](Document& d) { d = test::without_starttls(); },
     "inbound.starttls",
     fail,
     Cause::unsupported,
     {"does not offer STARTTLS"}},
    {"starttls_injected",
     [](Document& d) {
       set(d, [](Attempt& it) { end(it, "starttls", Cause::protocol_error, "injected data: 9 bytes followed"); });
     },
     "inbound.starttls",
     fail,
     Cause::protocol_error,
     {"injected data"}},
    {"starttls_454", [](Document& d) { set(d, [](Attempt& it) { refuse(it, "starttls", 454, Cause::refused); }); },
     "inbound.starttls", inconclusive, Cause::refused},
    {"starttls_500", [](Document& d) { set(d, [](Attempt& it) { refuse(it, "starttls", 500, Cause::refused); }); },
     "inbound.starttls", fail, Cause::refused},
    {"starttls_refuses_ehlo",
     [](Document& d) {
       set(d,
           [](Attempt& it) { end(it, "ehlo", Cause::unsupported, "the server refuses EHLO, so it has no STARTTLS"); });
     },
     "inbound.starttls", fail, Cause::unsupported},
    {"starttls_plain_text_permitted",
     [](Document& d) {
       set(d, [](Attempt& it) {
         it.tls.reset();
         it.starttls_offered = false;
       });
     },
     "inbound.starttls",
     fail,
     Cause::unsupported,
     {"not offered", "plain text"}},
    {"starttls_plain_text_and_then_greylisted",
     [](Document& d) {
       set(d, [](Attempt& it) {
         refuse(it, "rcpt", 451, Cause::greylisted);
         it.starttls_offered = false;
       });
     },
     "inbound.starttls", fail, Cause::unsupported},
    {"starttls_refused_and_plain_text_permitted",
     [](Document& d) { set(d, [](Attempt& it) { it.tls.reset(); }); },
     "inbound.starttls",
     fail,
     Cause::unsupported,
     {"offered and then refused"}},
    {"starttls_greylisted_before",
     [](Document& d) { set(d, [](Attempt& it) { refuse(it, "banner", 451, Cause::greylisted); }); }, "inbound.starttls",
     not_tested, Cause::greylisted},
    {"starttls_stalled",
     [](Document& d) { set(d, [](Attempt& it) { end(it, "tls", Cause::timed_out, "TLS handshake: no answer"); }); },
     "inbound.starttls", inconclusive, Cause::timed_out},
    {"starttls_own_fault",
     [](Document& d) { set(d, [](Attempt& it) { end(it, "tls", {}, "TLS handshake: no context"); }); },
     "inbound.starttls", error},
    {"starttls_old_versions_only",
     [](Document& d) { d = test::old_tls(); },
     "inbound.starttls",
     fail,
     Cause::unsupported,
     {"handshake fails"}},
    {"starttls_then_busy",
     [](Document& d) { set(d, under_tls<[](Attempt& it) { refuse(it, "ehlo", 421, Cause::rate_limited); }>); },
     "inbound.starttls",
     inconclusive,
     Cause::rate_limited,
     {"STARTTLS completes", "words of the server"}},
    {"starttls_then_ehlo_refused",
     [](Document& d) { set(d, under_tls<[](Attempt& it) { refuse(it, "ehlo", 502, Cause::refused); }>); },
     "inbound.starttls",
     fail,
     Cause::refused,
     {"EHLO under TLS", "words of the server"}},
    {"starttls_then_blocked",
     [](Document& d) { set(d, under_tls<[](Attempt& it) { refuse(it, "ehlo", 554, Cause::blocked); }>); },
     "inbound.starttls", inconclusive, Cause::blocked},
    {"starttls_then_refused_for_our_name",
     [](Document& d) { set(d, under_tls<[](Attempt& it) { refuse(it, "ehlo", 550, Cause::policy); }>); },
     "inbound.starttls", inconclusive, Cause::policy},
    {"starttls_then_closed",
     [](Document& d) {
       set(d, under_tls<[](Attempt& it) { end(it, "ehlo", Cause::unreachable, "connection closed"); }>);
     },
     "inbound.starttls",
     inconclusive,
     Cause::unreachable,
     {"connection closed"}},
    {"starttls_then_silence",
     [](Document& d) { set(d, under_tls<[](Attempt& it) { end(it, "ehlo", Cause::timed_out, "no answer"); }>); },
     "inbound.starttls", inconclusive, Cause::timed_out},
    {"starttls_then_a_client_certificate_is_missed",
     [](Document& d) {
       set(d,
           under_tls<[](Attempt& it) { end(it, "ehlo", Cause::protocol_error, "TLS: alert certificate_required"); }>);
     },
     "inbound.starttls",
     fail,
     Cause::protocol_error,
     {"alert certificate_required"}},
    {"starttls_then_our_fault",
     [](Document& d) { set(d, under_tls<[](Attempt& it) { end(it, "ehlo", {}, "out of memory"); }>); },
     "inbound.starttls", error},
    {"starttls_before_a_certificate_that_we_refuse",
     [](Document& d) {
       set(d, [](Attempt& it) {
         const auto tls = it.tls;
         end(it, "tls", Cause::unknown_ca, "the server's certificate does not verify; nothing is sent");
         it.tls = tls;
       });
     },
     "inbound.starttls", pass},

    {"version_13", [](Document&) {}, "inbound.tls-version", pass, {}, {"TLSv1.3"}},
    {"version_12", [](Document& d) { set(d, [](Attempt& it) { it.tls->version = "TLSv1.2"; }); }, "inbound.tls-version",
     pass},
    {"version_10", [](Document& d) { set(d, [](Attempt& it) { it.tls->version = "TLSv1"; }); }, "inbound.tls-version",
     fail},
    {"version_alert",
     [](Document& d) { d = test::old_tls(); },
     "inbound.tls-version",
     fail,
     Cause::unsupported,
     {"alert protocol_version"}},
    {"version_unsupported_on_our_side",
     [](Document& d) {
       set(d, [](Attempt& it) { end(it, "tls", Cause::unsupported, "TLS handshake: unsupported protocol"); });
     },
     "inbound.tls-version",
     fail,
     Cause::unsupported,
     {"unsupported protocol"}},
    {"version_without_tls", [](Document& d) { d = test::without_starttls(); }, "inbound.tls-version", not_tested,
     Cause::unsupported},

    {"cipher_of_13", [](Document&) {}, "inbound.tls-cipher", pass, {}, {"TLS_AES_256_GCM_SHA384", "x25519"}},
    {"cipher_ecdhe_gcm",
     [](Document& d) {
       set(d, [](Attempt& it) {
         it.tls->version = "TLSv1.2";
         it.tls->cipher = "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256";
       });
     },
     "inbound.tls-cipher", pass},
    {"cipher_cbc",
     [](Document& d) {
       set(d, [](Attempt& it) {
         it.tls->version = "TLSv1.2";
         it.tls->cipher = "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256";
       });
     },
     "inbound.tls-cipher", warn},
    {"cipher_without_forward_secrecy",
     [](Document& d) {
       set(d, [](Attempt& it) {
         it.tls->version = "TLSv1.2";
         it.tls->cipher = "TLS_RSA_WITH_AES_128_GCM_SHA256";
       });
     },
     "inbound.tls-cipher", warn},

    {"certificate_verifies",
     [](Document&) {},
     "inbound.certificate",
     pass,
     {},
     {"mx1.target.test", "2026-12-31"},
     "cert mx1.target.test 192.0.2.1 ecdsa"},
    {"certificate_ends_soon",
     [](Document& d) {
       set(d, [](Attempt& it) { it.tls->certificates[0].not_after = it.started + std::chrono::days(13); });
     },
     "inbound.certificate", warn},
    {"certificate_of_rsa",
     [](Document& d) { set(d, [](Attempt& it) { it.tls->certificates[0].key = "RSA 2048"; }); },
     "inbound.certificate",
     pass,
     {},
     {},
     "cert mx1.target.test 192.0.2.1 rsa"},
    {"certificate_expired",
     [](Document& d) { d = test::expired_certificate(); },
     "inbound.certificate",
     fail,
     Cause::expired,
     {"expired on 2026-01-30"}},
    {"certificate_not_yet_valid",
     [](Document& d) {
       set(d, [](Attempt& it) {
         it.tls->verified = Verification{"fail", Cause::expired, "certificate is not yet valid"};
         it.tls->certificates[0].not_before = it.started + std::chrono::days(1);
       });
     },
     "inbound.certificate",
     fail,
     Cause::expired,
     {"not valid at this time"}},
    {"certificate_for_another",
     [](Document& d) { d = test::wrong_name(); },
     "inbound.certificate",
     fail,
     Cause::wrong_name,
     {"not for mx1.target.test but for \"other.test\""}},
    {"certificate_self_signed", [](Document& d) { d = test::self_signed(); }, "inbound.certificate", fail,
     Cause::self_signed},
    {"certificate_of_unknown_ca",
     [](Document& d) {
       set(d, [](Attempt& it) { it.tls->verified = Verification{"fail", Cause::unknown_ca, "unable to get issuer"}; });
     },
     "inbound.certificate", fail, Cause::unknown_ca},
    {"certificate_missing",
     [](Document& d) {
       set(d, [](Attempt& it) {
         it.tls->certificates.clear();
         it.tls->verified = Verification{"fail", Cause::protocol_error, "the server sent no certificate"};
       });
     },
     "inbound.certificate", fail, Cause::protocol_error},
    {"certificate_not_verified", [](Document& d) { set(d, [](Attempt& it) { it.tls->verified.reset(); }); },
     "inbound.certificate", error},
    {"certificate_without_tls", [](Document& d) { d = test::without_starttls(); }, "inbound.certificate", not_tested,
     Cause::unsupported},

    {"size_announced", [](Document&) {}, "inbound.size", pass},
    {"keywords_know_no_case", [](Document& d) { set(d, [](Attempt& it) { it.capabilities = {"Size 1000"}; }); },
     "inbound.size", pass},
    {"longer_keywords_are_others", [](Document& d) { set(d, [](Attempt& it) { it.capabilities = {"SIZES"}; }); },
     "inbound.size", info},
    {"dsn_not_announced", [](Document&) {}, "inbound.dsn", info},
    {"requiretls_not_announced", [](Document&) {}, "inbound.requiretls", info},

    {"via_relay",
     [](Document& d) { d = test::via_relay(); },
     "inbound.starttls",
     not_tested,
     Cause::via_relay,
     {},
     "domain target.test"},
    {"via_relay_evaluated", [](Document& d) { d = test::via_relay(); }, "inbound.spf-evaluated", not_tested,
     Cause::via_relay},
    {"nothing_connected_to", [](Document& d) { d = test::no_such_domain(); }, "inbound.certificate", not_tested},

    {"spf_recorded", [](Document&) {}, "inbound.spf-evaluated", pass, {}, {"spf=pass"}, "probe default"},
    {"dkim_recorded", [](Document&) {}, "inbound.dkim-evaluated", pass},
    {"dmarc_recorded", [](Document&) {}, "inbound.dmarc-evaluated", pass},
    {"dmarc_not_recorded", [](Document& d) { d.probes[0].mailbox->authentication_results[0].results.pop_back(); },
     "inbound.dmarc-evaluated", inconclusive},
    {"recorded_by_nobody_we_trust", [](Document& d) { d = test::forged_results(); }, "inbound.spf-evaluated",
     inconclusive},
    {"evaluated_without_a_mailbox", [](Document& d) { d = test::unwatched(); }, "inbound.spf-evaluated", not_tested,
     Cause::no_mailbox},
};

class Inbound : public testing::TestWithParam<CheckRow> {};

TEST_P(Inbound, IsJudged) { test::expect_row(test::good_delivery(), GetParam()); }

INSTANTIATE_TEST_SUITE_P(Rows, Inbound, testing::ValuesIn(rows),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(InboundGrade, IsRecordedFromATrustedField) {
  for (const auto* check : {"inbound.spf-evaluated", "inbound.dkim-evaluated", "inbound.dmarc-evaluated"})
    EXPECT_EQ(test::finding_of(test::good_delivery(), check).grade, Grade::recorded);
  EXPECT_EQ(test::finding_of(test::forged_results(), "inbound.spf-evaluated").grade, std::nullopt);
}

TEST(InboundAddresses, EachHasItsFindingsAndTheLastAttemptStandsForIt) {
  auto document = test::good_delivery();
  auto& attempts = document.probes[0].attempts;
  attempts.insert(attempts.begin(), attempts[0]);
  attempts.insert(attempts.begin(), attempts[0]);
  attempts[0].host = "mx0.target.test";
  end(attempts[0], "connect", Cause::refused, "connection refused");
  refuse(attempts[1], "rcpt", 451, Cause::greylisted);
  const auto connects = test::findings_of(document, "inbound.connect");
  ASSERT_EQ(connects.size(), 2U);
  EXPECT_EQ(connects[0].verdict, inconclusive);
  EXPECT_EQ(connects[1].verdict, pass);
  EXPECT_EQ(connects[1].evidence.front(), "/probes/0/attempts/2/events");
}

TEST(InboundAddresses, OnlyTheOneUsedCounts) {
  auto document = test::good_delivery();
  auto& attempts = document.probes[0].attempts;
  attempts.insert(attempts.begin(), test::without_starttls().probes[0].attempts[0]);
  attempts[0].host = "mx0.target.test";
  document.findings = assess(document, embedded);
  EXPECT_EQ(test::finding_of(document, "inbound.starttls", "mx0").verdict, fail);
  EXPECT_EQ(exit_status(document, false), 0);
}

TEST(InboundAddresses, OneThatWeHaveNoRouteForDecidesNothing) {
  auto document = test::timed_out();
  auto& probe = document.probes[0];
  end(probe.attempts[0], "connect", Cause::timed_out, "no answer within 10 s");
  probe.attempts.push_back(probe.attempts[0]);
  probe.attempts[1].address = "2001:db8::1";
  end(probe.attempts[1], "connect", Cause::no_ipv6, "no IPv6 on this machine");
  probe.smtp = probe.attempts[1];
  EXPECT_EQ(test::finding_of(document, "path.accepted").cause, Cause::timed_out);
}

}  // namespace
}  // namespace mailprobe::evidence
