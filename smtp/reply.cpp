#include "smtp/reply.h"

#include <algorithm>

#include "base/text.h"

namespace mailprobe::smtp {

namespace {

std::unexpected<Error> broken(std::string what, std::string_view line) {
  return fail(Failure::protocol, "reply " + std::move(what), Cause::protocol_error, std::string(line.substr(0, 200)));
}

// Reply-code = %x32-35 %x30-35 %x30-39                                                                (RFC 5321 §4.2)
// The second digit is taken up to 9: servers invent codes, and nothing depends on it.
std::optional<int> parse_code(std::string_view line) {
  if (line.size() < 3 || line[0] < '2' || line[0] > '5' || !is_digit(line[1]) || !is_digit(line[2]))
    return std::nullopt;
  return static_cast<int>(*parse_number(line.substr(0, 3)));
}

std::size_t digits(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::find_if_not(text, is_digit) - text.begin());
}

// status-code = class "." subject "." detail;  class = "2" / "4" / "5";  subject, detail = 1*3DIGIT    (RFC 3463 §2)
// It counts only where its class is that of the reply code (RFC 2034 §4).
std::string_view enhanced_code(std::string_view text, char reply_class) {
  if (text.size() < 5 || text[0] != reply_class || text[1] != '.') return {};
  const auto subject = digits(text.substr(2));
  if (subject == 0 || subject > 3 || text.size() < subject + 4 || text[2 + subject] != '.') return {};
  const auto detail = digits(text.substr(3 + subject));
  const auto length = 3 + subject + detail;
  if (detail == 0 || detail > 3 || (text.size() > length && text[length] != ' ')) return {};
  return text.substr(0, length);
}

}  // namespace

// Reply-line = *( Reply-code "-" [ textstring ] CRLF ) Reply-code [ SP textstring ] CRLF               (RFC 5321 §4.2)
Result<bool> ReplyParser::feed(std::string_view line) {
  if (line.size() > max_reply_line) return broken("line of over " + std::to_string(max_reply_line) + " bytes", line);
  if (texts_.size() == max_reply_lines) return broken("of over " + std::to_string(max_reply_lines) + " lines", line);
  if (line.find('\0') != std::string_view::npos) return broken("contains NUL", line);
  const auto code = parse_code(line);
  if (!code) return broken("does not begin with a code", line);
  if (line.size() > 3 && line[3] != ' ' && line[3] != '-') return broken("code is not followed by a space", line);
  if (!texts_.empty() && *code != reply_.code) return broken("mixes codes", line);
  reply_.code = *code;
  texts_.emplace_back(line.substr(std::min<std::size_t>(line.size(), 4)));
  return line.size() == 3 || line[3] == ' ';
}

/// An enhanced code that all lines have is taken off them; codes that differ stay in the text, so that none is lost.
Reply ReplyParser::take() {
  const auto texts = std::exchange(texts_, {});
  auto reply = std::exchange(reply_, {});
  const auto code_of = [&](std::string_view text) {
    return enhanced_code(text, static_cast<char>('0' + reply.code / 100));
  };
  const auto enhanced = texts.empty() ? std::string_view() : code_of(texts.front());
  if (!enhanced.empty() && std::ranges::all_of(texts, [&](const auto& text) { return code_of(text) == enhanced; }))
    reply.enhanced = enhanced;
  const auto skip = reply.enhanced ? reply.enhanced->size() + 1 : 0;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (i > 0) reply.text += '\n';
    reply.text += std::string_view(texts[i]).substr(std::min(skip, texts[i].size()));
  }
  return reply;
}

// RFC 5321 §4.2.1: each line has the code; RFC 2034 §4: and the enhanced one. What cannot stand in a line becomes "?".
std::string format(const Reply& reply) {
  std::string out;
  const auto lines = split(reply.text, '\n');
  for (std::size_t i = 0; i < lines.size(); ++i) {
    out += std::to_string(reply.code) + (i + 1 < lines.size() ? "-" : " ");
    if (reply.enhanced) out += *reply.enhanced + " ";
    std::string text(lines[i].substr(0, max_reply_line / 2));
    std::ranges::replace_if(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, '?');
    out += text + "\r\n";
  }
  return out;
}

}  // namespace mailprobe::smtp
