// outbound.starttls, tls-version and ipv6 by the traps whose host can do one thing only (evidence/traps.h): mail over
// TLS or IPv6 shows what it shows; mail in plain text, and none, count only beside a control that came over TLS, and
// where no other session tells otherwise. None of it fails: what a client does at a host like these is its policy. RFC
// 7435 §3, RFC 8996 §2, RFC 9325 §3.1.
#include <algorithm>
#include <array>

#include "base/ip.h"
#include "evidence/trapped.h"
#include "evidence/traps.h"

namespace mailprobe::evidence {

namespace {

using enum Verdict;

using Denies = bool (*)(const Session& session);

struct Says {
  Verdict verdict = info;
  std::string_view text;  // what it means
  std::string_view advice = {};
  Denies denied_by = nullptr;  // a session, at whichever host of ours, that shows that it is not so
};

struct Row {
  std::string_view trap, check;
  std::string_view host;  // "a host without STARTTLS"
  Says by_tls, in_plain, absent;
};

constexpr std::string_view old_advice = "Let the sending server's client speak TLS 1.2 and 1.3 only (RFC 8996)",
                           new_advice = "Let the sending server's client speak TLS 1.3 too (RFC 9325 §3.1.1)";

bool in_plain(const Session& session) { return !session.tls && !session.recipients.empty(); }
bool with_any_certificate(const Session& session) {
  const bool bad = session.trap == trap::dane_wrong || session.trap == trap::sts_wrong;
  return bad && session.tls && !session.recipients.empty();
}
bool over_tls10(const Session& session) { return session.tls && session.tls->version == "TLSv1"; }
bool over_tls13(const Session& session) { return session.tls && session.tls->version == "TLSv1.3"; }
bool over_ipv6(const Session& session) {
  const auto ip = IpAddress::parse(session.address);
  return ip && ip->unmapped().v6;
}

constexpr std::array<Row, 5> rows{{
    {.trap = trap::no_starttls,
     .check = "outbound.starttls",
     .host = "a host without STARTTLS",
     .by_tls = {},
     .in_plain = {info, "that is opportunistic TLS"},
     .absent = {info, "nothing is sent in plain text", {}, in_plain}},
    {.trap = trap::wrong_name,
     .check = "outbound.starttls",
     .host = "a host with a certificate of another name",
     .by_tls = {info, "that is opportunistic TLS, and no policy asks for more"},
     .in_plain = {warn, "TLS with any certificate would protect it better",
                  "Go on with TLS where the certificate is not valid and no policy asks for a valid one (RFC 7435)"},
     .absent = {info, "the certificate is checked though no policy asks for it", {}, with_any_certificate}},
    {.trap = trap::tls10_only,
     .check = "outbound.tls-version",
     .host = "a host that speaks TLS 1.0 only",
     .by_tls = {warn, "TLS 1.0 is weak, and is spoken", old_advice},
     .in_plain = {info, "TLS 1.0 is not spoken", {}, over_tls10},
     .absent = {pass, "TLS 1.0 is not spoken", {}, over_tls10}},
    {.trap = trap::tls13_only,
     .check = "outbound.tls-version",
     .host = "a host that speaks TLS 1.3 only",
     .by_tls = {pass, "TLS 1.3 is spoken"},
     .in_plain = {warn, "TLS 1.3 is not spoken", new_advice, over_tls13},
     .absent = {warn, "TLS 1.3 is not spoken", new_advice, over_tls13}},
    {.trap = trap::ipv6_only,
     .check = "outbound.ipv6",
     .host = "a host with an IPv6 address only",
     .by_tls = {pass, "the target sends over IPv6"},
     .in_plain = {pass, "the target sends over IPv6"},
     .absent = {warn, "mail to such hosts is not delivered", "Give the sending server a route over IPv6", over_ipv6}},
}};

/// The document does not contradict itself: what another session denies does not follow.
Judgement denied(const Says& says, const std::string& what, const AtTrap& by, std::vector<std::string> evidence) {
  evidence.push_back(by.at);
  return {.verdict = inconclusive,
          .summary = what + ": why is not known, since a session " + over(*by.session) + " from " + from(*by.session) +
                     " denies that " + std::string(says.text),
          .cause = Cause::no_control,
          .advice = "Look into the sending server's log",
          .evidence = std::move(evidence)};
}

Judgement said(const Trapped& traps, const Says& says, std::string what, std::vector<std::string> evidence) {
  if (const auto by = says.denied_by != nullptr ? traps.any(says.denied_by) : std::nullopt)
    return denied(says, what, *by, std::move(evidence));
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
    return said(traps, came->session->tls ? row.by_tls : row.in_plain, arrived, {came->at});
  const auto bounce = traps.bounce(row.trap, Barrier::any);
  if (!control || (!came && !bounce && !traps.absence_counts(row.trap))) return traps.open(row.trap, trap::good);
  if (of_tls && !control->session->tls) return no_tls_anywhere(*control);
  if (bounce && !came)
    return said(traps, row.absent, "A bounce tells that mail to " + host + " was not delivered; its control was served",
                {*bounce, control->at});
  if (came)
    return said(traps, row.in_plain, arrived + "; its control was sent " + over(*control->session),
                {came->at, control->at});
  return said(traps, row.absent, "Nothing came to " + host + " within " + traps.waited() + "; its control was served",
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
