// What a client does at the hosts that have no STARTTLS, another name, one version of TLS, or IPv6 alone.
#include "tests/evidence/trapped_document.h"

namespace mailprobe::evidence {
namespace {

using test::CheckRow;
using enum Verdict;

const CheckRow rows[] = {
    {"no_starttls_plain",
     [](Document& d) { came(d, trap::no_starttls, Way::plain, 2); },
     starttls,
     info,
     {},
     {"without STARTTLS in plain text, from 192.0.2.1", "control was sent over TLSv1.3"},
     "trap no-starttls"},
    {"no_starttls_absent",
     [](Document&) {},
     starttls,
     info,
     {},
     {"within 4h", "nothing is sent in plain text"},
     "trap no-starttls"},
    {"no_starttls_absent_of_who_sends_in_plain_text",
     [](Document& d) { came(d, trap::hidden_starttls, Way::plain, 2); },
     starttls,
     inconclusive,
     Cause::no_control,
     {"a session in plain text", "denies that nothing is sent in plain text"},
     "trap no-starttls"},
    {"no_starttls_absent_while_nobody_received",
     unattended,
     starttls,
     inconclusive,
     Cause::own_limit,
     {"nobody received"},
     "trap no-starttls"},
    {"no_starttls_too_early", too_early, starttls, inconclusive, Cause::timed_out, {}, "trap no-starttls"},
    {"no_starttls_without_control",
     [](Document& d) {
       lose(d, trap::good);
       came(d, trap::no_starttls, Way::plain, 2);
     },
     starttls,
     inconclusive,
     Cause::no_control,
     {},
     "trap no-starttls"},
    {"no_starttls_from_who_has_no_tls",
     [](Document& d) {
       without_tls(d);
       came(d, trap::no_starttls, Way::plain, 2);
     },
     starttls,
     inconclusive,
     Cause::no_control,
     {"in plain text to the control too"},
     "trap no-starttls"},
    {"wrong_name_tls",
     [](Document& d) { came(d, trap::wrong_name, Way::tls, 2); },
     starttls,
     info,
     {},
     {"opportunistic TLS"},
     "trap wrong-name"},
    {"wrong_name_plain",
     [](Document& d) {
       came(d, trap::wrong_name, Way::gone, 2);
       came(d, trap::wrong_name, Way::plain, 3);
     },
     starttls,
     warn,
     Cause::unsupported,
     {"in plain text"},
     "trap wrong-name"},
    {"wrong_name_absent",
     [](Document& d) { came(d, trap::wrong_name, Way::gone, 2); },
     starttls,
     info,
     {},
     {"the certificate is checked though no policy asks for it"},
     "trap wrong-name"},
    {"wrong_name_absent_of_who_takes_any_certificate",
     [](Document& d) { came(d, trap::dane_wrong, Way::tls, 3); },
     starttls,
     inconclusive,
     Cause::no_control,
     {"denies that the certificate is checked"},
     "trap wrong-name"},
    {"tls10_spoken",
     [](Document& d) {
       came(d, trap::tls10_only, Way::tls, 2);
       d.probes.front().sessions.back().tls->version = "TLSv1";
     },
     version,
     warn,
     Cause::unsupported,
     {"over TLSv1, from", "weak"},
     "trap tls10-only"},
    {"tls10_plain",
     [](Document& d) { came(d, trap::tls10_only, Way::plain, 2); },
     version,
     info,
     {},
     {"in plain text", "TLS 1.0 is not spoken"},
     "trap tls10-only"},
    {"tls10_absent", [](Document&) {}, version, pass, {}, {"Nothing came", "TLS 1.0 is not spoken"}, "trap tls10-only"},
    {"tls10_absent_of_who_has_no_tls", without_tls, version, inconclusive, Cause::no_control, {}, "trap tls10-only"},
    {"tls13_spoken",
     [](Document& d) { came(d, trap::tls13_only, Way::tls, 2); },
     version,
     pass,
     {},
     {"over TLSv1.3"},
     "trap tls13-only"},
    {"tls13_turned_away_by_us",
     [](Document& d) { turn_away(d, trap::tls13_only); },
     version,
     inconclusive,
     Cause::own_limit,
     {"421 4.3.2"},
     "trap tls13-only"},
    {"tls13_turned_away_and_bounced",
     [](Document& d) {
       turn_away(d, trap::tls13_only);
       bounced(d, trap::tls13_only, "failed", "4.3.2");
     },
     version,
     inconclusive,
     Cause::own_limit,
     {},
     "trap tls13-only"},
    {"tls13_plain",
     [](Document& d) {
       speak_tls12(d);
       came(d, trap::tls13_only, Way::plain, 2);
     },
     version,
     warn,
     Cause::unsupported,
     {"TLS 1.3 is not spoken"},
     "trap tls13-only"},
    {"tls13_plain_of_who_speaks_it",
     [](Document& d) { came(d, trap::tls13_only, Way::plain, 2); },
     version,
     inconclusive,
     Cause::no_control,
     {"a session over TLSv1.3 from 192.0.2.1", "denies that TLS 1.3 is not spoken"},
     "trap tls13-only"},
    {"tls13_absent",
     speak_tls12,
     version,
     warn,
     Cause::unsupported,
     {"Nothing came", "TLS 1.3 is not spoken"},
     "trap tls13-only"},
    {"tls13_absent_of_who_speaks_it",
     [](Document&) {},
     version,
     inconclusive,
     Cause::no_control,
     {"Nothing came", "denies that TLS 1.3 is not spoken"},
     "trap tls13-only"},
    {"tls13_bounced_of_who_speaks_it",
     [](Document& d) { bounced(d, trap::tls13_only, "failed", "4.7.5"); },
     version,
     inconclusive,
     Cause::no_control,
     {"A bounce tells"},
     "trap tls13-only"},
    {"tls13_absent_without_control",
     [](Document& d) { lose(d, trap::good); },
     version,
     inconclusive,
     Cause::no_control,
     {},
     "trap tls13-only"},
    {"ipv6_came",
     [](Document& d) { came(d, trap::ipv6_only, Way::tls, 2, "2001:db8::25"); },
     ipv6,
     pass,
     {},
     {},
     "trap"},
    {"ipv6_came_in_plain_text_without_control",
     [](Document& d) {
       lose(d, trap::good);
       came(d, trap::ipv6_only, Way::plain, 2, "2001:db8::25");
     },
     ipv6,
     pass,
     {},
     {"from 2001:db8::25"},
     "trap"},
    {"ipv6_absent", [](Document&) {}, ipv6, warn, Cause::unsupported, {"is not delivered"}, "trap ipv6-only"},
    {"ipv6_absent_of_who_has_no_tls", without_tls, ipv6, warn, Cause::unsupported, {}, "trap ipv6-only"},
    {"ipv6_absent_of_who_sends_over_it",
     [](Document& d) { came(d, trap::wrong_name, Way::tls, 2, "2001:db8::25"); },
     ipv6,
     inconclusive,
     Cause::no_control,
     {"2001:db8::25"},
     "trap ipv6-only"},
    {"ipv6_too_early", too_early, ipv6, inconclusive, Cause::timed_out, {}, "trap ipv6-only"},
};

class TrapHosts : public testing::TestWithParam<CheckRow> {};
TEST_P(TrapHosts, Judge) { test::expect_row(trapped(), GetParam()); }
INSTANTIATE_TEST_SUITE_P(All, TrapHosts, testing::ValuesIn(rows),
                         [](const auto& info) { return std::string(info.param.name); });

/// What a client does at a host that speaks TLS 1.0 only says nothing of how it sends otherwise.
TEST(TrapChecks, OfHostsDoNotCountForTheExitStatus) {
  auto document = trapped();
  came(document, trap::tls10_only, Way::tls, 2);
  lose(document, trap::good);
  document.findings = assess(document, embedded);
  ASSERT_EQ(word(test::finding_of(document, version, "trap tls13-only").verdict), "inconclusive");
  ASSERT_EQ(word(test::finding_of(document, version, "trap tls10-only").verdict), "warn");
  EXPECT_EQ(exit_status(document, true), exit_status(without_traps(document), true));
  EXPECT_EQ(exit_status(document, false), 0);
}

/// The host that has nothing else says more than a session over IPv4.
TEST(TrapChecks, OfIpv6AreTheOnlyOnesUnlessAnAnswerCameOverIt) {
  auto document = test::answered();
  document.probes.front().traps = trapped().probes.front().traps;
  ASSERT_EQ(test::findings_of(document, ipv6).size(), 1U);
  EXPECT_EQ(test::findings_of(document, ipv6).front().subject, "trap ipv6-only");
  document.probes.front().sessions.front().address = "2001:db8::9";
  EXPECT_EQ(test::findings_of(document, ipv6).size(), 2U);
}

}  // namespace
}  // namespace mailprobe::evidence
