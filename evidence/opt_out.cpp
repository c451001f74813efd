#include "evidence/opt_out.h"

#include <algorithm>
#include <array>

#include "auth/mime_map.h"
#include "auth/text_lines.h"
#include "base/text.h"
#include "evidence/html_lines.h"

namespace mailprobe::evidence {

namespace {

constexpr std::size_t max_empty_lines = 50;  // before the first that says something

/// "Stop.", "*unsubscribe*": what stands around the words does not count.
bool is_the_word(std::string_view text) {
  const auto counts = [](char c) { return is_alpha(c) || is_digit(c) || static_cast<unsigned char>(c) >= 0x80; };
  while (!text.empty() && !counts(text.front())) text.remove_prefix(1);
  while (!text.empty() && !counts(text.back())) text.remove_suffix(1);
  constexpr std::array<std::string_view, 4> words{"stop", "unsubscribe", "opt out", "opt-out"};
  return std::ranges::any_of(words, [&](std::string_view each) { return iequals(each, text); });
}

/// RFC 5322 §3.6.5: "Re: " before the subject of what is answered.
std::string_view without_re(std::string_view subject) {
  while (istarts_with(subject, "re:")) subject = trim(subject.substr(3));
  return subject;
}

bool asks(std::string_view line) { return line.front() != '>' && is_the_word(line); }  // not what is quoted

bool is_html(const auth::Message& header) {
  const auto* type = header.first("Content-Type");
  return type != nullptr && istarts_with(trim(type->value), "text/html");
}

bool first_line_of_html_asks(const std::vector<auth::TextLine>& lines) {
  std::string html;
  for (const auto& line : lines) {
    if (html.size() > max_html) break;
    html.append(line.text.substr(0, max_html)).append("\n");
  }
  const auto written = html_lines(html);
  return !written.empty() && asks(written.front());
}

/// Of the text: of a multipart its first part.
bool first_line_asks(const auth::Message& message) {
  const auto map = auth::map_mime(message);
  if (map.contents.empty()) return false;
  const auto& part = map.contents.front();
  std::vector<auth::TextLine> lines;
  auth::TextStore store;
  auth::append_decoded(lines, store, message.body, part, 1);
  const auto header = part.nested ? auth::split_message(part.header.of(message.body)) : message;
  if (is_html(header)) return first_line_of_html_asks(lines);
  for (std::size_t i = 0; i < lines.size() && i <= max_empty_lines; ++i)
    if (const auto text = trim(lines[i].text); !text.empty()) return asks(text);
  return false;
}

}  // namespace

bool asks_for_no_more(const auth::Message& message) {
  const auto* subject = message.first("Subject");
  const auto title = subject == nullptr ? std::string{} : auth::unfold(subject->value);
  if (is_the_word(without_re(title))) return true;
  return first_line_asks(message);
}

}  // namespace mailprobe::evidence
