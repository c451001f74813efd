#include "lab/answers.h"

#include <array>
#include <optional>

#include "auth/arc_seal.h"
#include "auth/author.h"
#include "auth/header_block.h"
#include "base/encoding.h"
#include "base/text.h"

namespace mailprobe::lab {

namespace {

constexpr std::string_view asked_header = "X-Mailprobe-Answer-To";
constexpr std::size_t max_asked = 32;
constexpr std::string_view gateway_note = "-- \r\nSent through the gateway of the lab, which adds this line.\r\n";

std::string value_of(const auth::Message& message, std::string_view name) {
  const auto* field = message.first(name);
  return field == nullptr ? std::string{} : auth::unfold(field->value);
}

/// RFC 3834 §2, and what RFC 5321 §4.5.5 says of bounces.
bool may_be_answered(const auth::Message& message, const Question& question, Answering how) {
  if (question.reverse_path.null()) return false;
  const auto submitted = to_lower(value_of(message, "Auto-Submitted"));
  return how == Answering::bounce || how == Answering::report || submitted.empty() || submitted == "no";
}

/// RFC 5322 §3.6.2: a person answers to Reply-To, else to From.
std::optional<Path> first_address(const auth::Message& message, std::string_view name) {
  const auto addresses = auth::addresses_of(value_of(message, name));
  const auto mailbox = addresses.empty() ? std::nullopt : std::optional(Mailbox::parse(addresses.front()));
  return mailbox && *mailbox ? std::optional(Path(**mailbox)) : std::nullopt;
}

std::optional<Path> reply_address(const auth::Message& message) {
  const auto asked = first_address(message, "Reply-To");
  return asked ? asked : first_address(message, "From");
}

/// All that the message wants answers at; the number is bounded.
std::vector<Path> asked_addresses(const auth::Message& message) {
  std::vector<Path> all;
  for (const auto& field : message.fields) {
    if (!iequals(field.name, asked_header) || all.size() == max_asked) continue;
    if (const auto mailbox = Mailbox::parse(auth::unfold(field.value))) all.emplace_back(*mailbox);
  }
  return all;
}

std::string header(const Question& question, const std::string& from, const Path& to, const std::string& subject,
                   Time time) {
  const auto original = auth::split_message(question.raw);
  auto text = "Date: " + rfc5322(time) + "\r\nFrom: " + from + "\r\nTo: " + to.text() + "\r\nSubject: " + subject +
              "\r\nMessage-ID: <" + base32(random_bytes(10)) + "@" + question.host + ">\r\n";
  if (const auto id = value_of(original, "Message-ID"); !id.empty()) text += "In-Reply-To: " + id + "\r\n";
  return text + "MIME-Version: 1.0\r\n";
}

constexpr std::string_view plain_text = "Content-Type: text/plain; charset=us-ascii\r\n\r\n";

std::string signed_by(const std::string& message, const Question& question, const auth::SigningKey& key, Time time) {
  const auto field = auth::sign(
      message, key,
      {.domain = question.recipient.domain(), .selector = std::string(answer_selector), .headers = {}, .time = time});
  return field ? *field + message : message;
}

AnswerMail persons(const Question& question, const Path& to, const auth::SigningKey& key, Time time) {
  const auto message = header(question, question.recipient.text(), to, "Re: Test message of mailprobe", time) +
                       std::string(plain_text) + "It came. Here is the answer that you asked for.\r\n";
  return {Path(question.recipient), to, signed_by(message, question, key, time)};
}

/// RFC 3834 §3.1.7, §3.3: says what it is, and goes to the reverse-path from a null one.
AnswerMail vacations(const Question& question, const auth::SigningKey& key, Time time) {
  const auto message =
      header(question, question.recipient.text(), question.reverse_path, "Away: Test message of mailprobe", time) +
      "Auto-Submitted: auto-replied\r\n" + std::string(plain_text) + "I am away until Monday.\r\n";
  return {Path(), question.reverse_path, signed_by(message, question, key, time)};
}

/// As ticket systems do.
std::optional<AnswerMail> tickets(const Question& question, const auth::SigningKey& key, Time time) {
  const auto to = first_address(auth::split_message(question.raw), "From");
  if (!to) return std::nullopt;
  const auto message = header(question, question.recipient.text(), *to, "[#1] Test message of mailprobe", time) +
                       "Auto-Submitted: auto-replied\r\n" + std::string(plain_text) + "Somebody will see to it.\r\n";
  return AnswerMail{Path(question.recipient), *to, signed_by(message, question, key, time)};
}

/// RFC 3464: what became of it, in words for people and for programs.
struct Fate {
  std::string_view subject, told, status;
};

AnswerMail reports(const Question& question, const Fate& fate, Time time) {
  const auto to = question.recipient.text();
  const std::string boundary = "=_" + base32(random_bytes(10));
  const auto part = [&](const std::string& type) { return "--" + boundary + "\r\nContent-Type: " + type + "\r\n\r\n"; };
  auto message =
      header(question, "MAILER-DAEMON@" + question.host, question.reverse_path, std::string(fate.subject), time) +
      "Auto-Submitted: auto-replied\r\nContent-Type: multipart/report; report-type=delivery-status;\r\n"
      "\tboundary=\"" +
      boundary + "\"\r\n\r\n";
  message += part("text/plain; charset=us-ascii") + "Your message to " + to + std::string(fate.told) + ".\r\n\r\n";
  message += part("message/delivery-status") + "Reporting-MTA: dns; " + question.host +
             "\r\n\r\nFinal-Recipient: rfc822; " + to + "\r\n" + std::string(fate.status) + "\r\n";
  message += part("text/rfc822-headers") + "Message-ID: " + value_of(auth::split_message(question.raw), "Message-ID") +
             "\r\n\r\n--" + boundary + "--\r\n";
  return {Path(), question.reverse_path, std::move(message)};
}

constexpr Fate bounced{"Undelivered Mail Returned to Sender", " could not be delivered",
                       "Action: failed\r\nStatus: 5.2.2\r\nRemote-MTA: dns; store.target.test\r\n"
                       "Diagnostic-Code: smtp; 552 5.2.2 The mailbox is full\r\n"};
constexpr Fate delivered{"Successful Mail Delivery Report", " was delivered", "Action: delivered\r\nStatus: 2.1.5\r\n"};

// --- forwarding -----------------------------------------------------------------------------------------------------

constexpr std::string_view list_tag = "[forwarded] ";

/// "SRS0=HASH=TT=DOMAIN=LOCAL@FORWARDER" (Shevek, The Sender Rewriting Scheme, 2004). RFC 5321 §4.5.5: <> stays.
std::optional<Path> rewritten(const Path& reverse_path, const std::string& forwarder) {
  if (reverse_path.null()) return Path();
  const auto& text = reverse_path.text();
  const auto at = text.rfind('@');
  const auto hash = base32(sha256("the lab's secret " + text)).substr(0, 4);
  auto mailbox =
      Mailbox::parse("SRS0=" + hash + "=a7=" + text.substr(at + 1) + "=" + text.substr(0, at) + "@" + forwarder);
  return mailbox ? std::optional(Path(*mailbox)) : std::nullopt;
}

/// RFC 8617 §5.1: the first set, with what the forwarder itself found.
std::string sealed(const std::string& message, const Question& question, const auth::SigningKey& key, Time time) {
  const auto set = auth::seal_arc(
      message, {}, key,
      {.domain = question.recipient.domain(), .selector = std::string(answer_selector), .headers = {}, .time = time},
      question.host);
  return set ? *set + message : message;
}

/// A tag in the subject and a footer, as list servers add them.
std::string spoiled(std::string message) {
  const std::string_view subject = "\r\nSubject: ";
  if (const auto at = message.find(subject); at != std::string::npos) message.insert(at + subject.size(), list_tag);
  return message.append(gateway_note);
}

/// To whom it says it is from, who has set that up.
std::optional<AnswerMail> forwarded(const Question& question, bool well, const auth::SigningKey& key, Time time) {
  const auto to = first_address(auth::split_message(question.raw), "From");
  if (!to) return std::nullopt;
  const auto message = question.trace + question.raw;
  if (!well) return AnswerMail{question.reverse_path, *to, spoiled(message)};
  const auto sender = rewritten(question.reverse_path, question.recipient.domain());
  if (!sender) return std::nullopt;
  return AnswerMail{*sender, *to, sealed(message, question, key, time)};
}

}  // namespace

Answering answering_of(std::string_view local_part, std::string_view domain) {
  static constexpr std::array<std::pair<std::string_view, Answering>, 10> table{{
      {"responder", Answering::person},
      {"careless", Answering::careless},
      {"vacation", Answering::vacation},
      {"bouncer", Answering::bounce},
      {"late", Answering::late},
      {"obedient", Answering::obedient},
      {"opportunistic", Answering::opportunistic},
      {"forwarder", Answering::forward},
      {"bad-forwarder", Answering::forward_badly},
      {"tickets", Answering::ticket},
  }};
  for (const auto& [name, how] : table)
    if (iequals(name, local_part)) return how;
  if (iequals(local_part, "reflector") && iequals(domain, "target.test")) return Answering::obedient;
  return Answering::none;
}

std::vector<AnswerMail> answers_to(const Question& question, Answering how, const auth::SigningKey& key, Time time) {
  std::vector<AnswerMail> mails;
  if (how == Answering::forward || how == Answering::forward_badly) {
    if (auto mail = forwarded(question, how == Answering::forward, key, time)) mails.push_back(std::move(*mail));
    return mails;
  }
  const auto original = auth::split_message(question.raw);
  if (how == Answering::none || !may_be_answered(original, question, how)) return mails;
  if (how == Answering::bounce) return {reports(question, bounced, time)};
  if (how == Answering::report) return {reports(question, delivered, time)};
  if (how == Answering::ticket) {
    if (auto mail = tickets(question, key, time)) mails.push_back(std::move(*mail));
    return mails;
  }
  if (how == Answering::vacation) return {vacations(question, key, time)};
  if (const auto to = reply_address(original)) mails.push_back(persons(question, *to, key, time));
  if (how == Answering::obedient || how == Answering::opportunistic)
    for (const auto& to : asked_addresses(original)) mails.push_back(persons(question, to, key, time));
  if (how == Answering::careless)
    for (auto& mail : mails) mail.message += gateway_note;
  return mails;
}

}  // namespace mailprobe::lab
