#include "probe/objections.h"

#include <algorithm>

#include "auth/author.h"
#include "auth/header_block.h"
#include "auth/public_suffix.h"
#include "base/safe_text.h"
#include "base/text.h"
#include "evidence/answer.h"
#include "evidence/answered_ids.h"
#include "evidence/feedback_report.h"

namespace mailprobe::probe {

/// Who objects to what.
struct Objections::Tie {
  std::string recipient;
  std::string how;  // "about probe ID"
};

namespace {

/// Nobody can guess one: who names it has had the message.
std::vector<std::string> ids_of(const Objector& objector, const auth::Message& message,
                                const std::optional<evidence::FeedbackReport>& report) {
  auto ids = report ? evidence::returned_ids(report->returned_header)
                    : evidence::answered_ids(message, objector.session.mail_from.value_or(""));
  if (objector.session.probe) ids.insert(ids.begin(), *objector.session.probe);
  return ids;
}

std::vector<std::string> addresses_of(const auth::Message& message,
                                      const std::optional<evidence::FeedbackReport>& report) {
  if (report) return report->recipients;
  const auto* from = message.first("From");
  auto authors = from == nullptr ? std::vector<std::string>{} : auth::addresses_of(from->value);
  if (authors.size() > 1) authors.clear();  // one of them speaks for all?
  return authors;
}

std::string what_came(const std::optional<evidence::FeedbackReport>& report) {
  return report ? "a complaint (" + safe_text(report->type, 40) + ")" : "an opt-out";
}

}  // namespace

Result<std::optional<Objections::Tie>> Objections::by_id(const std::vector<std::string>& ids) const {
  if (ids.empty()) return std::nullopt;
  auto sent = sent_.find(ids);
  if (!sent) return std::unexpected(sent.error());
  if (!*sent) return std::nullopt;
  return Tie{(*sent)->recipient, "about message " + (*sent)->id};
}

/// Only of its own organisation can a sender that DMARC vouches for say so.
Result<std::optional<Objections::Tie>> Objections::by_address(const std::vector<std::string>& addresses,
                                                              const auth::Dmarc& dmarc) const {
  if (dmarc.result != auth::DmarcOutcome::pass) return std::nullopt;
  for (const auto& text : addresses) {
    const auto address = Mailbox::parse(text);
    if (!address || auth::registrable_domain(address->domain()) != auth::registrable_domain(dmarc.domain)) continue;
    const auto known = sent_.knows(*address);
    if (!known) return std::unexpected(known.error());
    if (*known) return Tie{to_lower(address->text()), "from " + safe_text(dmarc.domain, 260) + ", by DMARC"};
  }
  return std::nullopt;
}

Result<std::optional<std::string>> Objections::heed(const Objector& objector, Time now) const {
  const auto kind = evidence::read_answer(objector.raw, objector.session.mail_from.value_or("")).kind;
  if (kind != evidence::AnswerKind::complaint && kind != evidence::AnswerKind::opt_out) return std::nullopt;
  const auto message = auth::split_message(objector.raw);
  const auto report = evidence::read_feedback_report(message);
  auto tie = by_id(ids_of(objector, message, report));
  if (tie && !*tie) tie = by_address(addresses_of(message, report), objector.dmarc);
  if (!tie) return std::unexpected(tie.error());
  const auto what = what_came(report);
  if (!*tie) return what + " came that is tied to no message of ours: nobody is suppressed by it";
  const auto& [recipient, how] = **tie;
  const auto added = suppression_.add({recipient}, now, what + " " + how);
  if (!added) return std::unexpected(added.error());
  return safe_text(recipient, 320) + (added->empty() ? " is suppressed already: " : " is suppressed from now on: ") +
         what + " " + how;
}

std::string Objections::heed(const receiver::Letter& letter) const {
  const Objector objector{.raw = letter.raw, .session = letter.session, .dmarc = letter.evaluation.dmarc};
  const auto done = heed(objector, now());
  if (!done) return "who objects in message " + letter.name + " could not be suppressed: " + done.error().message;
  return done->value_or("");
}

std::string Objections::heed_of_mailbox(const Objector& objector) const {
  const auto done = heed(objector, now());
  if (!done) return "who objects in a message of the mailbox could not be suppressed: " + done.error().message;
  return done->value_or("");
}

}  // namespace mailprobe::probe
