#include "imap/mention.h"

#include <algorithm>
#include <string>

#include "base/encoding.h"
#include "base/text.h"

namespace mailprobe::imap {

namespace {

std::string without(std::string_view text, std::string_view what) {
  std::string out;
  for (;;) {
    const auto at = text.find(what);
    out += text.substr(0, at);
    if (at == std::string_view::npos) return out;
    text.remove_prefix(at + what.size());
  }
}

/// The characters of base64 that `id` alone decides, for each of the three places where it can begin.
bool in_base64(std::string_view message, std::string_view id) {
  auto joined = without(message, "\n");
  std::erase(joined, '\r');
  for (std::size_t before = 0; before < 3; ++before) {
    const auto text = base64(std::string(before, '\0') + std::string(id));
    const auto first = (before * 8 + 5) / 6, end = (before + id.size()) * 8 / 6;
    if (end > first && joined.find(text.substr(first, end - first)) != std::string::npos) return true;
  }
  return false;
}

/// The header block with folded lines joined (RFC 5322 §2.2.3).
std::string unfolded_header(std::string_view message) {
  auto block = without(message.substr(0, std::min(message.find("\r\n\r\n"), message.find("\n\n"))), "\r");
  for (const std::string_view fold : {"\n ", "\n\t"})
    for (auto at = block.find(fold); at != std::string::npos; at = block.find(fold)) block.erase(at, 1);
  return block;
}

/// Some field of that name has `text` in its body.
bool says(std::string_view unfolded, std::string_view name, std::string_view text) {
  for (const auto line : split(unfolded, '\n')) {
    const auto colon = line.find(':');
    if (colon == std::string_view::npos || !iequals(trim(line.substr(0, colon)), name)) continue;
    if (ifind(line.substr(colon + 1), text) != std::string_view::npos) return true;
  }
  return false;
}

}  // namespace

Bearing bearing_of(std::string_view message, std::string_view own_field, std::string_view id) {
  const auto header = unfolded_header(message);
  if (says(header, own_field, id) || says(header, "Message-ID", id)) return Bearing::copy;
  if (says(header, "Content-Type", "multipart/report")) return Bearing::bounce;
  const bool answers = says(header, "Auto-Submitted", "auto-replied") || says(header, "In-Reply-To", id) ||
                       says(header, "References", id);
  return answers ? Bearing::answer : Bearing::copy;  // a gateway that wrote a new header block
}

bool mentioned_in_header(std::string_view message, std::string_view id) {
  const auto end = std::min(message.find("\r\n\r\n"), message.find("\n\n"));
  return ifind(message.substr(0, end), id) != std::string_view::npos;
}

bool mentioned(std::string_view message, std::string_view id) {
  return ifind(message, id) != std::string_view::npos ||
         ifind(without(message, "=\r\n"), id) != std::string_view::npos || in_base64(message, id);
}

}  // namespace mailprobe::imap
