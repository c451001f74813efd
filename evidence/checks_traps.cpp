// outbound.{dane,mta-sts}-enforced, downgrade, greylist-retry, dnssec-validates: what became of mail to our traps
// (evidence/traps.h). Absence counts only beside a control that arrived, and once the whole of trap_wait is over; a
// session that ends after TLS without MAIL, or a TLS report of the failure, counts at once.
#include <algorithm>

#include "base/text.h"
#include "base/time.h"
#include "evidence/findings.h"
#include "evidence/reported.h"
#include "evidence/traps.h"

namespace mailprobe::evidence {

namespace {

using enum Verdict;
using std::chrono::milliseconds;

struct Came {
  const Session* session;
  std::string at;
};

/// What is known of one probe's traps.
class Traps {
 public:
  Traps(const Document& document, const Probe& probe, std::string at)
      : document_(document), probe_(probe), at_(std::move(at)) {}

  [[nodiscard]] bool asked(std::string_view name) const { return address_of(name) != nullptr; }
  [[nodiscard]] bool completed() const { return probe_.traps->completed; }
  [[nodiscard]] std::string waited() const { return duration_text(milliseconds(probe_.traps->waited_ms)); }
  [[nodiscard]] std::string at() const { return at_ + pointer("traps"); }

  /// In the order in which they began.
  [[nodiscard]] std::vector<Came> sessions(std::string_view name) const {
    std::vector<Came> all;
    for (std::size_t i = 0; i < probe_.sessions.size(); ++i)
      if (probe_.sessions[i].trap == name) all.push_back({&probe_.sessions[i], at_ + pointer("sessions", i)});
    std::ranges::sort(all, {}, [](const Came& came) { return came.session->started; });
    return all;
  }

  /// The first that was let in with mail for us.
  [[nodiscard]] std::optional<Came> arrival(std::string_view name) const {
    for (auto& came : sessions(name))
      if (!came.session->recipients.empty()) return came;
    return std::nullopt;
  }

  /// The first that saw our certificate and went away without a message: what an enforcing client does.
  [[nodiscard]] std::optional<Came> refusal(std::string_view name) const {
    for (auto& came : sessions(name))
      if (came.session->tls && !came.session->mail_from) return came;
    return std::nullopt;
  }

  /// A TLS report that counts, of sessions with the trap that failed for the reason that it is there for.
  [[nodiscard]] std::optional<std::string> report(std::string_view name, Refusing by) const {
    const auto* address = address_of(name);
    if (address == nullptr) return std::nullopt;
    const auto host = address->substr(address->rfind('@') + 1);  // the domain is its own MX host
    const auto failures = reported_failures(probe_, at_, by, host, host);
    return failures.empty() ? std::nullopt : std::optional(failures.front().at);
  }

  /// Nothing came, and it is too early, or nothing else came either: what can be said then.
  [[nodiscard]] Judgement open(std::string_view control) const {
    if (!arrival(control))
      return {.verdict = inconclusive,
              .summary = "Nothing came to the control " + std::string(control) + " either, so nothing follows",
              .cause = Cause::no_control,
              .advice = "Have somebody answer to all addresses, or wait longer",
              .evidence = {at()}};
    return {.verdict = inconclusive,
            .summary = "Nothing has come within " + waited() + ", which may be a delay",
            .cause = document_.run.interrupted ? Cause::interrupted : Cause::timed_out,
            .advice = "Let it wait for all of limits.trap_wait; mailprobe collect looks again",
            .evidence = {at()}};
  }

 private:
  [[nodiscard]] const std::string* address_of(std::string_view name) const {
    const auto& all = probe_.traps->asked;
    const auto found = std::ranges::find(all, name, &TrapAsked::name);
    return found == all.end() ? nullptr : &found->address;
  }

  const Document& document_;
  const Probe& probe_;
  std::string at_;
};

std::string from(const Session& session) {
  return session.address + (session.helo ? " (" + plain(*session.helo, 260) + ")" : "");
}
std::string over(const Session& session) {
  return session.tls ? "over " + plain(session.tls->version) : "in plain text";
}

// --- mail that should not come --------------------------------------------------------------------------------------

struct Barrier {
  std::string_view check, trap, control;
  std::string_view broken;  // what the trap's host has
  std::string_view advice;
  std::optional<Refusing> reported;  // what a TLS report of it says
};

constexpr std::array<Barrier, 3> barriers{{
    {"outbound.dane-enforced", trap::dane_wrong, trap::dane_right, "a host whose TLSA record is of another key",
     "Turn DANE on where mail goes out, behind a resolver that validates (Postfix: smtp_tls_security_level = dane, "
     "smtp_dns_support_level = dnssec)",
     Refusing::dane},
    {"outbound.mta-sts-enforced", trap::sts_wrong, trap::sts_right, "a host that fails its MTA-STS policy",
     "Turn MTA-STS on where mail goes out (Postfix: postfix-mta-sts-resolver)", Refusing::mta_sts},
    {"outbound.dnssec-validates",
     trap::bogus,
     trap::good,
     "a domain whose zone does not validate",
     "Let the sending server ask a resolver that validates DNSSEC",
     {}},
}};

Judgement judge_barrier(const Barrier& barrier, const Traps& traps) {
  const std::string broken(barrier.broken);
  if (const auto came = traps.arrival(barrier.trap))
    return {.verdict = warn,
            .summary = "Mail came to " + broken + ", " + over(*came->session) + ", from " + from(*came->session),
            .advice = std::string(barrier.advice),
            .evidence = {came->at}};
  const auto control = traps.arrival(barrier.control);
  if (!control) return traps.open(barrier.control);
  const auto passed = [&](std::string summary, std::string at) {
    return Judgement{.verdict = pass,
                     .summary = std::move(summary),
                     .evidence = {std::move(at), control->at},
                     .grade = Grade::enforced};
  };
  if (const auto gone = traps.refusal(barrier.trap))
    return passed(from(*gone->session) + " went away after TLS from " + broken + "; its control was served", gone->at);
  if (const auto report = barrier.reported ? traps.report(barrier.trap, *barrier.reported) : std::nullopt)
    return passed("A TLS report tells that sessions with " + broken + " failed; its control was served", *report);
  if (traps.completed())
    return passed("Nothing came to " + broken + " within " + traps.waited() + "; its control was served", traps.at());
  return traps.open(barrier.control);
}

// --- mail that should come again ------------------------------------------------------------------------------------

Judgement judge_downgrade(const Traps& traps) {
  const auto all = traps.sessions(trap::hidden_starttls);
  if (const auto came = traps.arrival(trap::hidden_starttls)) {
    if (!came->session->tls)
      return {.verdict = warn,
              .summary = "Where STARTTLS was hidden the mail came in plain text, from " + from(*came->session) +
                         ": who can hide it can read the mail",
              .advice = "Obey DANE and MTA-STS, which tell a sender beforehand that there is TLS",
              .evidence = {came->at}};
    if (came->session == all.front().session)
      return {.verdict = inconclusive,
              .summary = "STARTTLS was not hidden from " + from(*came->session) + ", which had called before",
              .cause = Cause::own_limit,
              .advice = "Run it again in a day",
              .evidence = {came->at}};
    return {.verdict = pass,
            .summary = "Where STARTTLS was hidden nothing came until it was offered, then " + over(*came->session),
            .evidence = {all.front().at, came->at}};
  }
  const auto control = traps.arrival(trap::good);
  if (!control || !traps.completed()) return traps.open(trap::good);
  return {.verdict = pass,
          .summary = "Where STARTTLS was hidden nothing came within " + traps.waited() + "; its control was served",
          .evidence = {traps.at(), control->at}};
}

Judgement judge_greylist(const Traps& traps) {
  const auto all = traps.sessions(trap::greylist);
  if (const auto came = traps.arrival(trap::greylist)) {
    const auto& first = *all.front().session;
    if (came->session == &first)
      return {.verdict = inconclusive,
              .summary = "The 451 was not said to " + from(first),
              .cause = Cause::own_limit,
              .evidence = {came->at}};
    const auto later = std::chrono::duration_cast<milliseconds>(came->session->started - first.started);
    const bool same = came->session->address == first.address;
    return {.verdict = pass,
            .summary = "After a 451 the mail came again " + duration_text(later) + " later, from " +
                       (same ? "the same address" : "another address, " + from(*came->session)),
            .evidence = {all.front().at, came->at}};
  }
  const auto tried = std::ranges::find_if(all, [](const Came& came) { return came.session->mail_from.has_value(); });
  if (tried == all.end() || !traps.completed()) return traps.open(trap::good);
  return {.verdict = fail,
          .summary = "After a 451 " + from(*tried->session) + " did not come again within " + traps.waited(),
          .cause = Cause::timed_out,
          .advice = "Keep mail that is deferred in a queue, and try again for days (RFC 5321 §4.5.4.1)",
          .evidence = {tried->at}};
}

}  // namespace

void judge_traps(const Document& document, Findings& findings) {
  for (std::size_t i = 0; i < document.probes.size(); ++i) {
    const auto& probe = document.probes[i];
    if (!probe.traps) continue;
    const Traps traps(document, probe, pointer("probes", i));
    const auto add = [&](std::string_view check, Judgement judgement) {
      findings.add(check, probe_subject(probe), std::move(judgement)).probe = probe.name;
    };
    for (const auto& barrier : barriers)
      if (traps.asked(barrier.trap)) add(barrier.check, judge_barrier(barrier, traps));
    if (traps.asked(trap::hidden_starttls)) add("outbound.downgrade", judge_downgrade(traps));
    if (traps.asked(trap::greylist)) add("outbound.greylist-retry", judge_greylist(traps));
  }
}

}  // namespace mailprobe::evidence
