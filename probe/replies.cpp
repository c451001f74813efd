#include "probe/replies.h"

#include <algorithm>

#include "auth/header_block.h"
#include "base/address.h"
#include "base/encoding.h"
#include "base/safe_text.h"
#include "dns/records.h"
#include "dns/resolver.h"
#include "evidence/answer.h"
#include "evidence/answered.h"
#include "evidence/reflection.h"

namespace mailprobe::probe {

using std::chrono::milliseconds;

namespace {

/// One message to several of our traps comes in as many sessions, which may begin in the same moment.
bool known(const evidence::Probe& probe, const evidence::Reply& reply) {
  const auto same = [&](const evidence::Reply& other) {
    return other.raw.sha256 == reply.raw.sha256 && evidence::same_session(other.session, reply.session);
  };
  return std::ranges::any_of(probe.replies, same);
}

/// On disk before it goes from the spool; within the document where that fails.
evidence::Raw stored(const RunDirectory& directory, const std::string& name, const std::string& bytes,
                     std::optional<Error>& problem) {
  auto raw = directory.store(name, bytes, RunDirectory::Safety::on_disk);
  if (raw) return std::move(*raw);
  if (!problem) problem = std::move(raw.error());
  return {.base64 = base64(bytes), .path = {}, .sha256 = hex(sha256(bytes))};
}

/// From our final dot's reply to the 250 that the answer got.
std::optional<std::int64_t> delay_of(const evidence::Probe& probe, const evidence::Session& session) {
  if (!probe.sent || !probe.sent->at) return std::nullopt;
  return (session.started + milliseconds(session.duration_ms) - *probe.sent->at).count();
}

/// RFC 5321 §4.1.1.1: where the name in HELO leads.
Task<void> look_up_helo(evidence::Session& session, dns::Resolver& resolver) {
  if (!session.helo || session.helo_addresses || !DomainName::parse(*session.helo)) co_return;
  std::vector<std::string> addresses;
  for (const auto type : {dns::Type::a, dns::Type::aaaa}) {
    const auto answer = co_await resolver.query(*session.helo, type);
    if (!answer.found() && !answer.absent()) co_return;
    for (const auto& address : dns::addresses(answer)) addresses.push_back(address.text());
  }
  session.helo_addresses = std::move(addresses);
}

/// One that stands there already tells of this one too: a session brings several messages.
void add_session(evidence::Probe& probe, evidence::Session session) {
  const auto same = [&](const evidence::Session& other) { return evidence::same_part(other, session); };
  if (std::ranges::none_of(probe.sessions, same)) probe.sessions.push_back(std::move(session));
}

/// How the session went on, where that is known: the envelope stays this message's own.
void take_whole(evidence::Reply& reply, const std::vector<evidence::Session>& sessions) {
  const auto same = [&](const evidence::Session& session) { return evidence::same_session(session, reply.session); };
  const auto whole = std::ranges::find_if(sessions, same);
  if (whole == sessions.end()) return;
  reply.session.events = whole->events;
  reply.session.duration_ms = whole->duration_ms;
  reply.session.end = whole->end;
}

/// The first that answers this probe and can be read.
void take_reflection(const std::string& raw, evidence::Probe& probe) {
  const auto message = auth::split_message(raw);
  const auto* answers = message.first(evidence::answers_header);
  if (probe.reflection || answers == nullptr || auth::unfold(answers->value) != probe.id) return;
  if (auto reflection = evidence::read_reflection(raw)) probe.reflection = std::move(*reflection);
}

}  // namespace

void choose_reply(evidence::Probe& probe) {
  const auto ordinary = [&](const evidence::Reply& reply) { return evidence::is_ordinary(probe, reply); };
  const auto last_word = [&](const evidence::Reply& reply) { return ordinary(reply) && is_final(reply.kind); };
  auto chosen = std::ranges::find_if(probe.replies, last_word);
  if (chosen == probe.replies.end()) chosen = std::ranges::find_if(probe.replies, ordinary);
  if (chosen != probe.replies.end()) probe.reply = *chosen;
}

Task<std::optional<Error>> keep_arrivals(ArrivalsOf what, SpoolReader read, RunDirectory& directory,
                                         dns::Resolver& resolver, evidence::Probe& probe) {
  std::optional<Error> problem;
  for (auto& session : what.arrivals.sessions) co_await look_up_helo(session, resolver);
  for (auto& [spooled, reply] : what.arrivals.answers) {
    if (known(probe, reply)) continue;
    const bool forward = reply.kind == evidence::AnswerKind::forward;
    if (forward && probe.forward) continue;
    const auto bytes = read(spooled);
    const auto name =
        std::to_string(what.number) + (forward ? "-forward" : "-reply-" + std::to_string(probe.replies.size() + 1));
    if (bytes) reply.raw = stored(directory, name, *bytes, problem);
    if (bytes && reply.kind == evidence::AnswerKind::reflector) take_reflection(*bytes, probe);
    reply.delay_ms = delay_of(probe, reply.session);
    reply.late = what.late;
    co_await look_up_helo(reply.session, resolver);
    take_whole(reply, what.arrivals.sessions);
    const auto noted = directory.journal().write(probe.id, what.late ? JournalEvent::late : JournalEvent::found,
                                                 {{"answer", std::string(word(reply.kind))}});
    if (!noted && !problem) problem = noted.error();
    if (forward)
      probe.forward = std::move(reply);
    else
      probe.replies.push_back(std::move(reply));
  }
  for (auto& session : what.arrivals.sessions) add_session(probe, std::move(session));
  for (const auto& reply : probe.replies) add_session(probe, reply.session);
  if (probe.forward) add_session(probe, probe.forward->session);
  choose_reply(probe);
  co_return problem;
}

std::string told_of(const evidence::Reply& reply) {
  using enum evidence::AnswerKind;
  const auto after =
      reply.delay_ms ? " after " + duration_text(milliseconds(std::max<std::int64_t>(0, *reply.delay_ms))) : "";
  const auto* status = evidence::telling(reply.statuses);
  const auto why = status == nullptr ? "" : ": " + safe_text(status->diagnostic.value_or(status->status), 200);
  switch (reply.kind) {
    case person: return "answered" + after;
    case vacation: return "answered by a responder" + after;
    case reflector: return "answered by a reflector" + after;
    case opt_out: return "answered" + after + ": asks for no more mail";
    case complaint: return "a complaint came" + after;
    case bounce: return "returned" + after + why;
    case delay: return "a notice of delay came" + after + why;
    case forward: return "forwarded to us" + after;
    case delivered: return "reported as handed over" + after;
    case unknown: break;
  }
  return "something came back" + after;
}

}  // namespace mailprobe::probe
