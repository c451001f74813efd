#include "reporter/line_diff.h"

#include <algorithm>

#include "base/utf8.h"

namespace mailprobe::reporter {

namespace {

constexpr std::size_t most_tokens = 200;  // of each line that are compared one by one; the table has their square

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         (static_cast<unsigned char>(c) >= 0x80);
}

/// Words, and every other character for itself.
std::vector<std::string_view> tokens_of(std::string_view line) {
  std::vector<std::string_view> tokens;
  while (!line.empty()) {
    std::size_t length = 0;
    while (length < line.size() && is_word(line[length])) ++length;
    if (length == 0) length = std::max<std::size_t>(next_code_point(line).length, 1);
    tokens.push_back(line.substr(0, length));
    line.remove_prefix(length);
  }
  return tokens;
}

using Tokens = std::vector<std::string_view>;

/// length[i][j]: of the longest common subsequence of what follows i in the one and j in the other.
class Common {
 public:
  Common(const Tokens& a, const Tokens& b) : width_(b.size() + 1), length_((a.size() + 1) * width_) {
    for (auto i = a.size(); i-- > 0;)
      for (auto j = b.size(); j-- > 0;)
        length_[i * width_ + j] = a[i] == b[j] ? at(i + 1, j + 1) + 1 : std::max(at(i + 1, j), at(i, j + 1));
  }
  [[nodiscard]] std::size_t at(std::size_t i, std::size_t j) const { return length_[i * width_ + j]; }

 private:
  std::size_t width_;
  std::vector<std::size_t> length_;
};

/// Tokens that lie side by side in the line are one piece where they are alike in that.
void add(std::vector<Piece>& pieces, std::string_view token, bool changed) {
  if (!pieces.empty() && pieces.back().changed == changed)
    pieces.back().text = {pieces.back().text.data(), pieces.back().text.size() + token.size()};
  else
    pieces.push_back({token, changed});
}

void add_all(std::vector<Piece>& pieces, const Tokens& tokens, std::size_t from, std::size_t to, bool changed) {
  for (auto i = from; i < to; ++i) add(pieces, tokens[i], changed);
}

/// What lies between the first and the last difference.
void add_middle(LinePieces& out, const Tokens& a, const Tokens& b) {
  if (a.size() > most_tokens || b.size() > most_tokens) {
    add_all(out.sent, a, 0, a.size(), true);
    return add_all(out.received, b, 0, b.size(), true);
  }
  const Common common(a, b);
  std::size_t i = 0, j = 0;
  while (i < a.size() && j < b.size()) {
    if (a[i] == b[j]) {
      add(out.sent, a[i++], false);
      add(out.received, b[j++], false);
    } else if (common.at(i + 1, j) >= common.at(i, j + 1)) {
      add(out.sent, a[i++], true);
    } else {
      add(out.received, b[j++], true);
    }
  }
  add_all(out.sent, a, i, a.size(), true);
  add_all(out.received, b, j, b.size(), true);
}

}  // namespace

LinePieces changed_pieces(std::string_view sent, std::string_view received) {
  const auto a = tokens_of(sent), b = tokens_of(received);
  const auto shorter = std::min(a.size(), b.size());
  std::size_t before = 0, behind = 0;
  while (before < shorter && a[before] == b[before]) ++before;
  while (behind < shorter - before && a[a.size() - 1 - behind] == b[b.size() - 1 - behind]) ++behind;
  const auto middle = [&](const Tokens& all) {
    return Tokens(all.begin() + static_cast<std::ptrdiff_t>(before), all.end() - static_cast<std::ptrdiff_t>(behind));
  };
  LinePieces out;
  add_all(out.sent, a, 0, before, false);
  add_all(out.received, b, 0, before, false);
  add_middle(out, middle(a), middle(b));
  add_all(out.sent, a, a.size() - behind, a.size(), false);
  add_all(out.received, b, b.size() - behind, b.size(), false);
  return out;
}

}  // namespace mailprobe::reporter
