#include "app/live_line.h"

#include "app/console.h"
#include "base/utf8.h"

namespace mailprobe::app {

namespace {

constexpr std::string_view erase_line = "\r\x1b[2K";

/// As many characters as fit, the last column left free. A wide character counts as one: good enough for our own words.
std::string_view fitting(std::string_view text, int width) {
  std::size_t at = 0;
  for (int columns = 1; columns < width && at < text.size(); ++columns)
    at += std::max<std::size_t>(next_code_point(text.substr(at)).length, 1);
  return text.substr(0, at);
}

}  // namespace

void LiveLine::print(std::string_view line) {
  std::string text = shown_.empty() ? "" : std::string(erase_line);
  text.append(line).append("\n").append(shown_);
  write_err(text);
}

void LiveLine::show(std::string_view text) {
  if (!live_) return;
  shown_ = fitting(text, width_);
  write_err(std::string(erase_line) + shown_);
}

void LiveLine::erase() {
  if (shown_.empty()) return;
  shown_.clear();
  write_err(erase_line);
}

}  // namespace mailprobe::app
