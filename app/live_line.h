// Standard error as lines, with one at the end that is rewritten while something is awaited (on a terminal only).
// Knows no timer and escapes nothing.
#pragma once

#include <string>
#include <string_view>

namespace mailprobe::app {

class LiveLine {
 public:
  /// `width`: a longer live line would wrap, and could not be erased.
  LiveLine(bool live, int width) : live_(live), width_(width) {}
  LiveLine(const LiveLine&) = delete;
  LiveLine& operator=(const LiveLine&) = delete;
  ~LiveLine() { erase(); }

  [[nodiscard]] bool live() const { return live_; }
  /// A line that stays, above the live one.
  void print(std::string_view line);
  /// The live line's new text; nothing where there is no terminal.
  void show(std::string_view text);
  void erase();

 private:
  bool live_;
  int width_;
  std::string shown_;
};

}  // namespace mailprobe::app
