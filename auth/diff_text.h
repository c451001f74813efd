// A mutation's diff for people: lines that begin with "-", "+" or " ", escaped and capped (limits::diff_bytes).
#pragma once

#include <string>
#include <string_view>

namespace mailprobe::auth {

/// White space that a reader could not see: a space at a line's end as "·", a tab as "→".
enum class Blanks { as_they_are, shown };

class DiffText {
 public:
  explicit DiffText(Blanks blanks = Blanks::as_they_are) : blanks_(blanks) {}
  void add(char sign, std::string_view line);
  /// Two lines of which the first became the second: where they are long, from shortly before they part.
  void change(std::string_view before, std::string_view after);
  /// Lines are left out here.
  void gap();
  [[nodiscard]] bool full() const { return full_; }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  Blanks blanks_;
  std::string text_;
  bool full_ = false;
};

}  // namespace mailprobe::auth
