#include <fmt/format.h>

#include "reporter/phrases.h"
#include "reporter/views.h"

namespace mailprobe::reporter {

namespace {

using evidence::Attempt;
using evidence::MailboxWatch;

std::string outcome_label(Outcome outcome) {
  switch (outcome) {
    case Outcome::accepted: return "accepted";
    case Outcome::temporary: return "not now";
    case Outcome::rejected: return "refused";
    case Outcome::not_sent: return "not sent";
    case Outcome::unknown: return "unknown";
  }
  return {};
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& item : words) text += (text.empty() ? "" : " · ") + item;
  return text;
}

std::string reply_line(const Attempt& attempt) {
  if (!attempt.reply) return {};
  return fmt::format("{} {}{}", attempt.reply->code, attempt.reply->enhanced ? *attempt.reply->enhanced + " " : "",
                     attempt.reply->text);
}

View attempt_view(const Attempt& attempt, std::size_t index) {
  View view;
  badge(view, tone_of(attempt.outcome), outcome_label(attempt.outcome))
      .set("title", fmt::format("{}, {} port {}", attempt.host, attempt.address, attempt.port))
      .set("number", std::to_string(index + 1))
      .set("took", duration(attempt.duration_ms))
      .set("terms", terms({{"Started", moment(attempt.started)},
                           {"We said HELO as", attempt.helo},
                           {"Last phase", attempt.phase},
                           {"Reply", reply_line(attempt)},
                           {"Cause", attempt.cause ? std::string(cause_phrase(*attempt.cause)) : ""},
                           {"What we note", attempt.error.value_or("")},
                           {"TLS", attempt.tls ? tls_name(attempt.tls->version) + ", " + attempt.tls->cipher : "none"},
                           {"Announced", joined(attempt.capabilities)}}))
      .set("events", event_views(attempt.events));
  return view;
}

View watch_view(const MailboxWatch& watch, bool found) {
  View view;
  badge(view,
        found             ? "pass"
        : watch.completed ? "fail"
                          : "unsure",
        found             ? "found"
        : watch.completed ? "not found"
                          : "unfinished")
      .set("title", "Mailbox " + watch.name + ", " + watch.url)
      .set("number", "")
      .set("took", duration(watch.waited_ms))
      .set("terms", terms({{"Folders", joined(watch.folders)},
                           {"Cause", watch.cause ? std::string(cause_phrase(*watch.cause)) : ""},
                           {"What we note", watch.error.value_or("")},
                           {"TLS", watch.tls ? tls_name(watch.tls->version) + ", " + watch.tls->cipher : "none"},
                           {"Copy", watch.deleted ? "deleted after it was stored" : ""}}))
      .set("events", event_views(watch.events));
  return view;
}

}  // namespace

Views event_views(const std::vector<Event>& events) {
  Views views;
  for (const auto& event : events) {
    const bool out = event.dir == Direction::out, in = event.dir == Direction::in;
    views.push_back(View()
                        .set("t", std::to_string(event.t_ms))
                        .set("dir", out  ? "out"
                                    : in ? "in"
                                         : "note")
                        .set("who", out  ? "we"
                                    : in ? "they"
                                         : "note")
                        .set("text", event.text));
  }
  return views;
}

void view_sessions(View& probe, const Page&, const evidence::Probe& of) {
  Views sessions;
  for (std::size_t i = 0; i < of.attempts.size(); ++i) sessions.push_back(attempt_view(of.attempts[i], i));
  if (of.watch) sessions.push_back(watch_view(*of.watch, of.mailbox.has_value()));
  probe.set("has_sessions", !sessions.empty()).set("sessions", std::move(sessions));
}

}  // namespace mailprobe::reporter
