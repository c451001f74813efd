#include "evidence/trapped.h"

#include <algorithm>
#include <array>

#include "evidence/own_refusal.h"
#include "evidence/traps.h"
#include "evidence/waited.h"

namespace mailprobe::evidence {

namespace {

/// Nothing is wrong there: any sender serves them, whichever policy it obeys, or is at least seen to shy away.
constexpr std::array sound{trap::good, trap::dane_right, trap::sts_right};

}  // namespace

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

std::optional<AtTrap> Trapped::any(bool (*like_this)(const Session& session)) const {
  const auto found = std::ranges::find_if(probe_.sessions, like_this);
  if (found == probe_.sessions.end()) return std::nullopt;
  return AtTrap{&*found, at_ + pointer("sessions", static_cast<std::size_t>(found - probe_.sessions.begin()))};
}

bool Trapped::seen(std::string_view name) const { return !sessions(name).empty() || bounce(name, Barrier::any); }

/// One control alone shows no more than that one address was answered.
bool Trapped::written_to(std::string_view name) const {
  if (seen(name)) return true;
  const auto is_asked = [&](std::string_view one) { return asked(one); };
  const auto silent = [&](std::string_view one) { return asked(one) && !seen(one); };
  return std::ranges::count_if(sound, is_asked) > 1 && std::ranges::none_of(sound, silent);
}

Judgement Trapped::not_answered() const {
  const auto silent = std::ranges::find_if(sound, [&](std::string_view one) { return asked(one) && !seen(one); });
  if (silent == sound.end())
    return {.verdict = Verdict::inconclusive,
            .summary = "Nothing came within " + waited() +
                       ", and no second host without a fault was asked for: whether others than the control were "
                       "answered is not known",
            .cause = Cause::no_control,
            .advice = "Set the trap sts-right or dane-right up: mailprobe doctor says what is missing",
            .evidence = {at()}};
  if (auto ours = limited(*silent)) return std::move(*ours);
  const auto& all = probe_.traps->asked;
  const auto answered = std::ranges::count_if(all, [&](const TrapAsked& one) { return seen(one.name); });
  return {.verdict = Verdict::inconclusive,
          .summary = "Nothing came within " + waited() + ", but nothing came to " + std::string(*silent) +
                     " either, where nothing is wrong: " + std::to_string(answered) + " of " +
                     std::to_string(all.size()) + " addresses are known to have been answered",
          .cause = Cause::no_control,
          .advice = "Have somebody answer to all addresses",
          .evidence = {at()}};
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
  if (probe_.traps->completed) return not_answered();
  return {.verdict = Verdict::inconclusive,
          .summary = "Nothing has come within " + waited() + ", which may be a delay",
          .cause = document_.run.interrupted ? Cause::interrupted : Cause::timed_out,
          .advice = "Let it wait for all of limits.trap_wait; mailprobe collect looks again",
          .evidence = {at()}};
}

}  // namespace mailprobe::evidence
