#include "reporter/answers.h"
#include "reporter/escape.h"
#include "reporter/phrases.h"
#include "reporter/views.h"

namespace mailprobe::reporter {

namespace {

using evidence::Session;

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& each : words) text += (text.empty() ? "" : ", ") + each;
  return text;
}

std::string helo_text(const Session& session) {
  if (!session.helo) return "none";
  if (!session.helo_addresses) return *session.helo;
  if (session.helo_addresses->empty()) return *session.helo + ", which leads nowhere";
  return *session.helo + ", which leads to " + joined(*session.helo_addresses);
}

std::string reverse_path_text(const Session& session) {
  if (!session.mail_from) return {};
  return session.mail_from->empty() ? "<> (the null reverse-path)" : *session.mail_from;
}

View result_view(const AnswerResult& row) {
  return View()
      .set("method", row.method)
      .set("result", row.result.empty() ? "not known" : row.result)
      .set("result_tone", row.result.empty() ? "mute" : tone_of_result(row.result))
      .set("detail", row.detail);
}

View answer_view(const AnswerStory& story) {
  const auto& session = story.reply->session;
  Views rows, sessions;
  for (const auto& row : story.results) rows.push_back(result_view(row));
  sessions.push_back(received_view(session, session.tls ? "pass" : "fail", session.tls ? "over TLS" : "plain text"));
  View view;
  badge(view, story.tone, story.label)
      .set("title", story.title)
      .set("cause", shown_lines(story.cause))
      .set("terms", terms({{"From", session.address},
                           {"Its name", ptr_text(session)},
                           {"HELO", helo_text(session)},
                           {"Encryption", session_tls_text(session)},
                           {"Reverse-path", reverse_path_text(session)}}))
      .set("results", std::move(rows))
      .set("answer_sessions", std::move(sessions));
  return view;
}

}  // namespace

View received_view(const Session& session, std::string_view tone, std::string_view label) {
  View view;
  badge(view, tone, label)
      .set("title", client_text(session))
      .set("number", "")
      .set("took", duration(session.duration_ms))
      .set("terms",
           terms({{"Started", moment(session.started)},
                  {"To", joined(session.recipients)},
                  {"SNI", session.tls ? session.tls->sni.value_or("none") : ""},
                  {"Client certificate",
                   session.tls && !session.tls->certificates.empty() ? session.tls->certificates.front().subject : ""},
                  {"Ended by", session.end}}))
      .set("events", event_views(session.events));
  return view;
}

void view_answers(View& probe, const evidence::Probe& of) {
  Views answers, others;
  for (const auto& story : answer_stories(of)) answers.push_back(answer_view(story));
  for (const auto* session : empty_sessions(of)) others.push_back(received_view(*session, "unsure", "no message"));
  probe.set("has_answers", has_answers_section(of))
      .set("answers_title", answers_title(of))
      .set("answers", std::move(answers))
      .set("silence", silence_sentence(of))
      .set("has_other_sessions", !others.empty())
      .set("other_sessions", std::move(others));
}

}  // namespace mailprobe::reporter
