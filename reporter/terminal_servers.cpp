#include "reporter/terminal_servers.h"

#include <fmt/format.h>

#include "reporter/chain.h"
#include "reporter/phrases.h"
#include "reporter/server_state.h"
#include "reporter/shown_chains.h"
#include "reporter/survey_words.h"

namespace mailprobe::reporter {

namespace {

using evidence::Attempt;
using evidence::MxAddress;
using evidence::MxHost;
using evidence::Verdict;

/// As a verdict's mark; of several certificates the worst counts.
Verdict mark_of(Verdict state, const Attempt& session, const std::vector<ShownChain>& chains) {
  if (state != Verdict::pass) return state;
  const bool valid = session.tls && is_good(*session.tls) && (chains.empty() || is_good(worst_of(chains).tls));
  return valid ? Verdict::pass : Verdict::fail;
}

std::string encryption(const TlsFacts& tls) {
  auto text = tls_name(tls.version) + ", " + tls.cipher;
  if (tls.group) text += ", " + *tls.group;
  return text;
}

std::string certificate(const TlsFacts& tls, Time at) {
  const auto& leaf = tls.certificates.front();
  auto text =
      leaf.key + " certificate, until " + day(leaf.not_after) + " (" + distance_phrase(at, leaf.not_after) + ")";
  if (!is_good(tls))
    text +=
        tls.verified && tls.verified->cause ? ": " + std::string(cause_phrase(*tls.verified->cause)) : ": not valid";
  return tls.dane ? text + "; DANE: " + pin_of(*tls.dane) : text;
}

void show_certificates(TerminalPage& page, const std::vector<ShownChain>& chains, Time at) {
  if (chains.empty()) page.line({{"no certificate"}}, 4, 2);
  for (const auto& each : chains) page.line({{certificate(each.tls, at)}}, 4, 2);
}

std::string keywords(const Attempt& session) {
  std::string text;
  for (const auto& line : session.capabilities)
    text += (text.empty() ? "" : " ") + std::string(line.substr(0, line.find(' ')));
  return text;
}

Ink ink_of_tone(std::string_view tone) {
  if (tone == "fail") return Ink::red;
  if (tone == "warn") return Ink::yellow;
  if (tone == "pass") return Ink::green;
  return tone == "mute" ? Ink::dim : Ink::plain;
}

/// "TLS 1.2, TLS 1.3", each in the ink of what it is worth.
void show_survey(TerminalPage& page, const TlsSurvey& survey, Time at) {
  for (const auto& line : survey_lines(survey, at)) {
    std::vector<Span> spans{{fmt::format("{:<13}", line.label), Ink::dim}};
    for (const auto& one : line.words) {
      const bool first = spans.size() == 1;
      if (!first) spans.back().text += ",";
      spans.push_back({(first ? "" : " ") + one.text, ink_of_tone(one.tone)});
    }
    page.line(spans, 4, 13);
  }
}

void show_address(TerminalPage& page, const evidence::Document& document, const MxHost& host, const MxAddress& address,
                  bool verbose) {
  const auto& session = *address.session;
  const auto chains = chains_of(address);
  const auto state = mark_of(state_of(document, address).verdict, session, chains);
  std::vector<Span> spans{{std::string(page.mark(state)), ink_of(state)},
                          {" " + host.host, Ink::bold},
                          {"  " + address.ip},
                          {address.ptr && *address.ptr != host.host ? "  " + *address.ptr : "", Ink::dim},
                          {"  " + duration(session.duration_ms), Ink::dim}};
  page.line(spans, 2, 2);
  if (session.error) page.line({{*session.error}}, 4, 2);
  if (session.reply) page.line({{fmt::format("{} {}", session.reply->code, session.reply->text)}}, 4, 2);
  if (session.tls) {
    page.line({{encryption(*session.tls)}}, 4, 2);
    show_certificates(page, chains, session.started);
  }
  if (!session.capabilities.empty()) page.line({{keywords(session), Ink::dim}}, 4, 2);
  if (address.survey) show_survey(page, *address.survey, session.started);
  if (verbose) show_transcript(page, session.events);
}

}  // namespace

void show_servers(TerminalPage& page, const evidence::Document& document, bool verbose) {
  bool first = true;
  for (const auto& host : document.target.mx)
    for (const auto& address : host.addresses) {
      if (!address.session) continue;
      if (first) page.heading("The mail servers, address by address");
      first = false;
      show_address(page, document, host, address, verbose);
    }
}

}  // namespace mailprobe::reporter
