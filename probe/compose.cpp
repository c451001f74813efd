#include "probe/compose.h"

#include <algorithm>
#include <sstream>

#include <mimetic/mimetic.h>

#include "base/safe_text.h"
#include "base/text.h"

namespace mailprobe::probe {

namespace {

std::string wish_of(const Letter& letter) {
  if (letter.also_answer.empty())
    return letter.answer_wanted ? "Please answer it, with any words:\nthe answer shows how your side sends mail.\n"
                                : "Nobody needs to read it or to answer it.\n";
  std::string text = "Please answer it, to each of these\naddresses: what arrives shows how your side sends mail.\n\n";
  for (const auto& address : letter.also_answer) text += "  " + address + "\n";
  return text;
}

std::string body_of(const Letter& letter) {
  const auto contact = letter.contact.empty() ? letter.from.text() : safe_text(letter.contact, 200);
  return "This is a test message. It was sent by mailprobe, a program that checks how\n"
         "mail reaches " +
         letter.to.domain() +
         ": over TLS, with its DKIM signatures intact,\n"
         "and judged by SPF and DMARC. " +
         wish_of(letter) +
         "\n"
         "It is run by:  " +
         contact +
         "\n"
         "To stop these messages, " +
         (letter.answers_read ? "answer with the one word stop, or " : "") +
         "write to that address.\n"
         "\n"
         "Id: " +
         letter.id + "\n";
}

bool ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

void add(mimetic::MimeEntity& entity, const std::string& name, const std::string& value) {
  mimetic::Field field;
  field.name(name);
  field.value(value);
  entity.header().push_back(field);
}

}  // namespace

std::string message_id(const Letter& letter) { return "<" + letter.id + "@" + letter.from.domain() + ">"; }

std::string compose(const Letter& letter) {
  const auto body = to_crlf(body_of(letter));
  mimetic::MimeEntity entity;
  add(entity, "Date", rfc5322(letter.date));
  add(entity, "From", letter.from.text());
  add(entity, "To", letter.to.text());
  add(entity, "Reply-To", letter.reply_to.text());
  add(entity, "Subject", "Test message of mailprobe");
  add(entity, "Message-ID", message_id(letter));
  add(entity, std::string(id_header), letter.id);
  for (const auto& address : letter.also_answer) add(entity, std::string(also_answer_header), address);
  // RFC 3834 §5: responders answer "no" alone. Where a mailbox is the witness nobody is to answer.
  add(entity, "Auto-Submitted", letter.answer_wanted || !letter.also_answer.empty() ? "no" : "auto-generated");
  add(entity, "MIME-Version", "1.0");
  add(entity, "Content-Type", ascii(body) ? "text/plain; charset=us-ascii" : "text/plain; charset=utf-8");
  add(entity, "Content-Transfer-Encoding", ascii(body) ? "7bit" : "8bit");
  entity.body().assign(body);
  std::ostringstream out;
  out << entity;
  return out.str();
}

Result<Mailbox> tagged(const Mailbox& address, const std::string& id) {
  auto local = address.local_part();
  if (local.ends_with('"'))
    local.insert(local.size() - 1, "+" + id);
  else
    local += "+" + id;
  auto mailbox = Mailbox::parse(local + "@" + address.domain());
  if (!mailbox)
    return fail(Failure::usage,
                "the address " + address.text() + " has no room for the probe's id: " + mailbox.error().message);
  return mailbox;
}

}  // namespace mailprobe::probe
