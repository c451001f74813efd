#include "probe/trap_witness.h"

#include <algorithm>

#include "evidence/answered.h"
#include "evidence/own_refusal.h"
#include "evidence/trap_signs.h"
#include "evidence/traps.h"
#include "probe/beside.h"
#include "probe/compose.h"
#include "probe/reply_witness.h"
#include "receiver/folder.h"
#include "receiver/presence.h"
#include "receiver/session_log.h"
#include "receiver/traps.h"
#include "receiver/waiting.h"

namespace mailprobe::probe {

using evidence::Session;
using std::chrono::milliseconds;

namespace {

/// RFC 5321 §4.5.4.1: a sender gives up after four or five days.
constexpr auto token_life = std::chrono::days(7);
constexpr milliseconds look_interval{2000};    // the record may be long
constexpr std::size_t max_sessions = 500;      // of one probe: who fails DANE calls again and again
constexpr std::ptrdiff_t max_turned_away = 3;  // of those, at one trap
constexpr std::size_t max_gaps = 50;           // one is enough for a verdict

/// By its address, or the name that it says: one host has an address for each family.
bool same_host(const Session& a, const Session& b) { return a.address == b.address || (a.helo && a.helo == b.helo); }

/// Who goes on without TLS, or without looking at the certificate, does so at once.
constexpr auto to_think_again = std::chrono::minutes(1);

/// Left with its mail taken, or, where a policy asks for it, having seen the certificate and thought better of it.
/// Where none does it may come again and try otherwise.
bool decided(const evidence::Probe& probe, const Session& session, Time at) {
  if (!session.recipients.empty()) return true;
  const bool done = session.tls || at - session.started >= milliseconds(session.duration_ms) + to_think_again;
  return done && evidence::barred_by(probe, session);
}

/// Whoever it was, it did nothing: our own look at the door, say (probe/own_door.h).
bool says_nothing(const Session& session) {
  return !session.probe && !session.helo && !session.tls && !session.tls_alert && !evidence::own_refusal(session);
}

/// One is enough for a verdict, and whoever is turned away calls again and again.
bool told_often(const std::vector<Session>& known, const Session& session) {
  const auto same = [&](const Session& other) { return other.trap == session.trap && evidence::turned_away(other); };
  return evidence::turned_away(session) && std::ranges::count_if(known, same) >= max_turned_away;
}

}  // namespace

Result<std::vector<evidence::TrapAsked>> traps_to_ask(const Settings& settings, const Mailbox& address,
                                                      const std::string& id) {
  std::vector<evidence::TrapAsked> asked;
  for (const auto& host : settings.receiver.traps) {
    const auto at = receiver::trap_address(address, host.name);
    if (!at) return std::unexpected(at.error());
    const auto own = tagged(*at, id);
    if (!own) return std::unexpected(own.error());
    asked.push_back({host.name, own->text()});
  }
  return asked;
}

Result<void> somebody_receives(const Settings& settings) {
  if (receiver::is_held(receiver::Folder{receiver_folder(settings)})) return {};
  return fail(Failure::usage, "nobody receives at the traps: run \"mailprobe reflect\" with this configuration");
}

Result<void> expect_at_traps(const Settings& settings, const std::string& id) {
  if (auto held = somebody_receives(settings); !held) return held;
  const receiver::Folder folder{receiver_folder(settings)};
  auto waiting = receiver::Waiting::open(folder.waiting());
  if (!waiting) return std::unexpected(waiting.error());
  return waiting->expect(id, now() + token_life);
}

void note_trap_sessions(const std::vector<Session>& sessions, evidence::Probe& probe) {
  std::vector<const Session*> ours;
  for (const auto& session : sessions)
    if (session.trap && session.probe == probe.id) ours.push_back(&session);
  const auto of_ours = [&](const Session& session) {
    return std::ranges::any_of(ours, [&](const Session* other) { return same_host(session, *other); });
  };
  const auto part_of_ours = [&](const Session& session) {  // what else it brought, for nobody
    return std::ranges::any_of(ours, [&](const Session* other) { return evidence::same_session(session, *other); });
  };
  for (const auto& session : sessions) {
    if (!session.trap || (session.probe && session.probe != probe.id) || says_nothing(session)) continue;
    const auto is_it = [&](const Session& known) { return evidence::same_part(known, session); };
    if (std::ranges::any_of(probe.sessions, is_it) || probe.sessions.size() == max_sessions) continue;
    if (told_often(probe.sessions, session)) continue;
    // Whoever was turned away may have been the target: large ones send from many hosts.
    const bool perhaps = evidence::turned_away(session);
    if (session.probe || perhaps || (of_ours(session) && !part_of_ours(session))) probe.sessions.push_back(session);
  }
}

bool traps_settled(const evidence::Probe& probe, Time at) {
  return std::ranges::all_of(probe.traps->asked, [&](const evidence::TrapAsked& asked) {
    return std::ranges::any_of(probe.sessions, [&](const Session& session) {
      return session.trap == asked.name && decided(probe, session, at);
    });
  });
}

namespace {

/// Of the time that absence is counted over: trap_wait from when the mail was handed over, as far as that has gone.
std::vector<evidence::Unattended> unattended(const Settings& settings, const receiver::Folder& folder, Time begun) {
  const auto at = now();
  const receiver::Span wait{begun, std::min(begun + settings.limits.trap_wait, std::max(begun, at))};
  std::vector<evidence::Unattended> all;
  for (const auto& gap : receiver::gaps(receiver::presences(folder, at), wait)) {
    if (all.size() == max_gaps) break;
    all.push_back({gap.from, gap.until});
  }
  return all;
}

}  // namespace

void look_at_traps(const Settings& settings, Time since, milliseconds waited, evidence::Probe& probe) {
  const receiver::Folder folder{receiver_folder(settings)};
  auto& watch = *probe.traps;
  note_trap_sessions(receiver::sessions_since(folder.sessions(), since), probe);
  watch.waited_ms = waited.count();
  watch.unattended = unattended(settings, folder, probe.sent && probe.sent->at ? *probe.sent->at : since);
  watch.completed = traps_settled(probe, now()) || (waited >= settings.limits.trap_wait && watch.unattended.empty());
}

std::string told_unattended(const evidence::TrapWatch& watch) {
  if (watch.completed || watch.unattended.empty()) return {};
  const auto& last = watch.unattended.back();
  return "nobody received at the traps from " + rfc3339(last.from) + " to " + rfc3339(last.until) +
         ": what has not come does not count";
}

Task<void> watch_traps(const Settings& settings, Network network, Time since, milliseconds wait,
                       evidence::Probe& probe) {
  const auto begun = network.steady();
  for (;;) {
    const auto waited = std::chrono::duration_cast<milliseconds>(network.steady() - begun);
    look_at_traps(settings, since, waited, probe);
    if (probe.traps->completed || waited >= wait || co_await cancelled()) co_return;
    const auto pause = std::min(look_interval, wait - waited);
    co_await network.pause(pause);
  }
}

}  // namespace mailprobe::probe
