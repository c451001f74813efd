#include "reporter/timeline.h"

#include <algorithm>

#include "reporter/headline.h"
#include "reporter/measurements.h"
#include "reporter/phrases.h"

namespace mailprobe::reporter {

namespace {

using evidence::Attempt;
using evidence::Probe;

constexpr std::int64_t worth_saying_ms = 1000;  // a pause between two attempts

std::int64_t since(const Probe& probe, Time time) { return (time - probe.attempts.front().started).count(); }

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

void add_session(std::vector<Stretch>& line, const Attempt& attempt, std::int64_t begin) {
  const auto end = begin + std::max<std::int64_t>(attempt.duration_ms, 0);
  const auto shaking = handshake_span(attempt);
  if (!shaking) {
    line.push_back({"Session with " + attempt.host + ": " + ended(attempt), tone(attempt), begin, end});
    return;
  }
  line.push_back({"Connecting to " + attempt.host, "info", begin, begin + shaking->first});
  line.push_back({"TLS handshake", "info", begin + shaking->first, begin + shaking->second});
  line.push_back({"Handing over the message: " + ended(attempt), tone(attempt), begin + shaking->second, end});
}

void add_wait(std::vector<Stretch>& line, const Probe& probe, std::int64_t begin) {
  if (probe.mailbox)
    line.push_back({"Until it showed in " + probe.mailbox->folder, in_junk(*probe.mailbox) ? "warn" : "pass", begin,
                    begin + std::max<std::int64_t>(probe.mailbox->delay_ms, 0)});
  else if (probe.watch && handed_over(probe) && probe.watch->waited_ms > 0)
    line.push_back({"Watching the mailbox, in vain", "unsure", begin, begin + probe.watch->waited_ms});
}

}  // namespace

std::vector<Stretch> timeline(const Probe& probe) {
  std::vector<Stretch> line;
  if (probe.attempts.empty()) return line;
  for (const auto& attempt : probe.attempts) {
    const auto begin = std::max<std::int64_t>(since(probe, attempt.started), 0);
    if (!line.empty() && begin - line.back().end_ms >= worth_saying_ms)
      line.push_back({"Waiting to try again", "mute", line.back().end_ms, begin});
    add_session(line, attempt, begin);
  }
  const auto sent = probe.sent && probe.sent->at ? since(probe, *probe.sent->at) : 0;
  add_wait(line, probe, sent > 0 ? sent : line.back().end_ms);
  return line;
}

}  // namespace mailprobe::reporter
