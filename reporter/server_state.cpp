#include "reporter/server_state.h"

#include <algorithm>
#include <array>

#include "evidence/findings.h"

namespace mailprobe::reporter {

namespace {

using evidence::Attempt;
using evidence::Verdict;

std::string_view words_of(Verdict verdict, std::optional<Cause> cause) {
  if (verdict == Verdict::pass) return "answers";
  if (verdict == Verdict::fail) return "fails";
  if (verdict == Verdict::not_tested) return "not tested";
  if (verdict == Verdict::error) return "our fault";
  switch (cause.value_or(Cause::unreachable)) {
    case Cause::greylisted: return "greylisted";
    case Cause::rate_limited: return "rate limited";
    case Cause::blocked: return "blocked";
    case Cause::timed_out: return "no answer";
    case Cause::own_limit: return "given up by us";
    case Cause::refused:
    case Cause::interrupted:
    case Cause::our_port_25:
    case Cause::unreachable: return "not reached";
    default: return "not known";
  }
}

}  // namespace

ServerState state_of(const evidence::Document& document, const evidence::MxAddress& address) {
  const Attempt& session = *address.session;
  if (!session.error) return {Verdict::pass, words_of(Verdict::pass, {})};
  constexpr std::array<std::string_view, 2> of_session{"inbound.connect", "inbound.starttls"};
  const auto subject = evidence::address_subject(session);
  for (const auto check : of_session)
    for (const auto& finding : document.findings)
      if (finding.check == check && finding.subject == subject && finding.verdict != Verdict::pass)
        return {finding.verdict, words_of(finding.verdict, session.cause)};
  const auto unjudged = session.cause ? Verdict::inconclusive : Verdict::error;  // an error of ours has no cause
  return {unjudged, words_of(unjudged, session.cause)};
}

}  // namespace mailprobe::reporter
