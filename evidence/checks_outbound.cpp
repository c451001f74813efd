// outbound.* of the sessions in which the target answers: TLS, names and addresses of the host that sends. What the
// answers themselves show (SPF, DKIM, DMARC) is in checks_answer.cpp. Each session is judged; the worst is what is
// said.
#include <algorithm>
#include <array>

#include "base/address.h"
#include "base/ip.h"
#include "base/text.h"
#include "base/time.h"
#include "base/tls_rating.h"
#include "evidence/answered.h"
#include "evidence/checks_answer.h"
#include "evidence/checks_tls.h"
#include "evidence/findings.h"
#include "evidence/traps.h"
#include "evidence/waited.h"

namespace mailprobe::evidence {

namespace {

// --- TLS ------------------------------------------------------------------------------------------------------------

/// nullopt: it ended before the client could show what it does.
std::optional<Judgement> judge_starttls(const Session& session) {
  if (session.tls) return Judgement{.verdict = Verdict::pass, .summary = "STARTTLS is used"};
  if (said(session, Direction::in, "STARTTLS"))
    return Judgement{
        .verdict = session.mail_from ? Verdict::fail : Verdict::inconclusive,
        .summary = "The client began STARTTLS, and the handshake did not come about",
        .cause = Cause::protocol_error,
        .advice = "Look into the sending server's log: which TLS versions and suites does its client have?"};
  if (!session.mail_from) return std::nullopt;
  if (withheld_starttls(session))
    return Judgement{.verdict = Verdict::not_tested,
                     .summary = "Our receiver did not offer STARTTLS",
                     .cause = Cause::own_limit,
                     .advice = "Give the receiver a certificate and a key"};
  if (speaks_no_esmtp(session))
    return Judgement{.verdict = Verdict::fail,
                     .summary = "The answer came in plain text: the client says HELO, and EHLO, which TLS needs, never",
                     .cause = Cause::unsupported,
                     .advice = "Let the sending server's client begin with EHLO (ESMTP), and turn on TLS in it"};
  return Judgement{.verdict = Verdict::fail,
                   .summary = "The answer came in plain text, though STARTTLS was offered",
                   .cause = Cause::unsupported,
                   .advice = "Turn on TLS in the sending server's SMTP client"};
}

std::optional<Judgement> judge_version(const Session& session) {
  if (!session.tls) return std::nullopt;
  const auto& version = session.tls->version;
  const bool good = rate_tls_version(version).ietf != TlsAdvice::must_not;
  return Judgement{.verdict = good ? Verdict::pass : Verdict::fail,
                   .summary = plain(version) + " is negotiated",
                   .advice = good ? "" : "Let the sending server's client speak TLS 1.2 and 1.3"};
}

std::optional<Judgement> judge_cipher(const Session& session) {
  if (!session.tls) return std::nullopt;
  const auto& tls = *session.tls;
  const bool strong = strong_cipher(tls);
  return Judgement{.verdict = strong ? Verdict::pass : Verdict::warn,
                   .summary = plain(tls.cipher) + (tls.group ? " with " + plain(*tls.group) : "") + " is negotiated",
                   .advice = strong ? "" : "Let the client offer ECDHE suites with AES-GCM or ChaCha20-Poly1305"};
}

/// RFC 6066 §3; RFC 7672 §8.1 and RFC 8461 §4.1 want it where DANE or MTA-STS holds.
std::optional<Judgement> judge_sni(const Session& session) {
  if (!session.tls) return std::nullopt;
  return Judgement{.verdict = Verdict::info,
                   .summary = session.tls->sni ? "The client asks for " + plain(*session.tls->sni, 260) + " by SNI"
                                               : "The client says no name by SNI"};
}

std::optional<Judgement> judge_client_certificate(const Session& session) {
  if (!session.tls) return std::nullopt;
  const auto& shown = session.tls->certificates;
  return Judgement{.verdict = Verdict::info,
                   .summary = shown.empty() ? "The client shows no certificate"
                                            : "The client shows a certificate: " + quoted(shown.front().subject)};
}

// --- who connects ---------------------------------------------------------------------------------------------------

bool is_literal_of(std::string_view helo, std::string_view address) {
  const auto inside = helo.substr(1, helo.size() - 2);
  const auto ip = IpAddress::parse(istarts_with(inside, "IPv6:") ? inside.substr(5) : inside);
  return ip && ip == IpAddress::parse(address);
}

Judgement bad_helo(std::string what) {
  return {.verdict = Verdict::warn,
          .summary = std::move(what),
          .advice = "Let the sending server say a host name of its own that leads to its address"};
}

/// RFC 5321 §4.1.1.1: a fully-qualified name, or where there is none an address literal. §4.1.4: no mail may be refused
/// because the name leads elsewhere.
std::optional<Judgement> judge_helo(const Session& session) {
  if (!session.helo) return std::nullopt;
  const auto& helo = *session.helo;
  const auto said = quoted(helo, 260);
  if (helo.starts_with('[') && helo.ends_with(']'))
    return is_literal_of(helo, session.address)
               ? Judgement{.verdict = Verdict::warn,
                           .summary = "HELO is an address literal, " + said,
                           .advice = "Give the sending server a name: many receivers refuse literals"}
               : bad_helo("HELO is an address literal of another address, " + said);
  const auto name = DomainName::parse(helo);
  if (!name || !name->text().contains('.')) return bad_helo("HELO is no full host name: " + said);
  const auto& addresses = session.helo_addresses;
  const bool leads_back = addresses && std::ranges::find(*addresses, session.address) != addresses->end();
  if (leads_back || (session.ptr && iequals(*session.ptr, helo)))
    return Judgement{.verdict = Verdict::pass, .summary = "HELO is " + said + ", which leads to the address"};
  if (!addresses)
    return Judgement{.verdict = Verdict::inconclusive,
                     .summary = "HELO is " + said + "; where it leads could not be looked up",
                     .cause = Cause::dns_failure};
  if (addresses->empty()) return bad_helo("HELO is " + said + ", a name that leads nowhere");
  return Judgement{.verdict = Verdict::pass, .summary = "HELO is " + said + ", which leads to other addresses"};
}

/// RFC 8601 §2.7.3: "permerror" where there is no name, "fail" where none leads back, "temperror" where that is not
/// known.
std::optional<Judgement> judge_ptr(const Session& session) {
  if (session.ptr)
    return Judgement{.verdict = Verdict::pass,
                     .summary = plain(*session.ptr, 260) + " leads to the address and the address to it"};
  const auto claimed = session.ptr_claimed ? plain(*session.ptr_claimed, 260) : std::string();
  if (!session.ptr_confirmed)
    return Judgement{.verdict = Verdict::inconclusive,
                     .summary = claimed.empty() ? std::string("The name of the address (PTR) could not be looked up")
                                                : "The address is called " + claimed +
                                                      "; whether that leads back could not be looked up",
                     .cause = Cause::dns_failure};
  if (claimed.empty())
    return Judgement{.verdict = Verdict::fail,
                     .summary = "The address has no name (PTR)",
                     .advice = "Publish a PTR record for the sending address, and an address record for its name"};
  return Judgement{.verdict = Verdict::fail,
                   .summary = "The address is called " + claimed + ", which does not lead back to it",
                   .advice = "Publish an address record for " + claimed + ", or another PTR"};
}

// --- all of a probe's ------------------------------------------------------------------------------------------------

struct SessionCheck {
  std::string_view check, member;
  std::optional<Judgement> (*judge)(const Session& session);
};
constexpr std::array<SessionCheck, 7> session_checks{{
    {"outbound.starttls", "tls", judge_starttls},
    {"outbound.tls-version", "tls", judge_version},
    {"outbound.tls-cipher", "tls", judge_cipher},
    {"outbound.sni", "tls", judge_sni},
    {"outbound.client-cert", "tls", judge_client_certificate},
    {"outbound.helo", "helo", judge_helo},
    {"outbound.ptr", "ptr", judge_ptr},
}};

void add(Findings& findings, std::string_view check, const Probe& probe, Judgement judgement) {
  findings.add(check, probe_subject(probe), std::move(judgement)).probe = probe.name;
}

void judge_sessions(const Probe& probe, const std::vector<Came>& sessions, Findings& findings) {
  for (const auto& [check, member, judge] : session_checks) {
    std::vector<Part> parts;
    for (const auto& came : sessions) {
      auto judgement = judge(came.session);
      if (!judgement) continue;
      judgement->evidence = {came.at + pointer(member)};
      parts.push_back({std::move(*judgement), &came.session});
    }
    if (!parts.empty()) add(findings, check, probe, worst_of(parts));
  }
}

/// Its host has nothing else, so that it says more than a session over IPv4.
bool asked_at_ipv6(const Probe& probe) {
  return probe.traps &&
         std::ranges::find(probe.traps->asked, trap::ipv6_only, &TrapAsked::name) != probe.traps->asked.end();
}

bool at_ipv6(const std::string& place) {
  const auto ip = IpAddress::parse(place.substr(0, place.find(' ')));
  return ip && ip->v6;
}

/// Where our receiver is at, this run's or another process's; documents of older versions tell of their own only.
std::optional<bool> offered_ipv6(const Probe& probe) {
  if (!probe.reply_watch) return std::nullopt;
  const auto& watch = *probe.reply_watch;
  const auto& all = watch.places.empty() ? watch.listening : watch.places;
  if (all.empty()) return std::nullopt;
  return std::ranges::any_of(all, at_ipv6);
}

/// One session over IPv6 is enough; to use none is nobody's fault, and where we offered none there is nothing to see.
void judge_ipv6(const Probe& probe, const std::vector<Came>& sessions, Findings& findings) {
  const auto by_ipv6 = [](const Came& came) {
    const auto ip = IpAddress::parse(came.session.address);
    return ip && ip->unmapped().v6;
  };
  const auto found = std::ranges::find_if(sessions, by_ipv6);
  const auto& shown = found == sessions.end() ? sessions.front() : *found;
  Judgement judgement{.summary = {}, .evidence = {shown.at + pointer("address")}};
  if (found != sessions.end()) {
    judgement.verdict = Verdict::pass;
    judgement.summary = "The target sends over IPv6, from " + client_of(shown.session);
  } else if (asked_at_ipv6(probe)) {
    return;
  } else if (const auto offered = offered_ipv6(probe); !offered) {
    judgement.verdict = Verdict::inconclusive;
    judgement.summary = "The target sends over IPv4, from " + client_of(shown.session) +
                        "; whether our receiver has an IPv6 address is not known";
    judgement.cause = Cause::own_limit;
  } else if (*offered) {
    judgement.verdict = Verdict::info;
    judgement.summary = "The target sends over IPv4 only, from " + client_of(shown.session);
  } else {
    judgement.verdict = Verdict::not_tested;
    judgement.summary = "Our receiver has no IPv6 address that the target could send to";
    judgement.cause = Cause::no_ipv6;
  }
  add(findings, "outbound.ipv6", probe, std::move(judgement));
}

// --- where nothing came ----------------------------------------------------------------------------------------------

bool under_way(const Probe& probe) {
  return probe.smtp && (probe.smtp->outcome == Outcome::accepted || probe.smtp->outcome == Outcome::unknown);
}

Judgement judge_silence(const Document& document, const Probe& probe) {
  const auto& watch = *probe.reply_watch;
  if (!under_way(probe))
    return {.verdict = Verdict::not_tested, .summary = "Nothing was accepted, so nothing could be answered"};
  if (watch.cause == Cause::interrupted || document.run.interrupted)
    return {.verdict = Verdict::inconclusive,
            .summary = "The wait for an answer was cut short",
            .cause = Cause::interrupted};
  if (watch.error)
    return {.verdict = Verdict::error,
            .summary = "No answer could be received: " + plain(*watch.error, 300),
            .cause = watch.cause,
            .advice = "See to the receiver"};
  if (!watch.completed)
    return {.verdict = Verdict::not_tested, .summary = "No answer was waited for; mailprobe collect looks for one"};
  if (const auto* shy = shied_from_us(probe))
    return {.verdict = Verdict::inconclusive,
            .summary = "No answer came within " + waited_text(watch.waited_ms) + ": " + told_shy(*shy),
            .cause = Cause::own_limit,
            .advice =
                "See what mailprobe doctor says of our certificate, of the TLSA records for it and of our MTA-STS "
                "policy, and send again"};
  return {.verdict = Verdict::inconclusive,
          .summary = "No answer came within " + waited_text(watch.waited_ms),
          .cause = Cause::timed_out,
          .advice = "Have the message answered, or wait longer with --wait; mailprobe collect finds a late answer"};
}

constexpr std::array<std::string_view, 5> expected{"outbound.starttls", "outbound.tls-version", "outbound.spf",
                                                   "outbound.dkim", "outbound.dmarc"};

/// Those of the expected that nothing was said of.
void judge_missing(const Document& document, const Probe& probe, const std::string& at, bool sessions,
                   Findings& findings) {
  auto judgement = judge_silence(document, probe);
  judgement.evidence = {at + pointer("reply_watch")};
  const bool for_us = judgement.verdict == Verdict::inconclusive && judgement.cause == Cause::own_limit;
  if (const auto* shy = shied_from_us(probe); shy != nullptr && for_us)
    judgement.evidence.push_back(at + pointer("sessions", static_cast<std::size_t>(shy - probe.sessions.data())));
  if (sessions) judgement.summary = "Sessions came and brought no message. " + judgement.summary;
  for (const auto check : expected)
    if (!findings.has(check, probe_subject(probe))) add(findings, check, probe, judgement);
}

void judge_probe(const Document& document, const Probe& probe, const std::string& at, const RawReader& raw,
                 Findings& findings) {
  const auto sessions = sessions_of(probe, at);
  if (!sessions.empty()) {
    judge_sessions(probe, sessions, findings);
    judge_ipv6(probe, sessions, findings);
  }
  judge_answers(probe, at, raw, findings);
  const bool asked = probe.reply_watch && probe.reply_watch->wanted;
  if (asked && answers_of(probe, at).empty()) judge_missing(document, probe, at, !sessions.empty(), findings);
}

}  // namespace

void judge_outbound(const Document& document, const RawReader& raw, Findings& findings) {
  for (std::size_t p = 0; p < document.probes.size(); ++p)
    judge_probe(document, document.probes[p], pointer("probes", p), raw, findings);
}

}  // namespace mailprobe::evidence
