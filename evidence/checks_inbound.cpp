// inbound.*: how the target's servers receive, per address that was tried. TLS facts are judged here, not where they
// were recorded.
#include <algorithm>
#include <array>

#include "base/ip.h"
#include "base/text.h"
#include "base/time.h"
#include "base/tls_profile.h"
#include "evidence/checks_tls.h"
#include "evidence/findings.h"
#include "evidence/staple.h"
#include "evidence/tried.h"

namespace mailprobe::evidence {

namespace {

void add(Findings& findings, std::string_view check, std::string subject, const Tried& tried, std::string_view member,
         Verdict verdict, std::string summary, std::optional<Cause> cause = {}, std::string advice = {}) {
  auto evidence = member.empty() ? tried.at : tried.at + pointer(member);
  findings.add(check, std::move(subject),
               {.verdict = verdict,
                .summary = std::move(summary),
                .cause = cause,
                .advice = std::move(advice),
                .evidence = {std::move(evidence)}});
}

std::string why(const Attempt& attempt) { return plain(attempt.error.value_or("the session ended early"), 300); }

/// The same, with the server's own words.
std::string why_said(const Attempt& attempt) {
  return why(attempt) + (attempt.reply ? ": " + quoted(attempt.reply->text) : "");
}

/// What says more about us or about the moment than about the server.
bool passing(std::optional<Cause> cause) {
  constexpr std::array causes{Cause::greylisted,  Cause::rate_limited, Cause::blocked,     Cause::timed_out,
                              Cause::unreachable, Cause::interrupted,  Cause::our_port_25, Cause::own_limit};
  return !cause || std::ranges::find(causes, *cause) != causes.end();
}

/// A refusal for the moment, or of our name or PTR record, say.
bool about_us(const Attempt& attempt) {
  return attempt.reply && (attempt.reply->code < 500 || attempt.cause == Cause::policy);
}

/// The target's own policy forbade to connect (probe/transport_policy).
bool barred(std::optional<Cause> cause) {
  return cause == Cause::policy || cause == Cause::bogus || cause == Cause::dns_failure;
}

/// We chose not to try the address, or have no route for its family. One that we gave up before it answered was tried.
bool passed_over(const Attempt& attempt) {
  return attempt.cause == Cause::no_ipv6 || (attempt.cause == Cause::own_limit && never_begun(attempt));
}

/// What it comes to where nobody greeted. An error of ours has no cause.
Verdict without_session(const Attempt& attempt) {
  const auto cause = attempt.cause;
  if (!cause) return Verdict::error;
  if (passed_over(attempt) || barred(cause)) return Verdict::not_tested;
  // a refusal may be a firewall's on the way, ours too
  return passing(cause) || cause == Cause::refused ? Verdict::inconclusive : Verdict::fail;
}

// --- the connection -------------------------------------------------------------------------------------------------

constexpr std::chrono::milliseconds slow_greeting = std::chrono::seconds(2);

/// From the start to the first line of the banner; 0 where the dialogue was not kept.
std::chrono::milliseconds greeted_after(const Attempt& attempt) {
  const auto first = std::ranges::find(attempt.events, Direction::in, &Event::dir);
  return std::chrono::milliseconds(first == attempt.events.end() ? 0 : first->t_ms);
}

/// A refusal may be that of a firewall of ours, but not where another server answers.
std::string connect_advice(const Attempt& attempt, Verdict verdict, bool open_from_here) {
  const bool refused = verdict == Verdict::inconclusive && attempt.cause == Cause::refused;
  if (refused && !open_from_here) return std::string(port_advice);
  return refused || verdict == Verdict::fail ? std::string(unanswered_advice) : "";
}

void judge_connect(const Document& document, const Tried& tried, Findings& findings) {
  const auto& attempt = tried.attempt;
  const auto subject = address_subject(attempt);
  if (tried.reached("ehlo")) {
    const auto after = greeted_after(attempt);
    add(findings, "inbound.connect", subject, tried, "events", Verdict::pass,
        after > slow_greeting ? "The server answers, and is slow to greet: after " + duration_text(after)
                              : "The server answers and greets");
    return;
  }
  if (attempt.reply) {
    add(findings, "inbound.connect", subject, tried, "reply",
        about_us(attempt) ? Verdict::inconclusive : without_session(attempt),
        "The server greets with " + std::to_string(attempt.reply->code) + ": " + quoted(attempt.reply->text),
        attempt.cause);
    return;
  }
  const auto verdict = without_session(attempt);
  add(findings, "inbound.connect", subject, tried, "error", verdict, "No session came about: " + why(attempt),
      attempt.cause, connect_advice(attempt, verdict, answers_from_here(document, attempt.port)));
}

/// The same of an IPv6 address, where it is about the other half of the Internet.
void judge_ipv6(const Tried& tried, Findings& findings) {
  const auto& attempt = tried.attempt;
  const auto ip = IpAddress::parse(attempt.address);
  if (!ip || !ip->v6) return;
  if (tried.reached("ehlo"))
    add(findings, "inbound.ipv6", address_subject(attempt), tried, "events", Verdict::pass,
        "The server answers on IPv6");
  else if (attempt.cause == Cause::no_ipv6)
    add(findings, "inbound.ipv6", address_subject(attempt), tried, "error", Verdict::not_tested,
        "We have no route for IPv6", Cause::no_ipv6);
  else if (attempt.cause == Cause::own_limit)
    add(findings, "inbound.ipv6", address_subject(attempt), tried, "error", without_session(attempt),
        "Whether the server answers on IPv6 is not known: " + why(attempt), attempt.cause);
  else
    add(findings, "inbound.ipv6", address_subject(attempt), tried, "error", without_session(attempt),
        "The server does not answer on IPv6: " + why(attempt), attempt.cause, "Let it listen on its IPv6 address");
}

// --- TLS ------------------------------------------------------------------------------------------------------------

/// What OpenSSL says of a ServerHello without renegotiation_info, unless it is told to go on.
bool without_rfc5746(const Attempt& attempt) {
  return attempt.phase == "tls" && attempt.error && attempt.error->contains("unsafe legacy renegotiation");
}

/// "250-XXXXXXXA": what firewalls that inspect SMTP (PIX fixup, ASA's ESMTP inspection) write over STARTTLS.
bool overwritten(const Attempt& attempt) {
  if (attempt.starttls_offered) return false;
  return std::ranges::any_of(attempt.capabilities, [](const std::string& line) {
    const auto keyword = split(line, ' ').front();
    return keyword.size() == std::string_view("STARTTLS").size() && keyword.starts_with("XXXXXXX");
  });
}

/// What it says of a server that a session ended early which had greeted.
Verdict broken_off(const Attempt& attempt) {
  if (!attempt.cause) return Verdict::error;  // ours
  if (attempt.cause == Cause::unsupported || attempt.cause == Cause::protocol_error) return Verdict::fail;
  return passing(attempt.cause) || about_us(attempt) ? Verdict::inconclusive : Verdict::fail;
}

/// What comes behind the reply in the clear would be taken for what TLS protects (CVE-2011-0411 the other way round).
std::string starttls_advice(const Attempt& attempt) {
  if (attempt.error && attempt.error->starts_with("injected data"))
    return "Send nothing behind the reply to STARTTLS; if the server does not, something on the way writes into the "
           "session";
  return "Offer STARTTLS, and complete it";
}

void judge_failed_starttls(const Tried& tried, Findings& findings) {
  const auto& attempt = tried.attempt;
  const auto subject = address_subject(attempt);
  if (overwritten(attempt)) {
    add(findings, "inbound.starttls", subject, tried, "capabilities", Verdict::fail,
        "STARTTLS is stripped: something between the server and us writes XXXXXXXA over it", Cause::unsupported,
        "Turn off the inspection of SMTP in the firewall, at the server's end or at ours");
    return;
  }
  if (attempt.phase == "tls" && no_common_version(attempt)) {
    add(findings, "inbound.starttls", subject, tried, "error", Verdict::fail,
        "STARTTLS is offered, but the handshake fails: " + why(attempt), Cause::unsupported,
        "Let the server speak TLS 1.2 or 1.3");
    return;
  }
  if (without_rfc5746(attempt)) {
    add(findings, "inbound.starttls", subject, tried, "error", Verdict::fail,
        "STARTTLS is offered, but the server lacks secure renegotiation (RFC 5746), so our TLS library hangs up",
        Cause::unsupported, "Update the server's TLS library");
    return;
  }
  const auto verdict = broken_off(attempt);
  add(findings, "inbound.starttls", subject, tried, "error", verdict,
      (verdict == Verdict::error ? "A fault of ours ended the session: " : "STARTTLS did not come about: ") +
          why(attempt),
      attempt.cause, verdict == Verdict::fail ? starttls_advice(attempt) : "");
}

/// RFC 3207 §4.2: under TLS the session begins anew, with EHLO. Without an answer to that no mail comes in.
void judge_unanswered_under_tls(const Tried& tried, Findings& findings) {
  const auto& attempt = tried.attempt;
  const auto verdict = broken_off(attempt);
  // RFC 8446 §4.4.2.4; before TLS 1.3 it is the handshake that fails of it
  const bool asks_certificate = attempt.error && attempt.error->contains("certificate_required");
  add(findings, "inbound.starttls", address_subject(attempt), tried, "error", verdict,
      verdict == Verdict::error ? "A fault of ours ended the session under TLS: " + why(attempt)
                                : "STARTTLS completes, but EHLO under TLS has no good answer: " + why_said(attempt),
      attempt.cause,
      verdict != Verdict::fail ? ""
      : asks_certificate       ? "Ask for no certificate of the client: senders have none"
                               : "Answer EHLO under TLS as before it");
}

/// A delivery has other checks that say what stopped it; `inspect` expects this one of every address.
Verdict before_starttls(const Tried& tried) {
  if (!tried.of_inspect() || passed_over(tried.attempt)) return Verdict::not_tested;
  return tried.attempt.cause ? Verdict::inconclusive : Verdict::error;  // an error of ours has no cause
}

/// RFC 3207 §4: a public MX does not ask for TLS; where one does, that is worth knowing.
std::string plain_mail_words(const Tried& tried) {
  if (tried.address == nullptr || !tried.address->starttls_injection) return {};
  const auto code = tried.address->starttls_injection->plain_mail;
  if (!code) return {};
  return *code / 100 == 2 ? "; mail is accepted without it too"
                          : "; before it no mail is accepted (" + std::to_string(*code) + ")";
}

void judge_starttls(const Tried& tried, Findings& findings) {
  const auto& attempt = tried.attempt;
  const auto subject = address_subject(attempt);
  if (attempt.tls && attempt.phase == "ehlo" && attempt.error) {
    judge_unanswered_under_tls(tried, findings);
  } else if (attempt.tls) {
    add(findings, "inbound.starttls", subject, tried, "tls", Verdict::pass,
        "STARTTLS is offered and completes" + plain_mail_words(tried));
  } else if (!tried.reached("starttls") && attempt.cause != Cause::unsupported) {
    add(findings, "inbound.starttls", subject, tried, "error", before_starttls(tried),
        "The session ended before STARTTLS: " + why_said(attempt), attempt.cause);
  } else if (!tried.reached("auth")) {  // EHLO or STARTTLS refused, not offered, or broken off
    judge_failed_starttls(tried, findings);
  } else {
    add(findings, "inbound.starttls", subject, tried, "", Verdict::fail,
        attempt.starttls_offered ? "STARTTLS is offered and then refused; the mail went in plain text"
                                 : "STARTTLS is not offered; the mail went in plain text, as --tls may permits",
        Cause::unsupported, "Offer STARTTLS");
  }
}

void judge_cipher(const Tried& tried, Findings& findings) {
  const auto& tls = *tried.attempt.tls;
  const bool strong = strong_cipher(tls);
  add(findings, "inbound.tls-cipher", address_subject(tried.attempt), tried, "tls",
      strong ? Verdict::pass : Verdict::warn,
      plain(tls.cipher) + (tls.group ? " with " + plain(*tls.group) : "") + " is negotiated", {},
      strong ? "" : "Prefer ECDHE suites with AES-GCM or ChaCha20-Poly1305");
}

void judge_version(const Tried& tried, Findings& findings) {
  const auto& attempt = tried.attempt;
  const auto subject = address_subject(attempt);
  if (const auto* survey = survey_of(tried)) {
    judge_surveyed_version(tried, *survey, findings);
    judge_surveyed_cipher(tried, *survey, findings);
    return;
  }
  if (!attempt.tls) {
    if (no_common_version(attempt))
      add(findings, "inbound.tls-version", subject, tried, "error", Verdict::fail,
          "The server and we have no TLS version in common (we speak 1.2 and 1.3): " + why(attempt), Cause::unsupported,
          "Enable TLS 1.2 and 1.3");
    else
      add(findings, "inbound.tls-version", subject, tried, "", Verdict::not_tested, "There was no TLS session",
          attempt.cause);
    return;
  }
  const auto& tls = *attempt.tls;
  const bool good = tls.version == "TLSv1.3" || tls.version == "TLSv1.2";
  add(findings, "inbound.tls-version", subject, tried, "tls", good ? Verdict::pass : Verdict::fail,
      plain(tls.version) + " is negotiated", {}, good ? "" : "Enable TLS 1.2 and 1.3");
  judge_cipher(tried, findings);
}

// --- the certificate ------------------------------------------------------------------------------------------------

constexpr auto renewal_due = std::chrono::days(14);

std::string date_of(Time time) { return rfc3339(time).substr(0, 10); }

std::string names_of(const Certificate& leaf) {
  std::string out;
  constexpr std::size_t most = 5;
  for (std::size_t i = 0; i < leaf.names.size() && i < most; ++i) out += (i == 0 ? "" : ", ") + leaf.names[i];
  return out + (leaf.names.size() > most ? ", …" : "");
}

std::string certificate_fault(const Attempt& attempt) {
  const auto& tls = *attempt.tls;
  const auto detail = tls.verified->detail.empty() ? "" : " (" + quoted(tls.verified->detail) + ")";
  if (tls.certificates.empty()) return "The server shows no certificate" + detail;
  const auto& leaf = tls.certificates.front();
  switch (tls.verified->cause.value_or(Cause::unknown_ca)) {
    case Cause::expired:
      return leaf.not_after < attempt.started ? "The certificate expired on " + date_of(leaf.not_after) + detail
                                              : "The certificate is not valid at this time" + detail;
    case Cause::wrong_name:
      return "The certificate is not for " + plain(attempt.host, 260) + " but for " + quoted(names_of(leaf)) + detail;
    case Cause::self_signed: return "The certificate is self-signed" + detail;
    case Cause::unknown_ca: return "The certificate comes from a CA that is not trusted here" + detail;
    default: return "The certificate does not verify" + detail;
  }
}

/// RFC 9325 §4.5: keys under 112 bits of security, and hashes that can be collided. Empty: neither.
std::string weakness(const Certificate& leaf) {
  const auto space = leaf.key.rfind(' ');
  const auto bits = space == std::string::npos ? std::nullopt : parse_number(leaf.key.substr(space + 1));
  if (leaf.key.starts_with("RSA") && bits && *bits < 2048) return "its key is only " + plain(leaf.key, 40);
  const auto signature = to_lower(leaf.signature);
  if (signature.contains("md5") || signature.contains("sha1")) return "it is signed with " + plain(leaf.signature, 40);
  return {};
}

/// "; NCSC level: phase-out (RSA 2048)"; nothing where it is good or sufficient.
std::string level_note(const std::vector<Certificate>& certificates) {
  const auto level = ncsc_level_of_chain(certificates);
  if (level.level < TlsLevel::phase_out) return {};
  std::vector<std::string> names;
  names.reserve(level.names.size());
  for (const auto& name : level.names) names.push_back(plain(name, 60));
  return "; NCSC level: " + std::string(word(level.level)) + " (" + listed(names) + ")";
}

/// `chain`: what the survey knows of it; null: nothing.
void judge_good_certificate(const Tried& tried, const TlsChain* chain, const std::string& subject,
                            std::string_view member, Findings& findings) {
  const auto& attempt = tried.attempt;
  const auto& leaf = attempt.tls->certificates.front();
  const auto staple = chain != nullptr ? judge_staple(*chain, attempt.started) : Staple{};
  if (staple.verdict == Verdict::fail) {
    add(findings, "inbound.certificate", subject, tried, member, Verdict::fail,
        "The certificate verifies for " + plain(attempt.host, 260) + ", but " + staple.text, {}, staple.advice);
    return;
  }
  if (const auto weak = weakness(leaf); !weak.empty()) {
    add(findings, "inbound.certificate", subject, tried, member, Verdict::fail,
        "The certificate verifies for " + plain(attempt.host, 260) + ", but " + weak, {},
        "Have it issued anew, for a key of RSA 2048 or EC P-256, signed with SHA-256");
    return;
  }
  const bool soon = leaf.not_after - attempt.started < renewal_due;
  add(findings, "inbound.certificate", subject, tried, member, soon ? Verdict::warn : staple.verdict,
      "The certificate verifies for " + plain(attempt.host, 260) + ", " + plain(leaf.key, 40) + ", valid until " +
          date_of(leaf.not_after) + (staple.text.empty() ? "" : "; " + staple.text) +
          level_note(attempt.tls->certificates),
      {}, soon ? "Renew it: it has less than 14 days left" : staple.advice);
}

void judge_certificate(const Tried& tried, const TlsChain* chain, std::string_view member, Findings& findings) {
  const auto& attempt = tried.attempt;
  const auto subject = certificate_subject(attempt);
  if (!attempt.tls) {
    add(findings, "inbound.certificate", subject, tried, "", Verdict::not_tested, "There was no TLS session",
        attempt.cause);
  } else if (!attempt.tls->verified) {
    add(findings, "inbound.certificate", subject, tried, member, Verdict::error, "The certificate was not verified");
  } else if (attempt.tls->verified->result == "pass" && !attempt.tls->certificates.empty()) {
    judge_good_certificate(tried, chain, subject, member, findings);
  } else if (attempt.tls->dane && attempt.tls->dane->result == "pass") {  // RFC 7672 §3.1: no public CA is needed
    add(findings, "inbound.certificate", subject, tried, member, Verdict::info,
        certificate_fault(attempt) + "; DANE vouches for it");
  } else {
    add(findings, "inbound.certificate", subject, tried, member, Verdict::fail, certificate_fault(attempt),
        attempt.tls->verified->cause,
        "Install a certificate for " + plain(attempt.host, 260) + " of a public CA, with its chain");
  }
}

/// Those that the session did not show: a server may have one for each type of key.
void judge_more_certificates(const Tried& tried, Findings& findings) {
  for (const auto& other : other_chains(tried))
    judge_certificate({.attempt = other.shown, .at = other.at}, other.chain, "", findings);
}

void judge_certificates(const Tried& tried, Findings& findings) {
  const auto* survey = survey_of(tried);
  if (tried.attempt.tls || survey == nullptr || survey->chains.empty())
    judge_certificate(tried, session_chain(tried), "tls", findings);
  judge_more_certificates(tried, findings);
}

// --- capabilities ---------------------------------------------------------------------------------------------------

struct Extension {
  std::string_view check, keyword;
};
constexpr std::array<Extension, 7> extensions{{
    {"inbound.size", "SIZE"},
    {"inbound.8bitmime", "8BITMIME"},
    {"inbound.smtputf8", "SMTPUTF8"},
    {"inbound.pipelining", "PIPELINING"},
    {"inbound.chunking", "CHUNKING"},
    {"inbound.dsn", "DSN"},
    {"inbound.requiretls", "REQUIRETLS"},
}};

void judge_capabilities(const Tried& tried, Findings& findings) {
  const auto& attempt = tried.attempt;
  if (!attempt.tls || attempt.capabilities.empty()) return;
  for (const auto& [check, keyword] : extensions) {
    const bool announced = std::ranges::any_of(attempt.capabilities, [&](const std::string& line) {
      return iequals(split(line, ' ').front(), keyword);  // RFC 5321 §4.1.1.1: keywords know no case
    });
    add(findings, check, address_subject(attempt), tried, "capabilities", announced ? Verdict::pass : Verdict::info,
        std::string(keyword) + (announced ? " is announced" : " is not announced"));
  }
}

// --- command injection ---------------------------------------------------------------------------------------------

/// CVE-2011-0411: opt-in, of `inspect`, so that there is nothing to say where it was not tried.
void judge_injection(const Tried& tried, Findings& findings) {
  if (!tried.of_inspect() || tried.address == nullptr || !tried.address->starttls_injection) return;
  const auto& test = *tried.address->starttls_injection;
  Judgement judgement{.summary = {},
                      .evidence = {tried.at.substr(0, tried.at.rfind('/')) + pointer("starttls_injection")}};
  if (!test.executed) {
    judgement.verdict = test.session.cause == Cause::own_limit ? Verdict::not_tested : Verdict::inconclusive;
    judgement.cause = test.session.cause;
    judgement.summary = "Whether commands can be injected behind STARTTLS is not known: " + why(test.session);
  } else if (*test.executed) {
    judgement.verdict = Verdict::fail;
    judgement.summary = plain(test.command, 40) + ", sent in the clear behind STARTTLS, was run as a command under TLS";
    judgement.advice = "Discard what was received before the handshake (CVE-2011-0411): update the mail server";
  } else {
    judgement.verdict = Verdict::pass;
    judgement.summary = "What came in the clear behind STARTTLS was not run as a command";
  }
  findings.add("inbound.starttls-injection", address_subject(tried.attempt), std::move(judgement));
}

// --- which attempts -------------------------------------------------------------------------------------------------

void judge_attempt(const Document& document, const Tried& tried, Findings& findings) {
  judge_connect(document, tried, findings);
  judge_ipv6(tried, findings);
  judge_starttls(tried, findings);
  judge_version(tried, findings);
  judge_hygiene(tried, findings);
  judge_certificates(tried, findings);
  judge_capabilities(tried, findings);
  judge_injection(tried, findings);
}

void judge_nothing(const Document& document, std::string_view reason, std::optional<Cause> cause, Findings& findings) {
  for (const std::string_view check : {"inbound.starttls", "inbound.tls-version", "inbound.certificate"})
    findings.add(check, domain_subject(document.target.domain),
                 {.verdict = Verdict::not_tested, .summary = std::string(reason), .cause = cause});
}

/// One address that is passed over hides nothing of the others; where all are, nothing is known of the servers.
void judge_all_passed_over(const Document& document, const std::vector<Tried>& all, Findings& findings) {
  if (!of_inspect(document) || all.empty() ||
      !std::ranges::all_of(all, [](const Tried& each) { return passed_over(each.attempt); }))
    return;
  const auto& first = all.front();
  findings.add("inbound.starttls", domain_subject(document.target.domain),
               {.verdict = Verdict::inconclusive,
                .summary = "No session came about with any of the mail servers: " + why(first.attempt),
                .cause = first.attempt.cause,
                .evidence = {first.at + pointer("error")}});
}

/// Why there is no address to connect to.
std::optional<Cause> why_nobody(const Document& document) {
  if (document.run.interrupted) return Cause::interrupted;
  const auto& hosts = document.target.mx;
  if (!document.target.cause && std::ranges::find(hosts, Dnssec::bogus, &MxHost::dnssec) != hosts.end())
    return Cause::bogus;
  return document.target.cause;
}

bool direct_and_untried(const Probe& probe) { return !probe.via && probe.attempts.empty(); }

}  // namespace

void judge_inbound(const Document& document, Findings& findings) {
  if (of_doctor(document)) return;
  for (const auto& probe : document.probes)
    if (probe.via)
      judge_nothing(document, "The message went through the submission server " + plain(*probe.via, 60),
                    Cause::via_relay, findings);
  const auto all = tried_addresses(document);
  const bool asked = of_inspect(document) || std::ranges::any_of(document.probes, direct_and_untried);
  if (all.empty() && asked)
    judge_nothing(document, "No server of the target was connected to", why_nobody(document), findings);
  judge_all_passed_over(document, all, findings);
  for (const auto& tried : all) judge_attempt(document, tried, findings);
}

}  // namespace mailprobe::evidence
