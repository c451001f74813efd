#include "scenarios/swaks.h"

#include <algorithm>

#include "base/text.h"
#include "scenarios/faults.h"

namespace mailprobe::scenarios {

namespace {

constexpr std::int64_t usual_line = 72;
constexpr std::string_view left_out = "a multipart within the multipart is left out";

/// As one word of a POSIX shell: in single quotes, whatever is in it.
std::string quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

class Command {
 public:
  void option(std::string_view name) { text_ += " " + std::string(name); }
  void option(std::string_view name, std::string_view value) { text_ += " " + std::string(name) + " " + quoted(value); }
  void piped(const std::string& from) { text_ = from + " | " + text_; }
  void lacks(const std::string& what) { comments_ += "# " + what + "\n"; }
  [[nodiscard]] std::string text() const { return comments_ + text_ + "\n"; }

 private:
  std::string text_ = "swaks", comments_;
};

void add_way(const PlannedProbe& probe, const std::string& helo, Command& command) {
  const bool bounce = probe.send.reverse_path == ReversePath::empty;
  command.option("--to", probe.to);
  command.option("--from", bounce ? "<>" : probe.from);
  command.option("--ehlo", helo);
  if (probe.server) command.option("--server", *probe.server);
  if (probe.via) command.lacks("--server, --auth-user: those of the submission server " + *probe.via);
  if (probe.family == Family::ipv4) command.option("-4");
  if (probe.family == Family::ipv6) command.option("-6");
  if (probe.floor == TlsFloor::may) {
    command.option("--tls-optional");
    return;
  }
  command.option("--tls");
  if (probe.floor == TlsFloor::verify) command.option("--tls-verify");
  if (probe.floor == TlsFloor::sts || probe.floor == TlsFloor::dane)
    command.lacks("nothing of MTA-STS or DANE is looked at: the probe asks for " + std::string(word(probe.floor)));
}

/// Each line of a folded value but the first begins with white space; swaks writes the line ends.
std::string folded(std::string_view value) {
  std::string out;
  for (const auto line : split(value, '\n')) {
    if (trim(line).empty()) continue;  // RFC 5322 §3.2.2
    if (!out.empty()) out += line.starts_with(' ') || line.starts_with('\t') ? "\n" : "\n ";
    out += line;
  }
  return out;
}

void add_header(const PlannedProbe& probe, Command& command) {
  const auto& send = probe.send;
  command.option("--header", "Subject: " + send.subject.value_or("Test message of mailprobe"));
  if (send.from != From::missing) command.option("--h-From", probe.from);
  for (const auto& [name, value] : send.headers) command.option("--add-header", name + ": " + folded(value));
  if (send.from == From::missing || send.from == From::twice)
    command.lacks("swaks writes From once, and the probe has it " +
                  std::string(send.from == From::twice ? "twice" : "not at all"));
}

bool is_one_line(std::string_view text) { return trim(text).find('\n') == std::string_view::npos; }

/// As an argument to --body: swaks reads a file for "@NAME", and for a line that is the name of one; "%NEWLINE%" is a
/// line end to it, which no file's name has.
std::string body_argument(std::string text) {
  if (is_one_line(text)) text = text.substr(0, text.find_last_not_of(" \t\r\n") + 1) + "%NEWLINE%";
  return text.starts_with('@') ? "@" + text : text;
}

void tell_of_escapes(std::string_view text, Command& command) {
  if (text.find("\\n") != std::string_view::npos || text.find('%') != std::string_view::npos)
    command.lacks("swaks makes line ends of \\n, and other texts of some words between %");
}

/// A body that is filled up comes out of a pipe: no argument is that long.
void add_body(const Part& part, Command& command) {
  if (part.size) {
    const auto line = std::to_string(part.line_length.value_or(usual_line));
    command.piped("head -c " + std::to_string(part.size->bytes) + " /dev/zero | tr '\\0' x | fold -w " + line);
    command.option("--body", "-");
    return;
  }
  const auto body = part.body.value_or("This is a test message.\n");
  tell_of_escapes(body, command);
  command.option("--body", body_argument(body));
}

/// Here nothing stands for a line end: what could be the name of a file is another text.
void add_attachment(const std::string& body, Command& command) {
  const bool safe = !is_one_line(body);
  if (!safe) command.lacks("an attachment has another text: swaks would read a file of that name");
  const auto text = safe ? body : std::string("an attachment\nof two lines\n");
  command.option("--attach", text.starts_with('@') ? "@" + text : text);
}

void add_attachments(const std::vector<Part>& parts, Command& command) {
  for (const auto& part : parts) {
    if (!part.parts.empty()) command.lacks(std::string(left_out));
    if (!part.parts.empty()) continue;
    command.option("--attach-type", part.type.value_or("text/plain"));
    if (part.filename) command.option("--attach-name", *part.filename);
    if (part.size) command.lacks("the attachment of " + std::to_string(part.size->bytes) + " bytes is a short one");
    add_attachment(part.body.value_or("an attachment\nof two lines\n"), command);
  }
}

/// Of a text that is no text/plain: swaks encodes it, and what stands for a line end with it.
std::string lengthened(const std::string& text, bool html, Command& command) {
  if (!is_one_line(text)) return text.starts_with('@') ? "@" + text : text;
  command.lacks("a part has a second line: swaks would read a file of that name");
  const auto line = std::string(trim(text));
  return (line.starts_with('@') ? "@" : "") + line + (html ? "\n<!-- a second line -->\n" : "\na second line\n");
}

void add_body_parts(const std::vector<Part>& parts, Command& command) {
  for (const auto& part : parts) {
    if (!part.parts.empty()) command.lacks(std::string(left_out));
    if (!part.parts.empty()) continue;
    const auto type = part.type.value_or("text/plain");
    const auto text = part.body.value_or("This is a test message.\n");
    if (part.size) command.lacks("the part of " + std::to_string(part.size->bytes) + " bytes is a short one");
    tell_of_escapes(text, command);
    command.option("--attach-type", type);
    command.option("--attach-body", iequals(type, "text/plain")
                                        ? body_argument(text)
                                        : lengthened(text, iequals(type, "text/html"), command));
  }
}

/// What swaks makes of it: the bodies in a multipart/alternative where there are several, and behind them the rest, in
/// a multipart/mixed.
struct MimeParts {
  std::vector<Part> bodies, rest;
};

MimeParts mime_parts(const Send& send) {
  MimeParts made;
  const auto& content = send.content;
  auto& [bodies, rest] = made;
  (content.multipart == Multipart::alternative ? bodies : rest) = content.parts;
  if (!rest.empty() && !rest.front().filename) {
    auto first = std::move(rest.front());
    rest.erase(rest.begin());
    if (first.multipart == Multipart::alternative)
      bodies = std::move(first.parts);
    else
      bodies.push_back(std::move(first));
  }
  rest.insert(rest.end(), send.attachments.begin(), send.attachments.end());
  return made;
}

void add_mime(const Send& send, Command& command) {
  const auto& content = send.content;
  const auto parts = mime_parts(send);
  const bool single = content.multipart == Multipart::alternative && parts.bodies.size() < 2;
  if (!content.parts.empty() && content.multipart && (single || content.multipart == Multipart::related))
    command.lacks("multipart/mixed, and not " + std::string(word(*content.multipart)));
  if (!content.parts.empty() && parts.bodies.empty()) command.lacks("swaks puts a text of its own in front");
  add_body_parts(parts.bodies, command);
  add_attachments(parts.rest, command);
}

bool is_ascii(std::string_view text) {
  return std::ranges::none_of(text, [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
}

bool has_utf8(const Send& send) {
  return !is_ascii(send.subject.value_or("")) ||
         std::ranges::any_of(send.headers, [](const Header& each) { return !is_ascii(each.second); });
}

void add_what_is_lost(const PlannedProbe& probe, Command& command) {
  const auto& send = probe.send;
  if (!probe.signatures.empty()) command.lacks("not signed: swaks knows no DKIM");
  if (const auto fault = fault_of(send); fault && send.dkim.fault != DkimFault::none)
    command.lacks("so it has not what is wrong with the probe on purpose: " + *fault);
  if (send.end_of_data) command.lacks("one message, which ends as it should: swaks smuggles nothing");
  if (send.content.transfer_encoding)
    command.lacks("the transfer encoding is not " + std::string(word(*send.content.transfer_encoding)) +
                  " but what the bytes are");
  if (probe.chunking) command.lacks("by DATA, not by BDAT");
  if (probe.require_tls) command.lacks("without REQUIRETLS");
  if (probe.dsn) command.lacks("no report is asked for (DSN)");
}

}  // namespace

std::string swaks_command(const PlannedProbe& probe, const std::string& helo) {
  Command command;
  command.lacks(probe.name);
  add_way(probe, helo, command);
  add_header(probe, command);
  const auto& content = probe.send.content;
  if (content.charset && !iequals(*content.charset, "utf-8") && !iequals(*content.charset, "us-ascii"))
    command.lacks("the text is in UTF-8, whatever its charset says");
  if (has_utf8(probe.send)) command.lacks("header fields are in UTF-8, without SMTPUTF8 and not encoded");
  if (content.charset)
    command.option("--add-header",
                   "Content-Type: " + content.type.value_or("text/plain") + "; charset=" + *content.charset);
  else if (content.type && content.parts.empty() && probe.send.attachments.empty())
    command.option("--add-header", "Content-Type: " + *content.type);
  if (content.parts.empty()) add_body(content, command);
  add_mime(probe.send, command);
  add_what_is_lost(probe, command);
  return command.text();
}

}  // namespace mailprobe::scenarios
