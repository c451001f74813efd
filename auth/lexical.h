// The lexical tokens that structured header fields share: comments, quoted strings, runs of characters.
// No field's grammar: auth/authentication_results and auth/received have those. RFC 5322 §3.2.
// Tolerant: an open comment reaches to the end, an open quoted string is ordinary text. Each byte is read once or
// twice.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mailprobe::auth {

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  [[nodiscard]] bool done() const { return at_ >= text_.size(); }
  [[nodiscard]] char peek() const { return done() ? '\0' : text_[at_]; }
  [[nodiscard]] std::size_t position() const { return at_; }
  [[nodiscard]] std::string_view since(std::size_t start) const { return text_.substr(start, at_ - start); }
  [[nodiscard]] std::string_view rest() const { return text_.substr(at_); }

  void advance() { at_ += done() ? 0U : 1U; }
  bool take(char c);
  void skip_space();
  /// White space and comments (RFC 5322 §3.2.2); the comments' text goes to `comments`, joined by "; ".
  void skip_cfws(std::string* comments = nullptr);

  /// The text of the comment that starts here: nested ones stay, quoted pairs are undone, folds become one space.
  std::string comment();
  /// The text of the quoted string that starts here (RFC 5322 §3.2.4), or nothing where none is closed.
  std::optional<std::string> quoted();
  /// Up to white space, "(" or one of `stops`; quoted strings inside are part of it, quotes and all.
  std::string_view run(std::string_view stops);

 private:
  std::string_view text_;
  std::size_t at_ = 0;
  bool quotes_ = true;  // false once one was left open: the rest holds no closed one that matters
};

}  // namespace mailprobe::auth
