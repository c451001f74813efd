// How the target sends, for people: each answer in a few terms, results and words, for the terminal and the page alike.
// Judges nothing: that is evidence/checks_outbound and checks_answer.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "evidence/document.h"

namespace mailprobe::reporter {

/// A mechanism's result on an answer: "DKIM", "pass", "target.test (a1), ed25519-sha256".
struct AnswerResult {
  std::string method, result, detail;
};

struct AnswerStory {
  const evidence::Reply* reply = nullptr;
  std::string title;  // "A person’s answer, after 4 s"
  std::string_view tone;
  std::string label;  // of the badge: "answered", "returned"
  std::string cause;  // of a bounce or a delay, in the other side's words
  std::vector<AnswerResult> results;
};

/// What was forwarded, then every answer of the probe, the first one first, but those at traps (trap_story.h) that are
/// not as other hosts are.
std::vector<AnswerStory> answer_stories(const evidence::Probe& probe);
/// Sessions that brought no answer: they ended early. Those at traps are trap_story.h's.
std::vector<const evidence::Session*> empty_sessions(const evidence::Probe& probe);
/// Why there is none: "No answer came within 5 min."; empty where there is one, or none was asked for.
std::string silence_sentence(const evidence::Probe& probe);
/// An answer was asked for, or came all the same.
bool has_answers_section(const evidence::Probe& probe);
std::string answers_title(const evidence::Probe& probe);

/// "mx1.target.test, 192.0.2.1"
std::string client_text(const evidence::Session& session);
/// "mx1.target.test, which leads back to it", "none"
std::string ptr_text(const evidence::Session& session);
/// "TLS 1.3, TLS_AES_256_GCM_SHA384, x25519", "plain text"
std::string session_tls_text(const evidence::Session& session);

}  // namespace mailprobe::reporter
