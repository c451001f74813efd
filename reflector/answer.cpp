#include "reflector/answer.h"

#include <algorithm>
#include <memory>
#include <sstream>

#include <mimetic/mimetic.h>

#include "base/encoding.h"
#include "base/text.h"
#include "evidence/json.h"
#include "evidence/reflection.h"

namespace mailprobe::reflector {

namespace {

constexpr std::size_t max_line = 998;  // RFC 5322 §2.1.1

void add(mimetic::MimeEntity& entity, const std::string& name, const std::string& value) {
  mimetic::Field field;
  field.name(name);
  field.value(value);
  entity.header().push_back(field);
}

/// Lines that travel as they are: 7bit (RFC 2045 §2.7), none with a CR or LF of its own.
bool plain(std::string_view text) {
  const auto good = [](char c) { return (c >= ' ' && c < '\x7f') || c == '\t'; };
  while (!text.empty()) {
    const auto end = text.find("\r\n");
    if (end == std::string_view::npos || end > max_line) return false;
    if (!std::ranges::all_of(text.substr(0, end), good)) return false;
    text.remove_prefix(end + 2);
  }
  return true;
}

enum class Legible { where_possible, never };

/// A part of its own; `entity` owns it.
void add_part(mimetic::MimeEntity& entity, const std::string& type, const std::string& file, std::string_view text,
              Legible legible) {
  const bool as_it_is = legible == Legible::where_possible && plain(text);
  auto part = std::make_unique<mimetic::MimeEntity>();
  add(*part, "Content-Type", type);
  add(*part, "Content-Transfer-Encoding", as_it_is ? "7bit" : "base64");
  if (!file.empty()) add(*part, "Content-Disposition", "attachment; filename=\"" + file + "\"");
  part->body().assign(as_it_is ? std::string(text) : base64_lines(text));
  entity.body().parts().push_back(part.release());
}

void add_header(mimetic::MimeEntity& entity, const Answer& answer, const std::string& boundary) {
  add(entity, "Date", rfc5322(answer.date));
  add(entity, "From", answer.from.text());
  add(entity, "To", answer.to.text());
  add(entity, "Subject", "Auto: what arrived of your test message");  // RFC 3834 §3.1.5
  add(entity, "Message-ID", "<" + answer.id + "@" + answer.from.domain() + ">");
  if (!answer.in_reply_to.empty()) {  // RFC 3834 §3.1.6
    add(entity, "In-Reply-To", answer.in_reply_to);
    add(entity, "References", answer.in_reply_to);
  }
  add(entity, "Auto-Submitted", "auto-replied");  // RFC 3834 §3.1.7: no responder answers it
  add(entity, std::string(evidence::answers_header), answer.probe);
  add(entity, "MIME-Version", "1.0");
  add(entity, "Content-Type", "multipart/mixed; boundary=\"" + boundary + "\"");
}

}  // namespace

std::string compose(const Answer& answer, const evidence::Reflection& seen, std::string_view header) {
  mimetic::MimeEntity entity;
  add_header(entity, answer, "mailprobe-" + answer.id);  // nobody knows the id before: no part can hold it
  add_part(entity, "text/plain; charset=utf-8", {}, to_crlf(text_of(seen, answer)), Legible::where_possible);
  add_part(entity, "application/json; schema=\"" + std::string(evidence::reflection_schema) + "\"", "reflection.json",
           evidence::to_json(seen), Legible::never);  // one long line
  add_part(entity, "text/rfc822-headers", "headers.txt", header, Legible::where_possible);
  std::ostringstream out;
  out << entity;
  return out.str();
}

}  // namespace mailprobe::reflector
