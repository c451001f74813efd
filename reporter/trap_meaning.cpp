#include "reporter/trap_meaning.h"

#include <algorithm>
#include <array>

#include "evidence/traps.h"

namespace mailprobe::reporter {

namespace trap = evidence::trap;
using enum evidence::Verdict;

namespace {

constexpr std::array<Judged, 5> judged{{
    {trap::dane_wrong, "outbound.dane-enforced",
     "It obeys DANE: nothing goes to a server whose key is not the published one.",
     "It does not obey DANE: who poses as the server gets the mail."},
    {trap::sts_wrong, "outbound.mta-sts-enforced",
     "It obeys MTA-STS: nothing goes to a server whose certificate fails the policy.",
     "It does not obey MTA-STS: who poses as the server gets the mail."},
    {trap::bogus, "outbound.dnssec-validates", "It heeds DNSSEC: nothing goes by a DNS answer that may be forged.",
     "It does not heed DNSSEC: a forged DNS answer leads the mail away."},
    {trap::hidden_starttls, "outbound.downgrade", "It does not go back to plain text where STARTTLS is gone.",
     "It goes back to plain text: who hides STARTTLS can read the mail."},
    {trap::greylist, "outbound.greylist-retry", "It comes again when it is asked to.",
     "It gives up when it is asked to come again: mail to careful receivers is lost."},
}};

constexpr std::array<Shown, 8> shown{{
    {trap::good,
     "",
     {pass, "It uses TLS where TLS is offered."},
     {warn, "It sends in plain text although TLS is offered."},
     {}},
    {trap::no_starttls,
     "outbound.starttls",
     {info, "It speaks TLS where none was offered."},
     {info, "Where there is no TLS it sends in plain text, as most do."},
     {info, "It sends nothing without TLS."}},
    {trap::wrong_name,
     "outbound.starttls",
     {info, "Where no policy asks for one it takes any certificate, as most do."},
     {warn, "It goes back to plain text where the certificate is wrong."},
     {info, "It asks for a valid certificate everywhere, policy or not."}},
    {trap::dane_right,
     "",
     {pass, "It takes a certificate that DANE vouches for."},
     {warn, "It sends in plain text although DANE asks for TLS."},
     {}},
    {trap::sts_right,
     "",
     {pass, "It sends where the MTA-STS policy is satisfied."},
     {warn, "It sends in plain text although the MTA-STS policy asks for TLS."},
     {}},
    {trap::ipv6_only,
     "outbound.ipv6",
     {pass, "It sends over IPv6."},
     {pass, "It sends over IPv6, but in plain text."},
     {warn, "It seems to have no IPv6: mail to hosts that have nothing else is not delivered."}},
    {trap::tls10_only,
     "outbound.tls-version",
     {warn, "It still speaks TLS 1.0, which nobody should (RFC 8996)."},
     {info, "It sends in plain text rather than over TLS 1.0."},
     {pass, "It does not speak TLS 1.0, and sends nothing instead."}},
    {trap::tls13_only,
     "outbound.tls-version",
     {pass, "It speaks TLS 1.3."},
     {warn, "It does not speak TLS 1.3, and goes back to plain text."},
     {warn, "It seems not to speak TLS 1.3."}},
}};

}  // namespace

const Judged* judged_trap(std::string_view name) {
  const auto* found = std::ranges::find(judged, name, &Judged::trap);
  return found == judged.end() ? nullptr : found;
}

const Shown* shown_trap(std::string_view name) {
  const auto* found = std::ranges::find(shown, name, &Shown::trap);
  return found == shown.end() ? nullptr : found;
}

}  // namespace mailprobe::reporter
