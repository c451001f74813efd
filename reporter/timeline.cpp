#include "reporter/timeline.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/sort_stably.h"
#include "base/text.h"
#include "reporter/answers.h"
#include "reporter/exchanges.h"
#include "reporter/headline.h"
#include "reporter/measurements.h"
#include "reporter/phrases.h"

namespace mailprobe::reporter {

namespace {

using evidence::Attempt;
using evidence::Probe;
using Line = std::vector<Stretch>;

constexpr std::int64_t worth_saying_ms = 1000;  // a pause between two attempts
constexpr std::size_t most_answers = 3;         // that have a stretch of their own

std::string ended(const Attempt& attempt) {
  switch (attempt.outcome) {
    case Outcome::accepted: return "accepted";
    case Outcome::temporary: return "told to come back later";
    case Outcome::rejected: return "refused";
    case Outcome::not_sent: return "ended without sending";
    case Outcome::unknown: return "no answer after the message";
  }
  return {};
}

std::string tone(const Attempt& attempt) {
  switch (attempt.outcome) {
    case Outcome::accepted: return "info";
    case Outcome::temporary: return "warn";
    case Outcome::unknown: return "unsure";
    default: return "fail";
  }
}

// --- the commands of a session ---------------------------------------------------------------------------------------

/// "MAIL FROM", "RCPT TO", "EHLO", and what is no command.
std::string verb_of(std::string_view command) {
  if (command == connect_command) return "connecting, until the greeting";
  if (command == final_dot) return "final dot";
  if (command.starts_with("***")) return "AUTH goes on";
  const bool two = istarts_with(command, "MAIL FROM:") || istarts_with(command, "RCPT TO:");
  return std::string(command.substr(0, two ? command.find(':') : command.find(' ')));
}

/// RFC 5321 §4.2.1: the first digit says how it stands.
std::string tone_of_reply(const Exchange& exchange) {
  if (!exchange.answered()) return "unsure";
  const auto reply = exchange.replies.back();
  return reply.starts_with('4') ? "warn" : reply.starts_with('5') ? "fail" : "info";
}

std::string label_of(const Exchange& exchange) {
  constexpr std::size_t code_length = 3;
  const auto verb = verb_of(exchange.command);
  if (!exchange.answered()) return verb + ": no reply";
  return verb + ": " + std::string(exchange.replies.back().substr(0, code_length));
}

/// From the note of its size, where its bytes begin to go out, to the final dot.
void add_message(Line& line, const Attempt& attempt, std::int64_t begin) {
  const auto sizes = std::ranges::find_if(attempt.events, [](const Event& event) {
    return event.dir == Direction::note && event.text.starts_with("message of ");
  });
  const auto dot =
      std::find_if(sizes, attempt.events.end(), [](const Event& event) { return event.text == final_dot; });
  if (dot != attempt.events.end())
    line.push_back(
        {"the " + sizes->text, "info", begin + bounded_ms(sizes->t_ms), begin + bounded_ms(dot->t_ms), true});
}

void add_commands(Line& line, const Attempt& attempt, std::int64_t begin) {
  for (const auto& exchange : exchanges(attempt.events)) {
    if (exchange.command == final_dot) add_message(line, attempt, begin);
    if (!exchange.answered() && iequals(exchange.command, "QUIT")) continue;  // nobody waits for that
    line.push_back({label_of(exchange), tone_of_reply(exchange), begin + bounded_ms(exchange.begin_ms),
                    begin + bounded_ms(exchange.end_ms), true});
    const auto shaking = handshake_span(attempt);
    if (shaking && iequals(exchange.command, "STARTTLS"))
      line.push_back(
          {"TLS handshake", "info", begin + bounded_ms(shaking->first), begin + bounded_ms(shaking->second), true});
  }
}

// --- what the target did meanwhile -----------------------------------------------------------------------------------

void add_lookups(Line& line, const Probe& probe, std::int64_t begin) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 3> uses{
      {{"spf", "SPF"}, {"dkim", "DKIM"}, {"dmarc", "DMARC"}}};
  for (const auto& [use, name] : uses) {
    const auto is_of = [&](const evidence::DnsQuery& query) { return query.use == use; };
    const auto first = std::ranges::find_if(probe.dns, is_of);
    if (first == probe.dns.end()) continue;
    std::int64_t last = first->t_ms;
    for (const auto& query : probe.dns)
      if (is_of(query)) last = std::max(last, query.t_ms);
    const auto count = static_cast<std::size_t>(std::ranges::count_if(probe.dns, is_of));
    line.push_back({fmt::format("DNS: the target looks up {}, {}", name, count_of(count, "question")), "info",
                    begin + bounded_ms(first->t_ms), begin + bounded_ms(last)});
  }
}

// --- the mailbox and the answer --------------------------------------------------------------------------------------

bool asks(const Event& event, std::string_view command) {
  return event.dir == Direction::out && event.text.contains(command);
}

/// How long the last FETCH took, by the mailbox's own transcript (RFC 9051 §6.4.5). Its clock is its own.
std::optional<std::int64_t> fetch_ms(const evidence::MailboxWatch& watch) {
  std::optional<std::int64_t> took;
  for (std::size_t i = 0; i < watch.events.size(); ++i) {
    if (!asks(watch.events[i], "UID FETCH")) continue;
    const auto tag = watch.events[i].text.substr(0, watch.events[i].text.find(' ')) + " ";
    for (auto at = i + 1; at < watch.events.size(); ++at)
      if (watch.events[at].dir == Direction::in && watch.events[at].text.starts_with(tag)) {
        took = bounded_ms(watch.events[at].t_ms) - bounded_ms(watch.events[i].t_ms);
        break;
      }
  }
  return took;
}

void add_wait(Line& line, const Probe& probe, std::int64_t begin) {
  if (probe.mailbox) {
    const auto shown = begin + bounded_ms(probe.mailbox->delay_ms);
    line.push_back(
        {"Until it showed in " + probe.mailbox->folder, in_junk(*probe.mailbox) ? "warn" : "pass", begin, shown});
    const auto took = probe.watch ? fetch_ms(*probe.watch) : std::nullopt;
    if (took) line.push_back({"Retrieving it over IMAP", "info", shown, shown + *took});
  } else if (probe.watch && handed_over(probe) && probe.watch->waited_ms > 0) {
    line.push_back({"Watching the mailbox, in vain", "unsure", begin, begin + bounded_ms(probe.watch->waited_ms)});
  }
}

void add_answers(Line& line, const Probe& probe, Time origin, std::int64_t sent) {
  const auto stories = answer_stories(probe);
  for (std::size_t i = 0; i < std::min(stories.size(), most_answers); ++i) {
    const auto* reply = stories[i].reply;
    if (reply == nullptr) continue;
    if (reply->delay_ms && *reply->delay_ms >= 0)
      line.push_back({"Until it came back: " + stories[i].label, std::string(stories[i].tone), sent,
                      sent + bounded_ms(*reply->delay_ms)});
    const auto began = (reply->session.started - origin).count();
    if (began >= 0)
      line.push_back(
          {"Session of " + client_text(reply->session), "info", began, began + bounded_ms(reply->session.duration_ms)});
  }
}

}  // namespace

std::vector<Stretch> timeline(const Probe& probe, std::optional<Time> begun) {
  Line line;
  if (probe.attempts.empty()) return line;
  const auto first = probe.attempts.front().started;
  const auto origin = begun && *begun <= first ? *begun : first;
  const auto since = [&](Time time) { return std::max<std::int64_t>((time - origin).count(), 0); };
  if (origin < first) line.push_back({"Getting ready: DNS, policies, mailbox", "mute", 0, since(first)});
  for (const auto& attempt : probe.attempts) {
    const auto begin = since(attempt.started), before = line.empty() ? begin : line.back().end_ms;
    const bool again = &attempt != &probe.attempts.front();
    if (again && begin - before >= worth_saying_ms) line.push_back({"Waiting to try again", "mute", before, begin});
    line.push_back({"Session with " + attempt.host + ": " + ended(attempt), tone(attempt), begin,
                    begin + bounded_ms(attempt.duration_ms)});
    if (&attempt == &probe.attempts.back()) add_commands(line, attempt, begin);
  }
  const auto end = since(probe.attempts.back().started) + bounded_ms(probe.attempts.back().duration_ms);
  const auto sent = probe.sent && probe.sent->at ? since(*probe.sent->at) : end;
  const auto rest = line.size();
  add_lookups(line, probe, since(first));
  add_wait(line, probe, sent);
  add_answers(line, probe, origin, sent);
  sort_stably(std::span(line).subspan(rest), &Stretch::begin_ms);
  return line;
}

}  // namespace mailprobe::reporter
