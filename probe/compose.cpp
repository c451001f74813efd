#include "probe/compose.h"

#include <algorithm>
#include <memory>
#include <sstream>

#include <fmt/format.h>
#include <mimetic/mimetic.h>

#include "base/safe_text.h"
#include "base/text.h"
#include "probe/mime_body.h"

namespace mailprobe::probe {

namespace {

using scenarios::Multipart;
using scenarios::Part;

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

void add(mimetic::MimeEntity& entity, const std::string& name, const std::string& value) {
  mimetic::Field field;
  field.name(name);
  field.value(value);
  entity.header().push_back(field);
}

/// What every message says; for those whose body is the scenario's.
std::string comment_of(const Letter& letter) {
  const auto contact = letter.contact.empty() ? letter.from.text() : safe_text(letter.contact, 200);
  return "A test message of mailprobe, which checks how mail reaches " + letter.to.domain() + ".\r\n It is run by " +
         header_text(contact) + ": to stop these messages, write there.";
}

bool has(const scenarios::Send& send, scenarios::Extension wanted) {
  return std::ranges::find(send.extensions, wanted) != send.extensions.end();
}

/// RFC 6532 §3.2: as it is, where the message goes by SMTPUTF8; else in encoded words.
std::string written(std::string_view text, bool utf8) { return utf8 ? valid_utf8(text) : header_text(text); }

/// Each line of a value that has several is folded, and begins with white space (RFC 5322 §2.2.3). None is of white
/// space alone (§3.2.2), which some take for the end of the header.
std::string folded(std::string_view value, bool utf8) {
  std::string out;
  for (const auto line : split(value, '\n')) {
    if (trim(line).empty()) continue;
    if (!out.empty()) out += line.starts_with(' ') || line.starts_with('\t') ? "\r\n" : "\r\n ";
    out += written(line, utf8);
  }
  return out;
}

// --- parts ----------------------------------------------------------------------------------------------------------

/// RFC 2183 §2.3, RFC 2231 §4.
std::string disposition_of(const std::string& filename) {
  std::string quoted, encoded;
  bool plain = true;
  for (const char c : filename) {
    const auto u = static_cast<unsigned char>(c);
    plain = plain && u < 0x80;
    quoted += c == '"' || c == '\\' ? std::string{'\\', c} : std::string(1, c);
    encoded += is_alpha(c) || is_digit(c) || c == '.' || c == '-' ? std::string(1, c) : fmt::format("%{:02X}", u);
  }
  return plain ? "attachment; filename=\"" + quoted + "\"" : "attachment; filename*=utf-8''" + encoded;
}

class Parts {
 public:
  Parts(const std::string& id, std::string text) : id_(id), text_(std::move(text)) {}

  void fill(mimetic::MimeEntity& entity, const Part& part) {
    if (!part.parts.empty()) return fill_multipart(entity, part.multipart.value_or(Multipart::mixed), part.parts);
    const auto body = mime_body(part, text_);
    auto type = part.type.value_or("text/plain");
    if (!body.charset.empty()) type += "; charset=" + body.charset;
    add(entity, "Content-Type", type);
    add(entity, "Content-Transfer-Encoding", std::string(word(body.encoding)));
    if (part.filename) add(entity, "Content-Disposition", disposition_of(*part.filename));
    entity.body().assign(body.bytes);
  }

  void fill_multipart(mimetic::MimeEntity& entity, Multipart kind, const std::vector<Part>& parts) {
    // The id is in no body of ours at the beginning of a line after "--".
    add(entity, "Content-Type",
        "multipart/" + std::string(word(kind)) + "; boundary=\"=_" + std::to_string(++boundaries_) + "_" + id_ + "\"");
    for (const auto& part : parts) {
      auto below = std::make_unique<mimetic::MimeEntity>();
      fill(*below, part);
      entity.body().parts().push_back(below.release());  // the entity's from here on
    }
  }

 private:
  const std::string& id_;
  std::string text_;
  int boundaries_ = 0;
};

void add_content(mimetic::MimeEntity& entity, const Letter& letter, const scenarios::Send& send) {
  Parts parts(letter.id, body_of(letter));
  if (send.attachments.empty()) return parts.fill(entity, send.content);
  std::vector<Part> all{send.content};
  all.insert(all.end(), send.attachments.begin(), send.attachments.end());
  parts.fill_multipart(entity, Multipart::mixed, all);
}

/// All but the fields of MIME's: line by line as they are given, which mimetic would fold anew.
std::string header_of(const Letter& letter, const scenarios::Send& send) {
  std::string header;
  const auto line = [&](std::string_view name, const std::string& value) {
    header += std::string(name) + ": " + value + "\r\n";
  };
  line("Date", rfc5322(letter.date));
  // RFC 5322 §3.6: exactly one; a scenario may ask for none, or two.
  for (int i = send.from == scenarios::From::missing ? 1 : 0; i < (send.from == scenarios::From::twice ? 2 : 1); ++i)
    line("From", letter.from.text());
  line("To", letter.to.text());
  line("Reply-To", letter.reply_to.text());
  const bool utf8 = has(send, scenarios::Extension::smtputf8);
  line("Subject", send.subject ? written(*send.subject, utf8) : "Test message of mailprobe");
  line("Message-ID", message_id(letter));
  line(id_header, letter.id);
  for (const auto& address : letter.also_answer) line(also_answer_header, address);
  // RFC 3834 §5: responders answer "no" alone. Where a mailbox is the witness nobody is to answer.
  line("Auto-Submitted", letter.answer_wanted || !letter.also_answer.empty() ? "no" : "auto-generated");
  if (send.content.body || !send.content.parts.empty()) line("Comments", comment_of(letter));
  for (const auto& [name, value] : send.headers) line(name, folded(value, utf8));
  line("MIME-Version", "1.0");
  return header;
}

}  // namespace

std::string message_id(const Letter& letter) { return "<" + letter.id + "@" + letter.from.domain() + ">"; }

std::string compose(const Letter& letter, const scenarios::Send& send) {
  mimetic::MimeEntity content;
  add_content(content, letter, send);
  std::ostringstream out;
  out << header_of(letter, send) << content;
  auto message = std::move(out).str();
  // Only BDAT can carry a message whose last line has no end (RFC 5321 §4.1.1.4, RFC 3030 §2).
  const bool chunking = has(send, scenarios::Extension::chunking);
  if (!chunking && !message.ends_with("\r\n")) message += "\r\n";
  return message;
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
