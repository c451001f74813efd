#include "probe/answer_table.h"

#include <algorithm>

#include "evidence/answered.h"
#include "evidence/own_refusal.h"
#include "evidence/trap_signs.h"

namespace mailprobe::probe {

namespace {

/// After a final answer, for the end of its session: a client says QUIT, or keeps the connection for the next message.
constexpr std::chrono::milliseconds linger = std::chrono::seconds(2);

}  // namespace

bool is_final(evidence::AnswerKind kind) {
  using enum evidence::AnswerKind;
  return kind != delay && kind != unknown && kind != forward;
}

bool ends_the_wait(const std::string& id, const evidence::Reply& reply) {
  return is_final(reply.kind) && evidence::is_ordinary(reply.session) && !evidence::is_of_traps(id, reply.statuses);
}

void AnswerTable::expect(const std::string& id, Steady deadline) { entries_[id].deadline = deadline; }
void AnswerTable::await_forward(const std::string& id) { entries_[id].forward = true; }
void AnswerTable::forget(const std::string& id) { entries_.erase(id); }

bool AnswerTable::is_last_word(const Entry& entry, const std::string& id, const evidence::Reply& reply) {
  using enum evidence::AnswerKind;
  if (!entry.forward) return ends_the_wait(id, reply);
  return reply.kind == forward || (reply.kind == bounce && ends_the_wait(id, reply));
}

bool AnswerTable::add(const std::string& id, ArrivedAnswer answer, Steady at) {
  const auto found = entries_.find(id);
  if (found == entries_.end()) return false;
  auto& entry = found->second;
  auto& all = entry.arrivals.answers;
  if (all.size() == max_answers || std::ranges::find(all, answer.spooled, &ArrivedAnswer::spooled) != all.end())
    return false;
  if (is_last_word(entry, id, answer.reply)) {
    entry.final_at = std::min(entry.final_at, at);
    if (entry.forward) claim_stray(entry, id, answer.reply.session);
    entry.session_over = !entry.elsewhere && std::ranges::any_of(entry.arrivals.sessions, [&](const auto& session) {
      return evidence::same_session(session, answer.reply.session);
    });
  }
  all.push_back(std::move(answer));
  return true;
}

/// A forwarder's goes to an address that names no probe: what it brought does.
std::optional<std::string> AnswerTable::add_stray(evidence::Session session) {
  for (auto& [id, entry] : entries_) {
    const bool brought = entry.forward && std::ranges::any_of(entry.arrivals.answers, [&](const auto& answer) {
                           return evidence::same_session(answer.reply.session, session);
                         });
    if (!brought) continue;
    session.probe = id;
    add(std::move(session), Steady{});
    return id;
  }
  strays_.push_back(std::move(session));
  if (strays_.size() > max_strays) strays_.pop_front();
  return std::nullopt;
}

/// One that was over before what it brought was read.
void AnswerTable::claim_stray(Entry& entry, const std::string& id, const evidence::Session& of) {
  const auto found =
      std::ranges::find_if(strays_, [&](const auto& session) { return evidence::same_session(session, of); });
  if (found == strays_.end() || entry.arrivals.sessions.size() == max_sessions) return;
  found->probe = id;
  entry.arrivals.sessions.push_back(std::move(*found));
  strays_.erase(found);
}

std::optional<std::string> AnswerTable::add(evidence::Session session, Steady, bool ours) {
  if (!session.probe) return add_stray(std::move(session));
  const auto found = entries_.find(*session.probe);
  if (found == entries_.end()) return std::nullopt;  // of a probe that nobody here waits for
  auto& entry = found->second;
  entry.elsewhere |= !ours;
  entry.session_over |= ours && std::ranges::any_of(entry.arrivals.answers, [&](const ArrivedAnswer& answer) {
                          return is_last_word(entry, *session.probe, answer.reply) &&
                                 evidence::same_session(answer.reply.session, session);
                        });
  if (entry.arrivals.sessions.size() < max_sessions) entry.arrivals.sessions.push_back(std::move(session));
  return std::nullopt;
}

Steady AnswerTable::due(const Entry& entry) {
  if (entry.final_at == Steady::max()) return entry.deadline;
  return entry.session_over ? entry.final_at : std::min(entry.deadline, entry.final_at + linger);
}

Steady AnswerTable::due(const std::string& id) const {
  const auto found = entries_.find(id);
  return found == entries_.end() ? Steady::min() : due(found->second);
}

bool AnswerTable::settled(const std::string& id, Steady at) const { return due(id) <= at; }

bool AnswerTable::has_final(const std::string& id) const {
  const auto found = entries_.find(id);
  return found != entries_.end() && found->second.final_at != Steady::max();
}

bool Perhaps::takes(const evidence::Session& session) {
  if (session.trap || session.probe || session.started < since_) return false;
  const auto one_of = [](std::size_t& left) {
    if (left == 0) return false;
    --left;
    return true;
  };
  if (evidence::turned_away(session)) return one_of(turned_away_);
  return evidence::shied_away(session) && one_of(shied_away_);
}

Arrivals AnswerTable::take(const std::string& id, Time since) {
  const auto found = entries_.find(id);
  if (found == entries_.end()) return {};
  auto arrivals = std::move(found->second.arrivals);
  Perhaps perhaps(since, has_final(id) ? 0 : max_perhaps);
  entries_.erase(found);
  const auto of_same_host = [&](const evidence::Session& stray) {
    return std::ranges::any_of(arrivals.answers,
                               [&](const auto& answer) { return answer.reply.session.address == stray.address; });
  };
  const auto told = [&](const evidence::Session& stray) {  // what else one brought that was for this probe
    return std::ranges::any_of(arrivals.sessions,
                               [&](const auto& session) { return evidence::same_session(session, stray); });
  };
  for (const auto& stray : strays_)
    if (arrivals.sessions.size() < max_sessions && !told(stray) && (of_same_host(stray) || perhaps.takes(stray)))
      arrivals.sessions.push_back(stray);
  std::ranges::sort(arrivals.sessions, {}, &evidence::Session::started);
  return arrivals;
}

}  // namespace mailprobe::probe
