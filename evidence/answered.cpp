#include "evidence/answered.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "evidence/answer.h"
#include "evidence/own_refusal.h"
#include "evidence/trap_signs.h"
#include "evidence/traps.h"

namespace mailprobe::evidence {

namespace {

/// From good to bad. What was not tested of one session says less than what was seen in another.
int weight(Verdict verdict) {
  using enum Verdict;
  constexpr std::array order{not_applicable, not_tested, info, pass, error, inconclusive, warn, fail};
  return static_cast<int>(std::ranges::find(order, verdict) - order.begin());
}

/// RFC 5321 §2.4: commands in any case.
bool greets_by(const Session& session, std::string_view verb) {
  return std::ranges::any_of(session.events, [&](const Event& event) {
    return event.dir == Direction::in && istarts_with(event.text, verb) &&
           (event.text.size() == verb.size() || is_space(event.text[verb.size()]));
  });
}

void add_once(std::vector<std::string>& list, std::string text) {
  if (std::ranges::find(list, text) == list.end()) list.push_back(std::move(text));
}

}  // namespace

bool is_ordinary(const Session& session) { return !session.trap || *session.trap == trap::good; }

bool is_ordinary(const Probe& probe, const Reply& reply) {
  return is_ordinary(reply.session) && !is_of_traps(probe, reply.statuses);
}

bool same_session(const Session& a, const Session& b) {
  return a.started == b.started && a.address == b.address && a.trap == b.trap;
}

bool same_part(const Session& a, const Session& b) {
  return same_session(a, b) && a.probe == b.probe && a.tls.has_value() == b.tls.has_value();
}

bool said(const Session& session, Direction dir, std::string_view text) {
  return std::ranges::any_of(session.events, [&](const Event& event) {
    return event.dir == dir && ifind(event.text, text) != std::string_view::npos;
  });
}

bool withheld_starttls(const Session& session) {
  return !session.events.empty() && !speaks_no_esmtp(session) && !said(session, Direction::out, "STARTTLS");
}

bool speaks_no_esmtp(const Session& session) { return greets_by(session, "HELO") && !greets_by(session, "EHLO"); }

bool may_be_anybodys(const Probe& probe, const Session& session) {
  if (turned_away(session)) return true;
  if (session.probe || session.trap) return false;
  const auto by_it = [&](const Reply& reply) { return reply.session.address == session.address; };
  return std::ranges::none_of(probe.replies, by_it) && !(probe.reply && by_it(*probe.reply)) &&
         !(probe.forward && by_it(*probe.forward));
}

const Session* shied_from_us(const Probe& probe) {
  const Session* first = nullptr;
  for (const auto& session : probe.sessions) {
    if (session.trap || !shied_away(session) || !may_be_anybodys(probe, session)) continue;
    if (first == nullptr || (rejects_certificate(session) && !rejects_certificate(*first))) first = &session;
  }
  return first;
}

std::string told_shy(const Session& session) {
  return client_of(session) + ", who may have come with it, " +
         (rejects_certificate(session)
              ? "rejected our certificate (" + plain(*session.tls_alert, 40) + ")"
              : "left after TLS without a message, as those do who find our certificate wrong");
}

std::vector<Came> sessions_of(const Probe& probe, const std::string& at) {
  std::vector<Came> all;
  for (std::size_t i = 0; i < probe.sessions.size(); ++i)
    if (is_ordinary(probe.sessions[i]) && !may_be_anybodys(probe, probe.sessions[i]))
      all.push_back({probe.sessions[i], at + pointer("sessions", i)});
  for (const auto& [reply, where] : answers_of(probe, at)) {
    const auto known = [&](const Came& came) { return same_part(came.session, reply.session); };
    if (std::ranges::none_of(all, known)) all.push_back({reply.session, where + pointer("session")});
  }
  return all;
}

std::vector<Answered> answers_of(const Probe& probe, const std::string& at) {
  std::vector<Answered> all;
  for (std::size_t i = 0; i < probe.replies.size(); ++i)
    if (is_ordinary(probe, probe.replies[i])) all.push_back({probe.replies[i], at + pointer("replies", i)});
  if (all.empty() && probe.reply && is_ordinary(probe, *probe.reply))
    all.push_back({*probe.reply, at + pointer("reply")});
  return all;
}

const Reply* answer_of(const Probe& probe, AnswerKind kind) {
  for (const auto& [reply, at] : answers_of(probe, {}))
    if (reply.kind == kind) return &reply;
  return nullptr;
}

std::string cause_told(const std::vector<DeliveryStatus>& statuses) {
  const auto* status = telling(statuses);
  if (status == nullptr) return "it gives no cause";
  const auto words = status->diagnostic.value_or(status->status);
  const auto& host = status->remote_mta ? status->remote_mta : status->reporting_mta;
  return (words.empty() ? "without a cause" : quoted(words, 300)) + (host ? ", says " + plain(*host, 260) : "");
}

std::string client_of(const Session& session) {
  const auto name = session.helo.value_or("");
  return plain(session.address, 60) + (name.empty() ? "" : " (" + plain(name, 100) + ")");
}

Judgement worst_of(const std::vector<Part>& parts) {
  const auto heavier = [](const Part& a, const Part& b) {
    return weight(a.judgement.verdict) < weight(b.judgement.verdict);
  };
  const auto worst = std::ranges::max_element(parts, heavier);
  auto judgement = worst->judgement;
  std::vector<std::string> clients, evidence;
  for (const auto& part : parts) {
    if (part.judgement.verdict != judgement.verdict || part.judgement.summary != judgement.summary) continue;
    add_once(clients, client_of(*part.session));
    for (const auto& each : part.judgement.evidence) add_once(evidence, each);
  }
  judgement.summary += ", from " + listed(clients);
  judgement.evidence = std::move(evidence);
  return judgement;
}

}  // namespace mailprobe::evidence
