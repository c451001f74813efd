#include "reporter/answers.h"

#include <algorithm>

#include "evidence/answer.h"
#include "evidence/answered.h"
#include "reporter/phrases.h"

namespace mailprobe::reporter {

namespace {

using evidence::AnswerKind;
using evidence::Probe;
using evidence::Reply;
using evidence::Session;

struct KindWords {
  std::string_view title, tone, label;
};

KindWords words_of(AnswerKind kind) {
  switch (kind) {
    case AnswerKind::person: return {"An answer", "pass", "answered"};
    case AnswerKind::vacation: return {"An automatic answer", "pass", "answered"};
    case AnswerKind::reflector: return {"A reflector’s answer", "pass", "answered"};
    case AnswerKind::opt_out: return {"An answer that asks for no more mail", "warn", "opted out"};
    case AnswerKind::complaint: return {"A complaint about the probe", "warn", "complained"};
    case AnswerKind::bounce: return {"A bounce", "fail", "returned"};
    case AnswerKind::delay: return {"A notice of delay", "warn", "delayed"};
    case AnswerKind::forward: return {"What was forwarded", "pass", "forwarded"};
    case AnswerKind::delivered: return {"A report of the delivery", "pass", "reported"};
    case AnswerKind::unknown: break;
  }
  return {"A message that does not say what it is", "unsure", "something"};
}

std::string cause_of(const Reply& reply) {
  const auto* status = evidence::telling(reply.statuses);
  if (status == nullptr) return reply.kind == AnswerKind::bounce ? "It gives no cause." : "";
  auto text = status->diagnostic.value_or(status->status);
  if (status->remote_mta)
    text += " (" + *status->remote_mta + ")";
  else if (status->reporting_mta)
    text += " (" + *status->reporting_mta + ")";
  return text;
}

std::string text_of(std::string_view word) { return std::string(word); }

void add_spf(const Reply& reply, std::vector<AnswerResult>& rows) {
  const auto& spf = reply.spf ? reply.spf : reply.session.spf;
  if (!spf) return rows.push_back({"SPF", "", "not evaluated"});
  auto detail = spf->domain + (spf->identity == "helo" ? ", the name in HELO" : "");
  if (spf->mechanism) detail += ": " + *spf->mechanism;
  if (!spf->reason.empty()) detail += "; " + spf->reason;
  rows.push_back({"SPF", text_of(word(spf->result)), std::move(detail)});
}

void add_dkim(const Reply& reply, std::vector<AnswerResult>& rows) {
  if (reply.dkim.empty()) rows.push_back({"DKIM", "none", "not signed"});
  for (const auto& dkim : reply.dkim) {
    auto detail = dkim.domain + " (" + dkim.selector + "), " + dkim.algorithm;
    if (!dkim.reason.empty()) detail += ": " + dkim.reason;
    rows.push_back({"DKIM", text_of(word(dkim.result)), std::move(detail)});
  }
}

void add_dmarc(const Reply& reply, std::vector<AnswerResult>& rows) {
  const auto& dmarc = reply.dmarc;
  auto detail = dmarc.domain;
  if (dmarc.policy) detail += ", p=" + text_of(word(*dmarc.policy));
  if (!dmarc.reason.empty()) detail += (detail.empty() ? "" : ": ") + dmarc.reason;
  rows.push_back({"DMARC", dmarc.result ? text_of(word(*dmarc.result)) : "", std::move(detail)});
}

void add_arc(const Reply& reply, std::vector<AnswerResult>& rows) {
  if (reply.arc && reply.arc->result != auth::ArcOutcome::none)
    rows.push_back({"ARC", text_of(word(reply.arc->result)), reply.arc->reason});
}

AnswerStory story_of(const Reply& reply) {
  const auto words = words_of(reply.kind);
  AnswerStory story;
  story.reply = &reply;
  story.title = text_of(words.title);
  if (reply.delay_ms) story.title += ", after " + duration(std::max<std::int64_t>(0, *reply.delay_ms));
  if (reply.late) story.title += ", found by a later look";
  if (reply.session.trap) story.title += ", to the trap " + *reply.session.trap;  // "good", as any other host
  story.tone = words.tone;
  story.label = text_of(words.label);
  story.cause = cause_of(reply);
  add_spf(reply, story.results);
  add_dkim(reply, story.results);
  add_dmarc(reply, story.results);
  add_arc(reply, story.results);
  return story;
}

bool same(const Session& a, const Session& b) { return a.started == b.started && a.address == b.address; }

}  // namespace

std::vector<AnswerStory> answer_stories(const Probe& probe) {
  std::vector<AnswerStory> all;
  if (probe.forward) all.push_back(story_of(*probe.forward));
  for (const auto& answered : evidence::answers_of(probe, {})) all.push_back(story_of(answered.reply));
  return all;
}

std::vector<const Session*> empty_sessions(const Probe& probe) {
  std::vector<const Session*> all;
  const auto stories = answer_stories(probe);
  for (const auto& session : probe.sessions) {
    if (session.trap) continue;
    const auto brought = [&](const AnswerStory& story) { return same(story.reply->session, session); };
    if (std::ranges::none_of(stories, brought)) all.push_back(&session);
  }
  return all;
}

std::string silence_sentence(const Probe& probe) {
  if (!probe.reply_watch || probe.forward || !evidence::answers_of(probe, {}).empty()) return {};
  const auto& watch = *probe.reply_watch;
  if (watch.forward && watch.completed) return "Nothing was forwarded to us within " + duration(watch.waited_ms) + ".";
  if (watch.error) return "No answer could be received: " + *watch.error + ".";
  if (watch.cause == Cause::interrupted) return "The wait for an answer was cut short.";
  if (!watch.completed) return "No answer was waited for; “mailprobe collect” looks for one.";
  const auto* shy = evidence::shied_from_us(probe);
  return "No answer came within " + duration(watch.waited_ms) +
         (shy == nullptr ? "." : ": " + evidence::told_shy(*shy) + ".");
}

bool has_answers_section(const Probe& probe) {
  return probe.forward || !evidence::answers_of(probe, {}).empty() || !empty_sessions(probe).empty() ||
         (probe.reply_watch && (probe.reply_watch->wanted || probe.reply_watch->forward));
}

std::string answers_title(const Probe& probe) {
  const bool forward = probe.forward || (probe.reply_watch && probe.reply_watch->forward);
  return forward ? "How the target forwards" : "How the target sends: its answer";
}

std::string client_text(const Session& session) {
  const auto name = session.helo.value_or("");
  return name.empty() ? session.address : name + ", " + session.address;
}

std::string ptr_text(const Session& session) {
  if (session.ptr) return *session.ptr + ", which leads back to it";
  const bool known = session.ptr_confirmed.has_value();
  if (session.ptr_claimed)
    return *session.ptr_claimed + (known ? ", which does not lead back to it" : "; whether it leads back is not known");
  return known ? "none" : "not known";
}

std::string session_tls_text(const Session& session) {
  if (!session.tls) return "plain text";
  const auto& tls = *session.tls;
  return tls_name(tls.version) + ", " + tls.cipher + (tls.group ? ", " + *tls.group : "");
}

}  // namespace mailprobe::reporter
