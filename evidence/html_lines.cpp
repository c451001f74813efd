#include "evidence/html_lines.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace mailprobe::evidence {

namespace {

constexpr std::size_t max_tag_name = 16;

bool is_one_of(std::string_view name, std::initializer_list<std::string_view> names) {
  return std::ranges::find(names, name) != names.end();
}

/// "/div" of "</DIV class=x>"; "!--" of a comment.
std::string tag_name(std::string_view inside) {
  if (inside.starts_with("!--")) return "!--";
  const auto end = inside.find_first_of(" \t\r\n/>", inside.starts_with('/') ? 1 : 0);
  return to_lower(inside.substr(0, std::min(end, max_tag_name)));
}

class Lines {
 public:
  explicit Lines(std::string_view html) : html_(html.substr(0, max_html)) {}

  std::vector<std::string> all() {
    while (at_ < html_.size() && lines_.size() < max_html_lines) step();
    end_line();
    return std::move(lines_);
  }

 private:
  void step();
  void tag();
  void entity();
  void skip_behind(std::string_view end);
  void text(std::string_view some) { line_.append(some); }
  void end_line() {
    const auto words = trim(line_);
    if (!words.empty() && lines_.size() < max_html_lines)
      lines_.push_back((quoted_ > 0 ? "> " : "") + std::string(words));
    line_.clear();
  }

  std::string_view html_;
  std::size_t at_ = 0, quoted_ = 0;
  std::string line_;
  std::vector<std::string> lines_;
};

void Lines::skip_behind(std::string_view end) {
  const auto found = ifind(html_.substr(at_), end);
  at_ = found == std::string_view::npos ? html_.size() : at_ + found + end.size();
}

void Lines::tag() {
  const auto name = tag_name(html_.substr(at_ + 1, max_tag_name + 2));
  if (name == "!--") return skip_behind("-->");
  for (const auto hidden : {"head", "style", "script", "title"})
    if (name == hidden) skip_behind("</" + std::string(hidden));
  skip_behind(">");
  if (is_one_of(name, {"br", "p", "/p", "div", "/div", "li", "tr", "/tr", "h1", "h2", "h3", "hr", "table", "blockquote",
                       "/blockquote", "body"}))
    end_line();
  if (name == "blockquote") ++quoted_;
  if (name == "/blockquote" && quoted_ > 0) --quoted_;
}

void Lines::entity() {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 5> known{
      {{"&nbsp;", " "}, {"&#160;", " "}, {"&amp;", "&"}, {"&lt;", "<"}, {"&gt;", ">"}}};
  for (const auto& [written, meant] : known)
    if (istarts_with(html_.substr(at_), written)) {
      text(meant);
      at_ += written.size();
      return;
    }
  text(html_.substr(at_++, 1));
}

void Lines::step() {
  if (html_[at_] == '<') return tag();
  if (html_[at_] == '&') return entity();
  const auto end = std::min(html_.find_first_of("<&", at_), html_.size());
  for (; at_ < end; ++at_) line_ += is_space(html_[at_]) ? ' ' : html_[at_];
}

}  // namespace

std::vector<std::string> html_lines(std::string_view html) { return Lines(html).all(); }

}  // namespace mailprobe::evidence
