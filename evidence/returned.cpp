#include "evidence/returned.h"

#include <algorithm>
#include <string_view>

#include "base/text.h"
#include "evidence/answered.h"
#include "evidence/trap_signs.h"

namespace mailprobe::evidence {

namespace {

/// "mx.example.net" of "mx.example.net. (192.0.2.1, the server for the domain)" and of "mx.example.net[192.0.2.1]".
std::string_view host_in(std::string_view text) {
  text = trim(text);
  if (text.starts_with('[')) text.remove_prefix(1);
  text = text.substr(0, text.find_first_of(" \t([]"));
  if (text.ends_with('.')) text.remove_suffix(1);
  return text;
}

/// RFC 5321 §4.3.1: our name is the first word of our greeting. Where the dialogue was not kept nobody knows it.
bool greeted_by(const Session& session, std::string_view host) {
  if (session.events.empty() || session.events.front().dir != Direction::out) return false;
  constexpr std::string_view greeting = "220 ";
  const std::string_view line = session.events.front().text;
  return line.starts_with(greeting) && iequals(host_in(line.substr(greeting.size())), host);
}

bool is_our_host(const Probe& probe, std::string_view host) {
  const auto greets = [&](const Session& session) { return greeted_by(session, host); };
  const auto came = [&](const Reply& reply) { return greets(reply.session); };
  const auto at = [&](const std::string& place) { return iequals(host_in(place), host); };  // "192.0.2.10 port 25"
  return std::ranges::any_of(probe.sessions, greets) || std::ranges::any_of(probe.replies, came) ||
         (probe.reply && came(*probe.reply)) ||
         (probe.reply_watch && std::ranges::any_of(probe.reply_watch->places, at));
}

bool is_our_address(const Probe& probe, std::string_view address) {
  if (address.empty() || same_recipient(address, probe.to)) return false;
  return same_recipient(address, probe.from) || same_recipient(address, probe.reverse_path) ||
         (probe.reply_watch && same_recipient(address, probe.reply_watch->address));
}

bool was_for_us(const Probe& probe, const DeliveryStatus& status) {
  const auto host = status.remote_mta ? host_in(*status.remote_mta) : std::string_view();
  const auto of_target = [&](const Attempt& attempt) { return iequals(host_in(attempt.host), host); };
  if (!host.empty() && std::ranges::any_of(probe.attempts, of_target)) return false;
  return (!host.empty() && is_our_host(probe, host)) || is_our_address(probe, status.recipient);
}

/// Of what all else is delivered to, or still on its way, nothing is said.
bool failed(const DeliveryStatus& status) { return iequals(status.action, "failed"); }

template <class Each>
const Each* first_bounce(const Probe& probe, const std::vector<const Each*>& bounces) {
  const auto of_target = [&](const Each* each) { return !not_taken_by_us(probe, each->statuses); };
  const auto found = std::ranges::find_if(bounces, of_target);
  if (found != bounces.end()) return *found;
  return bounces.empty() ? nullptr : bounces.front();
}

}  // namespace

bool not_taken_by_us(const Probe& probe, const std::vector<DeliveryStatus>& statuses) {
  const auto on_its_way = [&](const DeliveryStatus& status) { return !failed(status) || was_for_us(probe, status); };
  return std::ranges::any_of(statuses, failed) && std::ranges::all_of(statuses, on_its_way);
}

const Reply* bounce_of(const Probe& probe) {
  std::vector<const Reply*> bounces;
  for (const auto& [reply, at] : answers_of(probe, {}))
    if (reply.kind == AnswerKind::bounce) bounces.push_back(&reply);
  return first_bounce(probe, bounces);
}

const MailboxAnswer* mailbox_bounce_of(const Probe& probe) {
  if (!probe.watch) return nullptr;
  std::vector<const MailboxAnswer*> bounces;
  for (const auto& answer : probe.watch->answers)
    if (answer.kind == word(AnswerKind::bounce) && !is_of_traps(probe, answer.statuses)) bounces.push_back(&answer);
  return first_bounce(probe, bounces);
}

std::string not_taken_told(const std::vector<DeliveryStatus>& statuses) {
  return "our receiver did not take it: " + cause_told(statuses);
}

}  // namespace mailprobe::evidence
