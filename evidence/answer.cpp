#include "evidence/answer.h"

#include <algorithm>
#include <array>

#include "auth/author.h"
#include "base/text.h"
#include "evidence/delivery_status.h"
#include "evidence/feedback_report.h"
#include "evidence/opt_out.h"
#include "evidence/reflection.h"

namespace mailprobe::evidence {

namespace {

std::string value_of(const auth::Message& message, std::string_view name) {
  const auto* field = message.first(name);
  return field == nullptr ? std::string{} : to_lower(auth::unfold(field->value));
}

bool has(const auth::Message& message, std::string_view name) { return message.first(name) != nullptr; }

/// RFC 3464 §2.3.3: "failed" alone is the end; "delayed" may still come to anything. Another word is no bounce.
AnswerKind kind_of(const std::vector<DeliveryStatus>& statuses) {
  const auto says = [&](std::string_view action) {
    return std::ranges::find(statuses, action, &DeliveryStatus::action) != statuses.end();
  };
  if (says("failed")) return AnswerKind::bounce;
  if (says("delayed")) return AnswerKind::delay;
  return says("delivered") || says("relayed") || says("expanded") ? AnswerKind::delivered : AnswerKind::unknown;
}

bool replies_by_itself(const auth::Message& message) {
  return value_of(message, "Auto-Submitted").starts_with("auto-replied");
}

/// What mail systems sign with, by custom and by RFC 2142 §5; the latter may also have an answer of its own.
bool from_mail_system(const auth::Message& message) {
  const auto* from = message.first("From");
  if (from == nullptr) return false;
  const auto authors = auth::addresses_of(from->value);
  return std::ranges::any_of(authors, [&](const std::string& author) {
    const auto local = std::string_view(author).substr(0, author.rfind('@'));
    return iequals(local, "mailer-daemon") || (iequals(local, "postmaster") && !replies_by_itself(message));
  });
}

/// "Warning: message 1abc delayed 24 hours" (Exim, sendmail).
bool tells_of_delay(const auth::Message& message) {
  const auto subject = value_of(message, "Subject");
  return subject.starts_with("warning:") || subject.contains("delayed") || subject.contains("delay)");
}

/// Not in the form of RFC 3464: from the mail system to it, or with the field that Exim writes.
bool is_plain_bounce(const auth::Message& message, bool null_path) {
  return has(message, "X-Failed-Recipients") || (null_path && from_mail_system(message));
}

Answer plain_bounce(const auth::Message& message) {
  Answer answer{AnswerKind::bounce, told_statuses(message)};
  if (!tells_of_delay(message)) return answer;
  answer.kind = AnswerKind::delay;
  for (auto& status : answer.statuses) status.action = "delayed";
  return answer;
}

/// RFC 3834 §5: "no" is a person's; §5.2 asks for more words than two. Older responders have fields of their own.
bool is_automatic(const auth::Message& message) {
  const auto submitted = value_of(message, "Auto-Submitted");
  if (!submitted.empty() && !submitted.starts_with("no")) return true;
  constexpr std::array<std::string_view, 3> fields{"X-Autoreply", "X-Autorespond", "X-Auto-Reply"};
  return std::ranges::any_of(fields, [&](std::string_view name) { return has(message, name); }) ||
         value_of(message, "Precedence") == "auto_reply";
}

/// Asks only that nobody answers it, as responders do that know no Auto-Submitted (RFC 3834 §3.1.8; MS-OXCMAIL): some
/// put that on what people write, too, whose wish to be left alone counts.
bool wants_no_answer(const auth::Message& message) {
  const auto precedence = value_of(message, "Precedence");
  return precedence == "bulk" || precedence == "junk" || value_of(message, "X-Auto-Response-Suppress") == "all";
}

}  // namespace

Answer read_answer(std::string_view raw, std::string_view reverse_path) {
  const auto message = auth::split_message(raw);
  if (answers_a_probe(raw)) return {AnswerKind::reflector, {}};
  if (const auto report = read_feedback_report(message))
    return {is_complaint(*report) ? AnswerKind::complaint : AnswerKind::unknown, {}};
  const bool null_path = reverse_path.empty();
  if (auto reported = reported_statuses(message, null_path || from_mail_system(message))) {
    const auto kind = kind_of(*reported);
    return {kind, std::move(*reported)};
  }
  if (is_plain_bounce(message, null_path)) return plain_bounce(message);
  if (is_automatic(message)) return {AnswerKind::vacation, {}};
  if (!null_path && asks_for_no_more(message)) return {AnswerKind::opt_out, {}};
  if (wants_no_answer(message)) return {AnswerKind::vacation, {}};
  return {null_path ? AnswerKind::unknown : AnswerKind::person, {}};
}

const DeliveryStatus* telling(const std::vector<DeliveryStatus>& statuses) {
  for (const std::string_view action : {"failed", "delayed"}) {
    const auto found = std::ranges::find(statuses, action, &DeliveryStatus::action);
    if (found != statuses.end()) return &*found;
  }
  return statuses.empty() ? nullptr : &statuses.front();
}

}  // namespace mailprobe::evidence
