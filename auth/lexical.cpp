#include "auth/lexical.h"

#include "base/text.h"

namespace mailprobe::auth {

bool Lexer::take(char c) {
  if (done() || text_[at_] != c) return false;
  ++at_;
  return true;
}

void Lexer::skip_space() {
  while (!done() && is_space(text_[at_])) ++at_;
}

void Lexer::skip_cfws(std::string* comments) {
  for (skip_space(); peek() == '('; skip_space()) {
    const auto text = comment();
    if (comments == nullptr || text.empty()) continue;
    *comments += (comments->empty() ? "" : "; ") + text;
  }
}

// comment = "(" *([FWS] ccontent) [FWS] ")" ; ccontent = ctext / quoted-pair / comment
std::string Lexer::comment() {
  std::string out;
  int depth = 0;
  for (; !done(); ++at_) {
    const char c = text_[at_];
    if (c == '\\' && at_ + 1 < text_.size() && !is_space(text_[at_ + 1])) {
      out += text_[++at_];
      continue;
    }
    if (c == ')' && --depth == 0) {
      ++at_;
      break;
    }
    if (c == '(' && ++depth == 1) continue;
    if (!is_space(c))
      out += c;
    else if (!out.empty() && out.back() != ' ')
      out += ' ';
  }
  return std::string(trim(out));
}

// quoted-string = DQUOTE *([FWS] qcontent) [FWS] DQUOTE
std::optional<std::string> Lexer::quoted() {
  if (!quotes_ || peek() != '"') return std::nullopt;
  std::string out;
  for (auto i = at_ + 1; i < text_.size(); ++i) {
    if (text_[i] == '"') {
      at_ = i + 1;
      return out;
    }
    if (text_[i] == '\\' && i + 1 < text_.size()) ++i;
    if (text_[i] != '\r' && text_[i] != '\n') out += text_[i];
  }
  quotes_ = false;
  return std::nullopt;
}

std::string_view Lexer::run(std::string_view stops) {
  const auto start = at_;
  while (!done() && !is_space(peek()) && peek() != '(' && !stops.contains(peek()))
    if (peek() != '"' || !quoted()) ++at_;
  return since(start);
}

}  // namespace mailprobe::auth
