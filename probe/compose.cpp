#include "probe/compose.h"

#include <algorithm>
#include <sstream>

#include <mimetic/mimetic.h>

#include "base/safe_text.h"
#include "base/text.h"

namespace mailprobe::probe {

namespace {

std::string body_of(const Letter& letter) {
  const std::string wish = letter.answer_wanted
                               ? "Please answer it, with any words:\nthe answer shows how your side sends mail."
                               : "Nobody needs to read it or to answer it.";
  const auto contact = letter.contact.empty() ? letter.from.text() : safe_text(letter.contact, 200);
  return "This is a test message. It was sent by mailprobe, a program that checks how\n"
         "mail reaches " +
         letter.to.domain() +
         ": over TLS, with its DKIM signatures intact,\n"
         "and judged by SPF and DMARC. " +
         wish +
         "\n"
         "\n"
         "It is run by:  " +
         contact +
         "\n"
         "To stop these messages, write to that address.\n"
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
  // RFC 3834 §5: responders answer "no" alone. Where a mailbox is the witness nobody is to answer.
  add(entity, "Auto-Submitted", letter.answer_wanted ? "no" : "auto-generated");
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
