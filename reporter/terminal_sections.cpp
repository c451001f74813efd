#include "reporter/terminal_sections.h"

#include <algorithm>

#include <fmt/format.h>

#include "reporter/authentication.h"
#include "reporter/dkim_story.h"
#include "reporter/headline.h"
#include "reporter/lookups.h"
#include "reporter/measurements.h"
#include "reporter/phrases.h"
#include "reporter/terminal_answers.h"
#include "reporter/terminal_reflection.h"

namespace mailprobe::reporter {

namespace {

using evidence::Attempt;
using evidence::MailboxCopy;
using evidence::Probe;

Ink ink_of_outcome(Outcome outcome) {
  switch (outcome) {
    case Outcome::accepted: return Ink::green;
    case Outcome::unknown: return Ink::violet;
    case Outcome::temporary: return Ink::yellow;
    default: return Ink::red;
  }
}

Ink ink_of_result(std::string_view result) {
  if (result == "pass") return Ink::green;
  if (result == "none" || result == "neutral" || result == "softfail" || result == "policy") return Ink::yellow;
  return result.empty() ? Ink::dim : Ink::red;
}

std::string outcome_phrase(const Attempt& attempt) {
  switch (attempt.outcome) {
    case Outcome::accepted: return "accepted";
    case Outcome::temporary: return "not now";
    case Outcome::rejected: return "refused";
    case Outcome::not_sent: return "not sent";
    case Outcome::unknown: return "possibly delivered";
  }
  return {};
}

void show_attempt(TerminalPage& page, const Attempt& attempt, bool relay, bool verbose) {
  const bool by = attempt.outcome == Outcome::accepted || attempt.outcome == Outcome::rejected;
  std::vector<Span> spans{
      {outcome_phrase(attempt), ink_of_outcome(attempt.outcome)},
      {(by ? " by " : ", ") + attempt.host + " " + attempt.address + ":" + std::to_string(attempt.port)}};
  if (attempt.reply)
    spans.push_back({fmt::format(": {} {}{}", attempt.reply->code,
                                 attempt.reply->enhanced ? *attempt.reply->enhanced + " " : "", attempt.reply->text)});
  spans.push_back({" (" + duration(attempt.duration_ms) + ")", Ink::dim});
  page.row(relay ? "Relay" : "Server", spans);
  if (attempt.error) page.row("", {{*attempt.error}});
  if (verbose) show_transcript(page, attempt.events);
}

void show_mailbox(TerminalPage& page, const Probe& probe) {
  if (probe.mailbox) {
    const auto& copy = *probe.mailbox;
    page.row("Mailbox", {{"found in ", in_junk(copy) ? Ink::yellow : Ink::green},
                         {copy.folder, in_junk(copy) ? Ink::yellow : Ink::green},
                         {" after " + duration(copy.delay_ms)}});
    for (const auto& line : copy.filter) page.row("Filter", {{line, Ink::dim}});
  } else if (probe.watch && handed_over(probe)) {
    page.row("Mailbox",
             {{probe.watch->completed ? "not found" : "not searched to the end",
               probe.watch->completed ? Ink::red : Ink::violet},
              {" in " + duration(probe.watch->waited_ms) + (probe.watch->error ? ": " + *probe.watch->error : "")}});
  } else {
    page.row("Mailbox", {{"not looked at", Ink::dim}});
  }
}

void show_delivery(TerminalPage& page, const Probe& probe, bool verbose) {
  page.heading("Delivery");
  page.row("To", {{probe.to}});
  if (probe.via) page.row("Via", {{*probe.via}});
  for (const auto& attempt : probe.attempts) show_attempt(page, attempt, probe.via.has_value(), verbose);
  show_mailbox(page, probe);
}

void show_certificate(TerminalPage& page, const TlsFacts& tls, Time at) {
  if (tls.certificates.empty()) return;
  const auto& leaf = tls.certificates.front();
  page.row("Certificate", {{leaf.subject}, {" · " + leaf.key, Ink::dim}});
  page.row("Issued by", {{leaf.issuer}});
  page.row("Valid", {{day(leaf.not_before) + " – " + day(leaf.not_after)},
                     {" (" + distance_phrase(at, leaf.not_after) + ")", Ink::dim}});
  if (!tls.verified) return;
  const bool pass = tls.verified->result == "pass";
  std::vector<Span> spans{{pass ? "pass" : "fail", pass ? Ink::green : Ink::red}};
  if (tls.verified->cause) spans.push_back({", " + std::string(cause_phrase(*tls.verified->cause))});
  if (!tls.verified->detail.empty()) spans.push_back({": " + tls.verified->detail, Ink::dim});
  page.row("Verified", spans);
}

void show_tls(TerminalPage& page, const Probe& probe, Time at) {
  if (!probe.smtp || (probe.smtp->outcome == Outcome::not_sent && !probe.smtp->tls)) return;
  page.heading(probe.via ? "TLS and certificate of the submission server" : "TLS and certificate");
  if (!probe.smtp->tls) {
    page.row("Session", {{"plain text", Ink::red}});
    return;
  }
  const auto& tls = *probe.smtp->tls;
  page.row("Session",
           {{tls_name(tls.version)}, {" · " + tls.cipher + (tls.group ? " · " + *tls.group : ""), Ink::dim}});
  if (const auto ms = handshake_ms(*probe.smtp)) page.row("Handshake", {{duration(*ms)}});
  if (probe.via) page.row("", {{"the target's own session is between it and the submission server", Ink::dim}});
  page.row("Policy", {{probe.policy.applied == "none" ? "none applied; floor " + std::string(word(probe.policy.floor))
                                                      : probe.policy.applied},
                      {probe.policy.reason.empty() ? "" : " · " + probe.policy.reason, Ink::dim}});
  show_certificate(page, tls, at);
  if (tls.dane) page.row("DANE", {{dane_text(*tls.dane), tls.dane->result == "pass" ? Ink::green : Ink::red}});
}

void show_authentication(TerminalPage& page, const MailboxCopy& copy) {
  const auto theirs = trusted_authserv_id(copy);
  page.heading("Authentication: what we find, and what the target recorded");
  const std::vector<std::size_t> widths{7, 11, 11, 9};
  page.columns({{"", Ink::dim},
                {"ours", Ink::dim},
                {"theirs", Ink::dim},
                {theirs.empty() ? "(nothing recorded)" : theirs, Ink::dim}},
               {7, 11, 11});
  for (const auto& row : authentication_rows(copy))
    page.columns({{row.method, Ink::bold},
                  {row.ours.empty() ? "–" : row.ours, ink_of_result(row.ours)},
                  {row.theirs.empty() ? "–" : row.theirs, ink_of_result(row.theirs)},
                  {row.agree ? (*row.agree ? "agree" : "DIFFER") : "", row.agree && !*row.agree ? Ink::red : Ink::dim},
                  {row.what, Ink::dim}},
                 widths);
}

void show_diff(TerminalPage& page, std::string_view diff) {
  constexpr std::size_t most = 24;
  const auto lines = diff_lines(diff);
  for (std::size_t i = 0; i < std::min(lines.size(), most); ++i) {
    const auto ink = lines[i].starts_with('+') ? Ink::green : lines[i].starts_with('-') ? Ink::red : Ink::dim;
    page.line({{std::string(lines[i]), ink}}, 6, 2);
  }
  if (lines.size() > most) page.line({{fmt::format("… {} more lines", lines.size() - most), Ink::dim}}, 6);
}

void show_change(TerminalPage& page, const Change& change) {
  const auto phrase = mutation_phrase(change.mutation.kind, change.mutation.part);
  std::string where;
  if (const auto& range = change.mutation.received)
    where = fmt::format(" ({} at byte {})",
                        size_text(static_cast<std::size_t>(std::max<std::int64_t>(range->second - range->first, 0))),
                        range->first);
  page.line({{phrase.title, Ink::bold}, {where, Ink::dim}}, 4, 2);
  show_diff(page, change.mutation.diff);
  if (const auto remedy = remedy_of(change.mutation); !remedy.empty()) page.line({{remedy, Ink::dim}}, 4, 2);
}

void show_signatures(TerminalPage& page, const MailboxCopy& copy) {
  page.heading("DKIM: did the signatures survive?");
  if (copy.dkim.empty()) page.line({{"The delivered copy holds no DKIM signature.", Ink::red}}, 2, 2);
  for (const auto& signature : copy.dkim) {
    const bool pass = signature.result == auth::DkimOutcome::pass;
    const auto parts = parts_phrase(signature);
    page.line({{std::string(page.mark(pass ? evidence::Verdict::pass : evidence::Verdict::fail)),
                ink_of_result(word(signature.result))},
               {" "},
               {signature.selector + " " + signature.algorithm + " " + signature.canonicalization},
               {"  " + std::string(word(signature.result)), ink_of_result(word(signature.result))},
               {parts.empty() ? "" : "  " + parts, Ink::dim},
               {pass || signature.reason.empty() ? "" : ": " + signature.reason, Ink::dim}},
              2, 2);
  }
  for (const auto& change : changes(copy)) show_change(page, change);
}

void show_hops(TerminalPage& page, const MailboxCopy& copy) {
  if (copy.hops.empty()) return;
  page.heading("Hops");
  for (std::size_t i = 0; i < copy.hops.size(); ++i) {
    const auto& hop = copy.hops[i];
    std::vector<Span> spans{
        {std::to_string(i + 1) + "  ", Ink::dim}, {hop.from.empty() ? "?" : hop.from}, {" → " + hop.by}};
    std::string facts = hop.protocol;
    if (hop.tls) facts += ", " + *hop.tls + " (" + std::string(word(hop.tls_source)) + ")";
    if (hop.delay_ms) facts += ", +" + duration(*hop.delay_ms);
    spans.push_back({"  " + facts, Ink::dim});
    page.line(spans, 2, 3);
  }
}

void show_lookups(TerminalPage& page, const Probe& probe) {
  if (!probe.dns_witness) return;
  page.heading("What the target looked up at our DNS");
  const auto rows = lookups(probe);
  const auto& witness = *probe.dns_witness;
  if (witness.problem) page.line({{"perhaps not all: ", Ink::bold}, {*witness.problem}}, 2, 2);
  if (witness.dropped > 0) page.line({{unanswered_text(witness), Ink::bold}}, 2, 2);
  if (rows.empty() && !witness.problem && witness.dropped == 0)
    page.line({{"nothing that only this probe has", Ink::dim}}, 2, 2);
  for (const auto& row : rows)
    page.line({{row.what, Ink::bold},
               {"  " + row.name + " " + row.type},
               {"  by " + row.from + " after " + duration(row.t_ms) +
                    (row.times > 1 ? " (" + std::to_string(row.times) + " times)" : "") +
                    (row.subnet.empty() ? "" : ", on behalf of " + row.subnet),
                Ink::dim}},
              2, 4);
}

}  // namespace

void show_probe(TerminalPage& page, const evidence::Document& document, const Probe& probe, bool verbose) {
  show_delivery(page, probe, verbose);
  show_tls(page, probe, document.run.started);
  show_lookups(page, probe);
  if (probe.mailbox) {
    show_authentication(page, *probe.mailbox);
    show_signatures(page, *probe.mailbox);
    show_hops(page, *probe.mailbox);
  }
  show_answers(page, probe, verbose);
  show_traps(page, document, probe, verbose);
  show_reflection(page, probe);
  show_reports(page, probe);
}

}  // namespace mailprobe::reporter
