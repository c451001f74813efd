#include "reflector/manners.h"

#include <algorithm>
#include <tuple>

#include "auth/author.h"
#include "auth/public_suffix.h"
#include "base/safe_text.h"
#include "base/text.h"
#include "evidence/reflection.h"
#include "probe/compose.h"
#include "reflector/vouched.h"

namespace mailprobe::reflector {

namespace {

constexpr std::size_t min_id = 16, max_id = 64;  // ours has 26 characters
constexpr std::size_t max_received = 50;         // RFC 5321 §6.3 asks for 100 at least where mail is passed on
constexpr std::size_t max_listed = 100;          // addresses that are looked at; more are not even told of

using Reason = std::optional<std::pair<Refusal, std::string>>;

Reason because(Refusal refusal, std::string detail) { return std::pair(refusal, std::move(detail)); }

bool is_id(std::string_view text) {
  const auto good = [](char c) { return is_digit(c) || (c >= 'a' && c <= 'z'); };
  return text.size() >= min_id && text.size() <= max_id && std::ranges::all_of(text, good);
}

std::string quoted(std::string_view text) { return "\"" + safe_text(text, 60) + "\""; }

// auto-submitted-field = "Auto-Submitted:" [CFWS] auto-submitted [CFWS] CRLF
// auto-submitted = ( "no" / "auto-generated" / "auto-replied" / extension ) opt-parameter-list (RFC 3834 §5)
std::string auto_submitted_word(std::string_view value) {
  const auto text = auth::unfold(value);
  return to_lower(trim(std::string_view(text).substr(0, text.find_first_of(";("))));
}

/// Before all else, so that the log says of an answer that it is one.
Reason answers_something(const auth::Message& message) {
  if (message.first(evidence::answers_header) != nullptr) return because(Refusal::answer, "it is a reflector's answer");
  for (const auto* field : message.all("Auto-Submitted"))
    if (const auto said = auto_submitted_word(field->value); said != "no")
      return because(Refusal::auto_submitted, "Auto-Submitted is " + quoted(said));
  const auto* type = message.first("Content-Type");
  if (type != nullptr && istarts_with(trim(type->value), "multipart/report"))
    return because(Refusal::report, "it is a report");
  return {};
}

/// RFC 3834 §2, RFC 2919, RFC 2369 §3: no answer to a list, nor to what went to many.
Reason came_by_list(const auth::Message& message) {
  for (const auto& field : message.fields)
    if (istarts_with(field.name, "List-")) return because(Refusal::list, "it has " + safe_text(field.name, 40));
  for (const auto* field : message.all("Precedence")) {
    const auto said = to_lower(auth::unfold(field->value));
    if (said == "bulk" || said == "list" || said == "junk")
      return because(Refusal::list, "Precedence is " + quoted(said));
  }
  return {};
}

Reason asks(const auth::Message& message, std::string& id) {
  const auto ids = message.all(probe::id_header);
  if (ids.empty()) return because(Refusal::not_a_probe, "it has no " + std::string(probe::id_header));
  const auto given = auth::unfold(ids.front()->value);
  if (ids.size() > 1) return because(Refusal::bad_id, "it has several " + std::string(probe::id_header));
  if (!is_id(given)) return because(Refusal::bad_id, std::string(probe::id_header) + " is " + quoted(given));
  id = given;
  if (message.first("Auto-Submitted") == nullptr)
    return because(Refusal::not_asked, "a probe that wants an answer says Auto-Submitted: no");
  return {};
}

Reason bad_envelope(const Question& question) {
  if (question.message.all("Received").size() > max_received)
    return because(Refusal::hops, "over " + std::to_string(max_received) + " hosts have passed it on");
  if (!question.reverse_path) return because(Refusal::reverse_path, "its reverse-path is not known");
  if (question.reverse_path->empty())
    return because(Refusal::null_reverse_path, "its reverse-path is the null one");  // RFC 3834 §2
  return {};
}

Reason not_authentic(const auth::Dmarc& dmarc) {
  if (dmarc.result == auth::DmarcOutcome::pass && !dmarc.domain.empty()) return {};
  const auto why = dmarc.reason.empty() ? std::string() : ": " + safe_text(dmarc.reason, 200);
  if (!dmarc.result || dmarc.result == auth::DmarcOutcome::temperror)
    return because(Refusal::dmarc_unknown, "DMARC could not be evaluated" + why);
  return because(Refusal::dmarc, "DMARC is " + std::string(word(*dmarc.result)) + why);
}

Reason not_its_own(const Vouched& vouched) {
  if (vouched.request()) return {};
  return because(Refusal::not_covered, "DMARC passes by a signature that does not cover the whole message, its " +
                                           std::string(probe::id_header) + " and Auto-Submitted");
}

/// RFC 3834 §2: nobody reads there, or a list does.
bool is_system(const Mailbox& address) {
  const auto local = to_lower(address.local_part());
  return local == "mailer-daemon" || local == "postmaster" || local.starts_with("owner-") ||
         local.ends_with("-request") || local.ends_with("-owner") || local.ends_with("-bounces");
}

bool same(const Mailbox& a, const Mailbox& b) { return iequals(a.text(), b.text()); }

/// Gathers who is answered, and why others are not.
class Recipients {
 public:
  Recipients(Judgement& into, const House& house, std::string organisation)
      : into_(into), house_(house), organisation_(std::move(organisation)) {}

  void add(const std::string& text) {
    const auto address = Mailbox::parse(text);
    if (!address) return leave_out(text, "is no address");
    const auto is_it = [&](const Mailbox& other) { return same(*address, other); };
    if (std::ranges::any_of(into_.recipients, is_it)) return;
    if (const auto why = objection(*address); !why.empty()) return leave_out(text, why);
    if (into_.recipients.size() >= max_answers)
      return leave_out(text, "is one more than " + std::to_string(max_answers));
    into_.recipients.push_back(*address);
  }
  void leave_out(const std::string& text, std::string why) {
    into_.left_out.emplace_back(safe_text(text, 200), std::move(why));
  }

 private:
  [[nodiscard]] std::string objection(const Mailbox& address) const {
    if (auth::registrable_domain(address.domain()) != organisation_)
      return "is not in the organisational domain of From, " + organisation_;
    if (is_system(address)) return "is a system's address or a list's";
    const auto is_it = [&](const Mailbox& other) { return same(address, other); };
    if (std::ranges::any_of(house_.ours, is_it)) return "is our own";
    if (house_.suppressed(address)) return "is suppressed";
    return {};
  }

  Judgement& into_;
  const House& house_;
  std::string organisation_;
};

void choose_recipients(const Question& question, const Vouched& vouched, Recipients& chosen) {
  const auto reverse_path = Mailbox::parse(*question.reverse_path);
  if (reverse_path && !vouched.reverse_path(*reverse_path))
    chosen.leave_out(*question.reverse_path,
                     "is the reverse-path, which neither SPF nor a signed Reply-To vouches for");
  else
    chosen.add(*question.reverse_path);
  std::size_t listed = 0;
  for (const auto* field : question.message.all(probe::also_answer_header))
    for (const auto& address : auth::addresses_of(field->value)) {
      if (++listed > max_listed) return;
      if (vouched.list())
        chosen.add(address);
      else
        chosen.leave_out(address, "is listed in a field that no signature covers");
    }
}

/// Of a message whose DMARC passes.
Reason choose(const Question& question, const House& house, Judgement& into) {
  const Vouched vouched(question.message, question.dkim, question.dmarc);
  if (auto reason = not_its_own(vouched)) return reason;
  Recipients chosen(into, house, auth::registrable_domain(question.dmarc.domain));
  choose_recipients(question, vouched, chosen);
  if (!into.recipients.empty()) return {};
  const auto& [address, why] = into.left_out.front();
  return because(Refusal::nobody, address + " " + why);
}

}  // namespace

Judgement judge(const Question& question, const House& house) {
  Judgement out;
  auto reason = answers_something(question.message);
  if (!reason) reason = asks(question.message, out.probe);
  if (!reason) reason = came_by_list(question.message);
  if (!reason) reason = bad_envelope(question);
  if (!reason) reason = not_authentic(question.dmarc);
  if (!reason) reason = choose(question, house, out);
  if (reason) std::tie(out.refusal, out.detail) = *reason;
  return out;
}

}  // namespace mailprobe::reflector
