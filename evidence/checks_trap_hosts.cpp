// outbound.starttls, tls-version and ipv6 by the traps whose host can do one thing only (evidence/traps.h): mail over
// TLS or IPv6 shows what it shows; mail in plain text, and none, count only beside a control that came over TLS. None
// of it fails: what a client does at a host like these is its policy. RFC 7435 §3, RFC 8996 §2, RFC 9325 §3.1.
#include <algorithm>
#include <array>

#include "evidence/trapped.h"
#include "evidence/traps.h"

namespace mailprobe::evidence {

namespace {

using enum Verdict;

struct Says {
  Verdict verdict = info;
  std::string_view text;  // what it means
  std::string_view advice = {};
};

struct Row {
  std::string_view trap, check;
  std::string_view host;  // "a host without STARTTLS"
  Says by_tls, in_plain, absent;
};

constexpr std::string_view old_advice = "Let the sending server's client speak TLS 1.2 and 1.3 only (RFC 8996)",
                           new_advice = "Let the sending server's client speak TLS 1.3 too (RFC 9325 §3.1.1)";

constexpr std::array<Row, 5> rows{{
    {.trap = trap::no_starttls,
     .check = "outbound.starttls",
     .host = "a host without STARTTLS",
     .by_tls = {},
     .in_plain = {info, "that is opportunistic TLS"},
     .absent = {info, "nothing is sent in plain text"}},
    {.trap = trap::wrong_name,
     .check = "outbound.starttls",
     .host = "a host with a certificate of another name",
     .by_tls = {info, "that is opportunistic TLS, and no policy asks for more"},
     .in_plain = {warn, "TLS with any certificate would protect it better",
                  "Go on with TLS where the certificate is not valid and no policy asks for a valid one (RFC 7435)"},
     .absent = {info, "the certificate is checked though no policy asks for it"}},
    {.trap = trap::tls10_only,
     .check = "outbound.tls-version",
     .host = "a host that speaks TLS 1.0 only",
     .by_tls = {warn, "TLS 1.0 is weak, and is spoken", old_advice},
     .in_plain = {info, "TLS 1.0 is not spoken"},
     .absent = {pass, "TLS 1.0 is not spoken"}},
    {.trap = trap::tls13_only,
     .check = "outbound.tls-version",
     .host = "a host that speaks TLS 1.3 only",
     .by_tls = {pass, "TLS 1.3 is spoken"},
     .in_plain = {warn, "TLS 1.3 is not spoken", new_advice},
     .absent = {warn, "TLS 1.3 is not spoken", new_advice}},
    {.trap = trap::ipv6_only,
     .check = "outbound.ipv6",
     .host = "a host with an IPv6 address only",
     .by_tls = {pass, "the target sends over IPv6"},
     .in_plain = {pass, "the target sends over IPv6"},
     .absent = {warn, "mail to such hosts is not delivered", "Give the sending server a route over IPv6"}},
}};

Judgement said(const Says& says, std::string what, std::vector<std::string> evidence) {
  return {.verdict = says.verdict,
          .summary = std::move(what) + ": " + std::string(says.text),
          .cause = says.verdict == warn ? std::optional(Cause::unsupported) : std::nullopt,
          .advice = std::string(says.advice),
          .evidence = std::move(evidence)};
}

/// Who speaks no TLS at all shows nothing at a host that has some of it wrong.
Judgement no_tls_anywhere(const AtTrap& control) {
  return {
      .verdict = inconclusive,
      .summary = "Mail came in plain text to the control too, from " + from(*control.session) + ", so nothing follows",
      .cause = Cause::no_control,
      .advice = "Turn on TLS in the sending server's SMTP client",
      .evidence = {control.at}};
}

Judgement judge(const Row& row, const Trapped& traps) {
  const std::string host(row.host);
  const bool of_tls = row.trap != trap::ipv6_only;
  const auto came = traps.arrival(row.trap), control = traps.arrival(trap::good);
  const auto arrived =
      came ? "Mail came to " + host + " " + over(*came->session) + ", from " + from(*came->session) : std::string{};
  if (came && (came->session->tls || !of_tls))
    return said(came->session->tls ? row.by_tls : row.in_plain, arrived, {came->at});
  const auto bounce = traps.bounce(row.trap, Barrier::any);
  if (!control || (!came && !bounce && !traps.completed(row.trap))) return traps.open(row.trap, trap::good);
  if (of_tls && !control->session->tls) return no_tls_anywhere(*control);
  if (bounce && !came)
    return said(row.absent, "A bounce tells that mail to " + host + " was not delivered; its control was served",
                {*bounce, control->at});
  if (came)
    return said(row.in_plain, arrived + "; its control was sent " + over(*control->session), {came->at, control->at});
  return said(row.absent, "Nothing came to " + host + " within " + traps.waited() + "; its control was served",
              {traps.at(), control->at});
}

}  // namespace

void judge_trap_hosts(const Trapped& traps, const Probe& probe, Findings& findings) {
  for (const auto& row : rows)
    if (traps.asked(row.trap)) findings.add(row.check, trap_subject(row.trap), judge(row, traps)).probe = probe.name;
}

std::optional<std::string_view> host_check(std::string_view trap) {
  const auto found = std::ranges::find(rows, trap, &Row::trap);
  return found == rows.end() ? std::nullopt : std::optional(found->check);
}

}  // namespace mailprobe::evidence
