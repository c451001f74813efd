#include <algorithm>
#include <array>

#include "base/text.h"
#include "reporter/answers.h"
#include "reporter/escape.h"
#include "reporter/exchanges.h"
#include "reporter/exhibit_parts.h"
#include "reporter/phrases.h"

namespace mailprobe::reporter {

namespace {

using evidence::Attempt;

constexpr std::size_t most_replies = 4;  // lines of one

std::string_view kind_of(Direction dir) { return dir == Direction::out ? "out" : dir == Direction::in ? "in" : "note"; }

void add(ExhibitLines& lines, std::string_view kind, std::string_view text) {
  if (!text.empty()) lines.push_back({kind, std::string(text)});
}

void add_exchange(ExhibitLines& lines, const Exchange& exchange) {
  add(lines, exchange.command == connect_command || exchange.command == final_dot ? "note" : "out", exchange.command);
  for (std::size_t i = 0; i < std::min(exchange.replies.size(), most_replies); ++i)
    add(lines, "in", exchange.replies[i]);
}

bool ends(const Exchange& exchange) { return istarts_with(exchange.command, "QUIT"); }

/// The one with the reply that the attempt's outcome is read from: the last that is accepted, the first that is not.
const Exchange* deciding(const std::vector<Exchange>& all, const Attempt& attempt) {
  const Exchange* last = nullptr;
  for (const auto& each : all) {
    const bool fits =
        !attempt.reply || (each.answered() && each.replies.back().starts_with(std::to_string(attempt.reply->code)));
    if (ends(each) || !fits) continue;
    last = &each;
    if (attempt.reply && attempt.outcome != Outcome::accepted) break;
  }
  return last;
}

const Exchange* starttls_of(const std::vector<Exchange>& all) {
  const auto found = std::ranges::find_if(all, [](const Exchange& each) { return iequals(each.command, "STARTTLS"); });
  return found == all.end() ? nullptr : &*found;
}

/// Of the check's name: "inbound.size" is about SIZE.
std::string extension_of(std::string_view check) {
  auto name = std::string(check.substr(check.find('.') + 1));
  std::ranges::transform(name, name.begin(),
                         [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
  return name;
}

std::string reply_text(const evidence::ReplyFacts& reply) {
  return std::to_string(reply.code) + " " + (reply.enhanced ? *reply.enhanced + " " : std::string{}) + reply.text;
}

std::string joined(const std::vector<std::string>& words, std::string_view between) {
  std::string text;
  for (const auto& word : words) text.append(text.empty() ? "" : between).append(word);
  return text;
}

}  // namespace

ExhibitLines decision_lines(const Attempt& attempt) {
  ExhibitLines lines;
  const auto all = exchanges(attempt.events);
  if (const auto* exchange = deciding(all, attempt))
    add_exchange(lines, *exchange);
  else if (attempt.reply)
    add(lines, "in", reply_text(*attempt.reply));
  if (attempt.error) add(lines, "note", *attempt.error);
  return lines;
}

ExhibitLines banner_lines(const Attempt& attempt) {
  ExhibitLines lines;
  const auto all = exchanges(attempt.events);
  if (!attempt.events.empty() && attempt.events.front().dir == Direction::note)
    add(lines, "note", attempt.events.front().text);
  if (!all.empty())
    for (const auto line : all.front().replies) add(lines, "in", line);
  if (attempt.error) add(lines, "note", *attempt.error);
  return lines;
}

ExhibitLines starttls_lines(const Attempt& attempt) {
  ExhibitLines lines;
  const auto all = exchanges(attempt.events);
  const auto* exchange = starttls_of(all);
  if (exchange == nullptr) return capability_lines(attempt, "");
  add_exchange(lines, *exchange);
  for (auto at = exchange->event + 1; at < attempt.events.size() && lines.size() < most_exhibit_lines; ++at) {
    const auto& event = attempt.events[at];
    if (event.dir == Direction::out) break;
    if (event.dir == Direction::note) add(lines, kind_of(event.dir), event.text);
  }
  if (attempt.error) add(lines, "note", *attempt.error);
  return lines;
}

ExhibitLines capability_lines(const Attempt& attempt, std::string_view check) {
  const auto extension = extension_of(check);
  for (const auto& line : attempt.capabilities)
    if (!extension.empty() && iequals(std::string_view(line).substr(0, line.find(' ')), extension))
      return {{"in", "EHLO: " + line}};
  if (attempt.capabilities.empty()) return decision_lines(attempt);
  return {{"note", "EHLO announced " + joined(attempt.capabilities, ", ")}};
}

ExhibitLines certificate_lines(const std::vector<Certificate>& certificates,
                               const std::optional<Verification>& verified) {
  ExhibitLines lines;
  if (!certificates.empty()) {
    const auto& leaf = certificates.front();
    add(lines, "", leaf.subject + ", " + leaf.key);
    if (!leaf.names.empty()) add(lines, "", "names: " + joined(leaf.names, ", "));
    add(lines, "", "issuer: " + leaf.issuer);
    add(lines, "", "valid: " + day(leaf.not_before) + " – " + day(leaf.not_after));
  }
  if (verified)
    add(lines, "", "verified: " + verified->result + (verified->detail.empty() ? "" : ": " + verified->detail));
  return lines;
}

ExhibitLines tls_lines(const TlsFacts& tls, std::string_view check) {
  if (check == "inbound.certificate" || check == "inbound.mta-sts")
    return certificate_lines(tls.certificates, tls.verified);
  ExhibitLines lines;
  if (check == "inbound.dane") {
    if (tls.dane) add(lines, "", "TLSA: " + dane_text(*tls.dane));
    if (!tls.certificates.empty()) add(lines, "", "SHA-256 of the key: " + tls.certificates.front().spki_sha256);
    return lines;
  }
  add(lines, "", tls_name(tls.version) + ", " + tls.cipher + (tls.group ? ", " + *tls.group : std::string{}));
  if (check == "outbound.sni" && tls.sni) add(lines, "", "asked for " + *tls.sni);
  if (check == "outbound.client-cert")
    for (auto& line : certificate_lines(tls.certificates, tls.verified)) lines.push_back(std::move(line));
  return lines;
}

ExhibitLines session_lines(const evidence::Session& session) {
  ExhibitLines lines;
  add(lines, "", client_text(session) + (session.helo ? ", HELO " + *session.helo : std::string{}));
  add(lines, "", session_tls_text(session));
  if (session.mail_from)
    add(lines, "in", "MAIL FROM:<" + *session.mail_from + (session.require_tls ? "> REQUIRETLS" : ">"));
  add(lines, "note",
      "ended: " + session.end + (session.tls_alert ? ", TLS alert " + *session.tls_alert : std::string{}));
  return lines;
}

}  // namespace mailprobe::reporter
