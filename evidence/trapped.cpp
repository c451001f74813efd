#include "evidence/trapped.h"

#include <algorithm>

#include "evidence/own_refusal.h"
#include "evidence/waited.h"

namespace mailprobe::evidence {

std::string from(const Session& session) {
  return session.address + (session.helo ? " (" + plain(*session.helo, 260) + ")" : "");
}

std::string over(const Session& session) {
  return session.tls ? "over " + plain(session.tls->version) : "in plain text";
}

const std::string* Trapped::address_of(std::string_view name) const {
  const auto& all = probe_.traps->asked;
  const auto found = std::ranges::find(all, name, &TrapAsked::name);
  return found == all.end() ? nullptr : &found->address;
}

std::string Trapped::domain(std::string_view name) const {
  const auto* address = address_of(name);
  return address == nullptr ? std::string{} : address->substr(address->rfind('@') + 1);
}

std::string Trapped::waited() const { return waited_text(probe_.traps->waited_ms); }

std::vector<AtTrap> Trapped::sessions(std::string_view name) const {
  std::vector<AtTrap> all;
  for (std::size_t i = 0; i < probe_.sessions.size(); ++i)
    if (probe_.sessions[i].trap == name && !evidence::turned_away(probe_.sessions[i]))
      all.push_back({&probe_.sessions[i], at_ + pointer("sessions", i)});
  std::ranges::sort(all, {}, [](const AtTrap& one) { return one.session->started; });
  return all;
}

std::optional<AtTrap> Trapped::arrival(std::string_view name) const {
  for (auto& one : sessions(name))
    if (!one.session->recipients.empty()) return one;
  return std::nullopt;
}

std::optional<AtTrap> Trapped::refusal(std::string_view name) const {
  for (auto& one : sessions(name))
    if (barred_by(probe_, *one.session)) return one;
  return std::nullopt;
}

namespace {

using Telling = bool (*)(const DeliveryStatus& status, Barrier barrier);

bool has(const std::vector<DeliveryStatus>& statuses, std::string_view recipient, Barrier barrier, Telling tells) {
  return std::ranges::any_of(statuses, [&](const DeliveryStatus& status) {
    return same_recipient(status.recipient, recipient) && tells(status, barrier);
  });
}

}  // namespace

std::optional<std::string> Trapped::bounce(std::string_view name, Barrier barrier) const {
  const auto* address = address_of(name);
  if (address == nullptr) return std::nullopt;
  const Telling tells = turned_away(name) ? names_it : tells_of;
  for (std::size_t i = 0; i < probe_.replies.size(); ++i)
    if (has(probe_.replies[i].statuses, *address, barrier, tells)) return at_ + pointer("replies", i, "statuses");
  if (!probe_.watch) return std::nullopt;
  for (std::size_t i = 0; i < probe_.watch->answers.size(); ++i)
    if (has(probe_.watch->answers[i].statuses, *address, barrier, tells))
      return at_ + pointer("watch", "answers", i, "statuses");
  return std::nullopt;
}

std::optional<std::string> Trapped::report(std::string_view name, Refusing by) const {
  const auto* address = address_of(name);
  if (address == nullptr) return std::nullopt;
  const auto host = address->substr(address->rfind('@') + 1);  // the domain is its own MX host
  const auto failures = reported_failures(probe_, at_, by, host, host);
  return failures.empty() ? std::nullopt : std::optional(failures.front().at);
}

std::optional<AtTrap> Trapped::turned_away(std::string_view name) const {
  for (std::size_t i = 0; i < probe_.sessions.size(); ++i)
    if (probe_.sessions[i].trap == name && evidence::turned_away(probe_.sessions[i]))
      return AtTrap{&probe_.sessions[i], at_ + pointer("sessions", i)};
  return std::nullopt;
}

std::optional<Judgement> Trapped::limited(std::string_view name) const {
  const auto away = turned_away(name);
  if (!away) return std::nullopt;
  return Judgement{
      .verdict = Verdict::inconclusive,
      .summary = "Nothing has come, but our receiver turned a call from " + from(*away->session) + " at its trap " +
                 std::string(name) + " away (" + plain(own_refusal(*away->session).value_or(""), 100) +
                 "): it may have been the mail",
      .cause = Cause::own_limit,
      .advice =
          "Raise receiver.connections_per_client or receiver.connections, let mailprobe reflect run throughout, and "
          "send again",
      .evidence = {away->at}};
}

Judgement Trapped::open(std::string_view trap, std::string_view control) const {
  const std::string name(control);
  if (!asked(control))
    return {.verdict = Verdict::inconclusive,
            .summary = "Its control " + name + " was not asked for, so nothing follows",
            .cause = Cause::no_control,
            .advice = "Set the trap " + name + " up: mailprobe doctor says what is missing",
            .evidence = {at()}};
  if (!arrival(control)) {
    if (auto ours = limited(control)) return std::move(*ours);
    return {.verdict = Verdict::inconclusive,
            .summary = "Nothing came to the control " + name + " either, so nothing follows",
            .cause = Cause::no_control,
            .advice = "Have somebody answer to all addresses, or wait longer",
            .evidence = {at()}};
  }
  if (auto ours = limited(trap)) return std::move(*ours);
  if (!probe_.traps->unattended.empty()) {
    const auto& first = probe_.traps->unattended.front();
    return {.verdict = Verdict::inconclusive,
            .summary = "Nothing has come, but nobody received at our traps from " + rfc3339(first.from) + " to " +
                       rfc3339(first.until) + ": it may have been tried then",
            .cause = Cause::own_limit,
            .advice = "Let mailprobe reflect run for all of limits.trap_wait, and send again",
            .evidence = {at()}};
  }
  return {.verdict = Verdict::inconclusive,
          .summary = "Nothing has come within " + waited() + ", which may be a delay",
          .cause = document_.run.interrupted ? Cause::interrupted : Cause::timed_out,
          .advice = "Let it wait for all of limits.trap_wait; mailprobe collect looks again",
          .evidence = {at()}};
}

}  // namespace mailprobe::evidence
