#include "auth/diff_text.h"

#include <algorithm>

#include "auth/limits.h"
#include "base/safe_text.h"

namespace mailprobe::auth {

namespace {

constexpr std::size_t shown_line = 200;   // bytes of one line
constexpr std::size_t shown_before = 40;  // of what is the same, before a difference far to the right
constexpr std::string_view left_out = " …\n";

std::string visible(std::string_view line, Blanks blanks) {
  if (blanks == Blanks::as_they_are) return safe_text(line, shown_line);
  auto end = line.size();
  while (end > 0 && (line[end - 1] == ' ' || line[end - 1] == '\t')) --end;
  std::string out;
  const auto cut = line.substr(0, shown_line);
  for (std::size_t i = 0; i < cut.size(); ++i)
    if (cut[i] == '\t')
      out += "→";
    else
      out += i >= end ? std::string_view("·") : cut.substr(i, 1);
  return safe_text(out, out.size()) + (cut.size() < line.size() ? "…" : "");
}

}  // namespace

void DiffText::add(char sign, std::string_view line) {
  if (full_) return;
  const auto shown = sign + visible(line, blanks_) + "\n";
  full_ = text_.size() + shown.size() + left_out.size() > limits::diff_bytes;
  text_ += full_ ? left_out : std::string_view(shown);
}

void DiffText::change(std::string_view before, std::string_view after) {
  const auto [a, b] = std::ranges::mismatch(before, after);
  const auto same = static_cast<std::size_t>(a - before.begin());
  if (std::max(before.size(), after.size()) <= shown_line || same <= shown_before) {
    add('-', before);
    return add('+', after);
  }
  auto from = same - shown_before;
  while (from > 0 && (static_cast<unsigned char>(before[from]) & 0xc0U) == 0x80U) --from;  // not within a character
  add('-', "…" + std::string(before.substr(from, 2 * shown_line)));
  add('+', "…" + std::string(after.substr(from, 2 * shown_line)));
}

void DiffText::gap() {
  if (!full_ && !text_.empty() && !text_.ends_with(left_out)) text_ += left_out;
}

}  // namespace mailprobe::auth
