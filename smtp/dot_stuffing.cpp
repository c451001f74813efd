#include "smtp/dot_stuffing.h"

namespace mailprobe::smtp {

bool has_bare_newline(std::string_view bytes) {
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (bytes[i] == '\n') return true;  // its CR would have taken it along
    if (bytes[i] != '\r') continue;
    if (i + 1 == bytes.size() || bytes[i + 1] != '\n') return true;
    ++i;
  }
  return false;
}

// RFC 5321 §4.5.2: "If the first character of the line is a period, one additional period is inserted".
Result<std::string> stuff(std::string_view message) {
  if (has_bare_newline(message)) return fail(Failure::ours, "the message holds a bare CR or LF");
  if (!message.empty() && !message.ends_with("\r\n"))
    return fail(Failure::ours, "the message's last line is not ended");
  std::string out;
  out.reserve(message.size() + 16);
  while (!message.empty()) {
    const auto line = message.substr(0, message.find('\n') + 1);
    if (line.starts_with('.')) out += '.';
    out += line;
    message.remove_prefix(line.size());
  }
  return out;
}

}  // namespace mailprobe::smtp
