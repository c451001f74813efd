#include "reporter/terminal_page.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/encoding.h"
#include "base/safe_text.h"
#include "base/utf8.h"

namespace mailprobe::reporter {

namespace {

constexpr std::size_t label_width = 14;

std::string_view code_of(Ink ink) {
  switch (ink) {
    case Ink::plain: return "";
    case Ink::bold: return "1";
    case Ink::dim: return "2";
    case Ink::green: return "32";
    case Ink::yellow: return "33";
    case Ink::red: return "1;31";
    case Ink::blue: return "36";
    case Ink::violet: return "35";
  }
  return "";
}

/// Our own signs have spellings in ASCII; anything else is shown byte by byte.
std::string ascii(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 13> spellings{{
      {"…", "..."},
      {"→", "->"},
      {"·", "-"},
      {"–", "-"},
      {"—", "-"},
      {"“", "\""},
      {"”", "\""},
      {"✓", "+"},
      {"✗", "x"},
      {"─", "-"},
      {"’", "'"},
      {"×", "x"},
      {"§", "section "},
  }};
  std::string out;
  while (!text.empty()) {
    const auto length = std::max<std::size_t>(next_code_point(text).length, 1);
    const auto sign = text.substr(0, length);
    const auto* known = std::ranges::find(spellings, sign, &std::pair<std::string_view, std::string_view>::first);
    if (length == 1)
      out += sign;
    else if (known != spellings.end())
      out += known->second;
    else
      for (const char byte : sign) out += "\\x" + hex({&byte, 1});
    text.remove_prefix(length);
  }
  return out;
}

/// The first `columns` of text, by whole code points.
std::string_view head(std::string_view text, std::size_t columns) {
  std::size_t at = 0;
  for (; columns > 0 && at < text.size(); --columns)
    at += std::max<std::size_t>(next_code_point(text.substr(at)).length, 1);
  return text.substr(0, at);
}

}  // namespace

std::size_t display_width(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U; }));
}

Ink ink_of(evidence::Verdict verdict) {
  using enum evidence::Verdict;
  switch (verdict) {
    case pass: return Ink::green;
    case warn: return Ink::yellow;
    case fail: return Ink::red;
    case info: return Ink::blue;
    case inconclusive:
    case error: return Ink::violet;
    default: return Ink::dim;
  }
}

TerminalPage::TerminalPage(const TerminalStyle& style)
    : style_(style), width_(static_cast<std::size_t>(std::clamp(style.width, 40, 160))) {}

std::string_view TerminalPage::mark(evidence::Verdict verdict) const {
  using enum evidence::Verdict;
  switch (verdict) {
    case pass: return "✓";
    case warn: return "!";
    case fail: return "✗";
    case info: return "i";
    case inconclusive: return "?";
    case error: return "E";
    default: return "–";
  }
}

std::string TerminalPage::fit(std::string_view text) const {
  std::string flat(text);
  std::ranges::replace_if(flat, [](char c) { return c == '\n' || c == '\r' || c == '\t'; }, ' ');
  auto safe = safe_text(flat);
  return style_.utf8 ? safe : ascii(safe);
}

void TerminalPage::paint(std::string_view text, Ink ink) {
  const auto code = style_.color ? code_of(ink) : std::string_view{};
  if (code.empty() || text.empty()) {
    out_ += text;
    return;
  }
  out_.append("\x1b[").append(code).append("m").append(text).append("\x1b[0m");
}

void TerminalPage::heading(std::string_view title) {
  out_ += '\n';
  paint(fit(title), Ink::bold);
  out_ += '\n';
}

void TerminalPage::flow(const std::vector<Span>& spans, std::size_t column, std::size_t hang) {
  for (const auto& span : spans) {
    const auto fitted = fit(span.text);
    for (std::string_view text = fitted; !text.empty();) {
      const auto begin = std::min(text.find_first_not_of(' '), text.size());
      auto word = text.substr(0, text.find(' ', begin));
      if (column + display_width(word) > width_ && column > hang) {
        out_.erase(out_.find_last_not_of(' ') + 1);
        out_.append("\n").append(hang, ' ');
        column = hang;
        text.remove_prefix(begin);
        word.remove_prefix(begin);
      }
      word = head(word, width_ > column ? width_ - column : 1);
      paint(word, span.ink);
      column += display_width(word);
      text.remove_prefix(word.size());
    }
  }
  out_.erase(out_.find_last_not_of(' ') + 1);
  out_ += '\n';
}

void TerminalPage::line(const std::vector<Span>& spans, std::size_t indent, std::size_t hang) {
  out_.append(indent, ' ');
  flow(spans, indent, indent + hang);
}

void TerminalPage::row(std::string_view label, const std::vector<Span>& spans) {
  const auto name = fit(label);
  const auto column = 2 + std::max(label_width, display_width(name) + 1);
  out_.append(2, ' ');
  paint(name, Ink::dim);
  out_.append(column - 2 - display_width(name), ' ');
  flow(spans, column, 2 + label_width);
}

void TerminalPage::columns(const std::vector<Span>& cells, const std::vector<std::size_t>& widths) {
  std::vector<Span> spans;
  std::size_t hang = 0;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const auto taken = display_width(fit(cells[i].text));
    spans.push_back(cells[i]);
    if (i + 1 == cells.size() || i >= widths.size()) break;
    hang += widths[i];
    spans.push_back({std::string(taken < widths[i] ? widths[i] - taken : 1, ' ')});
  }
  line(spans, 2, std::min(hang, width_ / 2));
}

void show_transcript(TerminalPage& page, const std::vector<Event>& events) {
  for (const auto& event : events) {
    const auto* who = event.dir == Direction::out ? ">" : event.dir == Direction::in ? "<" : "*";
    page.line({{fmt::format("{:>6} ms {} ", event.t_ms, who), Ink::dim}, {event.text}}, 4, 12);
  }
}

}  // namespace mailprobe::reporter
