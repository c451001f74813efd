// Lines for a terminal: wrapped to its width, coloured where wanted, ASCII only where it has to be. Everything that is
// put in is escaped (base/safe_text.h): no byte from outside reaches the terminal as it came.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/transcript.h"
#include "evidence/finding.h"
#include "reporter/reporter.h"

namespace mailprobe::reporter {

enum class Ink { plain, bold, dim, green, yellow, red, blue, violet };

Ink ink_of(evidence::Verdict verdict);

/// A piece of a line in one ink.
struct Span {
  std::string text;
  Ink ink = Ink::plain;
};

class TerminalPage {
 public:
  explicit TerminalPage(const TerminalStyle& style);

  /// A section's title, with an empty line before it.
  void heading(std::string_view title);
  /// Wrapped at spaces; further lines are indented by `hang`. The first span may be wider than `hang`.
  void line(const std::vector<Span>& spans, std::size_t indent = 0, std::size_t hang = 0);
  /// "  label      text": labels of one width.
  void row(std::string_view label, const std::vector<Span>& spans);
  /// Columns of the given widths; the last takes what is left.
  void columns(const std::vector<Span>& cells, const std::vector<std::size_t>& widths);
  void blank() { out_ += '\n'; }

  /// "✓", or "+" on a terminal without UTF-8.
  [[nodiscard]] std::string_view mark(evidence::Verdict verdict) const;
  [[nodiscard]] std::size_t width() const { return width_; }
  [[nodiscard]] const std::string& text() const { return out_; }

 private:
  [[nodiscard]] std::string fit(std::string_view text) const;
  void flow(const std::vector<Span>& spans, std::size_t column, std::size_t hang);
  void paint(std::string_view text, Ink ink);

  TerminalStyle style_;
  std::size_t width_;
  std::string out_;
};

/// A session line by line, with the time of each.
void show_transcript(TerminalPage& page, const std::vector<Event>& events);

/// Columns that text takes: a code point is one.
std::size_t display_width(std::string_view text);

}  // namespace mailprobe::reporter
