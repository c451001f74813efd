#include "reporter/terminal_answers.h"

#include "reporter/answers.h"
#include "reporter/phrases.h"

namespace mailprobe::reporter {

namespace {

using evidence::Session;

Ink ink_of_tone(std::string_view tone) {
  if (tone == "pass") return Ink::green;
  if (tone == "warn") return Ink::yellow;
  return tone == "fail" ? Ink::red : Ink::violet;
}

Ink ink_of_result(std::string_view result) {
  if (result == "pass") return Ink::green;
  if (result == "none" || result == "neutral" || result == "softfail" || result == "policy") return Ink::yellow;
  return result.empty() ? Ink::dim : Ink::red;
}

void show_session(TerminalPage& page, const Session& session, bool verbose) {
  page.row("From",
           {{client_text(session)},
            {" · PTR " + (session.ptr ? *session.ptr : ptr_text(session)), session.ptr ? Ink::dim : Ink::yellow}});
  page.row("Session", {{session_tls_text(session), session.tls ? Ink::plain : Ink::red},
                       {session.tls && session.tls->sni ? " · SNI " + *session.tls->sni : "", Ink::dim},
                       {" (" + duration(session.duration_ms) + ")", Ink::dim}});
  if (verbose) show_transcript(page, session.events);
}

void show_story(TerminalPage& page, const AnswerStory& story, bool verbose) {
  page.row("Answer", {{story.title, ink_of_tone(story.tone)}});
  if (!story.cause.empty()) page.row("Cause", {{story.cause, ink_of_tone(story.tone)}});
  show_session(page, story.reply->session, verbose);
  for (const auto& row : story.results)
    page.row(row.method, {{row.result.empty() ? "not known" : row.result, ink_of_result(row.result)},
                          {row.detail.empty() ? "" : "  " + row.detail, Ink::dim}});
}

}  // namespace

void show_answers(TerminalPage& page, const evidence::Probe& probe, bool verbose) {
  if (!has_answers_section(probe)) return;
  page.heading(answers_title(probe));
  if (const auto silence = silence_sentence(probe); !silence.empty()) page.line({{silence}}, 2, 2);
  for (const auto& story : answer_stories(probe)) show_story(page, story, verbose);
  for (const auto* session : empty_sessions(probe)) {
    page.row("Also", {{"a session that brought no message", Ink::violet}});
    show_session(page, *session, verbose);
  }
}

}  // namespace mailprobe::reporter
