#include "auth/body_mutation.h"

#include <algorithm>
#include <optional>
#include <span>
#include <unordered_map>

#include "auth/body_lines.h"
#include "auth/diff_text.h"
#include "auth/sequence_diff.h"
#include "base/text.h"

// Order of events:
//  1. both bodies become lines; renamed boundaries and other transfer encodings are named and made alike (body_lines)
//  2. the lines, as relaxed canonicalization sees them, are compared; hunks are where they differ
//  3. lines that are equal to relaxed and not to simple are white space, or have another ending
//  4. each hunk: what is before the first boundary is the preamble; whole parts were added or removed; the same
//  characters are re-wrapping; only new words at the end or start of a text are a footer or a
//     text put in front; all else is a change
//  5. one mutation a kind, its range from the first to the last place

namespace mailprobe::auth {

namespace {

constexpr std::size_t max_words = 200'000;  // of one hunk, compared word by word
constexpr std::size_t context = 2;          // lines around a hunk
constexpr std::size_t max_additions = 20;   // footers and the like, named each by itself

using Keys = std::vector<std::string_view>;

class Numbers {
 public:
  std::vector<std::uint32_t> of(const Keys& keys) {
    std::vector<std::uint32_t> ids;
    ids.reserve(keys.size());
    for (const auto key : keys)
      ids.push_back(known_.try_emplace(key, static_cast<std::uint32_t>(known_.size())).first->second);
    return ids;
  }

 private:
  std::unordered_map<std::string_view, std::uint32_t> known_;
};

/// A text's lines and, for each place between them, whether a content ends or begins there but for empty lines.
struct Text {
  std::vector<TextLine> lines;
  Keys keys;
  std::size_t body_size = 0;
  std::size_t significant = 0;  // without the empty lines at the end
  std::vector<bool> ends, begins;
  std::vector<std::size_t> delimiters;  // offsets of the lines between parts

  /// Before the first line between parts.
  [[nodiscard]] bool in_preamble(std::size_t to) const { return !delimiters.empty() && offset(to) <= delimiters[0]; }
  [[nodiscard]] bool delimiter_within(std::size_t from, std::size_t to) const {
    const auto next = std::ranges::lower_bound(delimiters, offset(from));
    return next != delimiters.end() && *next < offset(to);
  }

  void prepare(TextStore& store) {
    keys.reserve(lines.size());
    for (const auto& line : lines) keys.push_back(reduced(line.text, store));
    significant = keys.size();
    while (significant > 0 && keys[significant - 1].empty()) --significant;
    ends.assign(lines.size() + 1, true);
    begins.assign(lines.size() + 1, true);
    for (auto at = lines.size(); at-- > 0;) ends[at] = leaves_content(at) || (keys[at].empty() && ends[at + 1]);
    for (std::size_t at = 1; at <= lines.size(); ++at)
      begins[at] = enters_content(at) || (keys[at - 1].empty() && begins[at - 1]);
  }

  [[nodiscard]] std::size_t offset(std::size_t at) const { return at < lines.size() ? lines[at].from : body_size; }

 private:
  [[nodiscard]] std::uint32_t content(std::size_t at) const { return at < lines.size() ? lines[at].content : 0; }
  [[nodiscard]] bool leaves_content(std::size_t at) const {
    return at > 0 && content(at - 1) != 0 && content(at - 1) != content(at);
  }
  [[nodiscard]] bool enters_content(std::size_t at) const { return content(at) != 0 && content(at - 1) != content(at); }
};

struct Word {
  std::string_view text;
  std::size_t line = 0;
};

std::vector<Word> words(const Text& text, std::size_t from, std::size_t to) {
  std::vector<Word> out;
  for (auto i = from; i < to && out.size() <= max_words; ++i)
    for (const auto part : split(text.keys[i], ' '))
      if (!part.empty()) out.push_back({part, i});
  return out;
}

Keys texts(const std::vector<Word>& words) {
  Keys keys;
  keys.reserve(words.size());
  for (const auto& word : words) keys.push_back(word.text);
  return keys;
}

/// The same characters in the same order, whatever the white space and line breaks between them.
bool same_characters(const Text& a, const Text& b, const Hunk& hunk) {
  auto i = hunk.a_from, j = hunk.b_from;
  std::size_t x = 0, y = 0;
  const auto next = [](const Text& text, std::size_t& line, std::size_t& at, std::size_t to) -> std::optional<char> {
    for (; line < to; ++line, at = 0)
      for (; at < text.keys[line].size();)
        if (const char c = text.keys[line][at++]; c != ' ') return c;
    return std::nullopt;
  };
  for (;;) {
    const auto p = next(a, i, x, hunk.a_to), q = next(b, j, y, hunk.b_to);
    if (p != q) return false;
    if (!p) return true;
  }
}

class BodyComparer {
 public:
  BodyComparer(const Message& sent, const Message& received, Canon canon)
      : sent_(sent), received_(received), canon_(canon) {}

  std::vector<Mutation> run() {
    if (sent_.body == received_.body) return {};
    ComparableBodies bodies;
    if (!make_comparable(sent_, received_, bodies)) return whole();
    store_ = std::move(bodies.store);
    a_.lines = std::move(bodies.sent);
    b_.lines = std::move(bodies.received);
    a_.body_size = sent_.body.size();
    b_.body_size = received_.body.size();
    a_.delimiters = std::move(bodies.sent_delimiters);
    b_.delimiters = std::move(bodies.received_delimiters);
    a_.prepare(store_);
    b_.prepare(store_);
    found_ = std::move(bodies.named);
    compare();
    return std::move(found_);
  }

 private:
  void compare() {
    Numbers numbers;
    const auto a = numbers.of(a_.keys), b = numbers.of(b_.keys);
    const auto hunks = differing(Ids(a).first(a_.significant), Ids(b).first(b_.significant));
    name_white_space(hunks);
    for (const auto& hunk : hunks) name_hunk(hunk);
    for (auto& one : open_) {
      one.mutation.diff = one.diff.text();
      found_.push_back(std::move(one.mutation));
    }
  }

  // ---- white space ----

  void name_white_space(const std::vector<Hunk>& hunks) {
    std::size_t i = 0, j = 0;
    for (const auto& hunk : hunks) {
      for (; i < hunk.a_from; ++i, ++j) compare_line(i, j);
      i = hunk.a_to;
      j = hunk.b_to;
    }
    for (; i < a_.significant; ++i, ++j) compare_line(i, j);
    const bool grew_at_end = !hunks.empty() && hunks.back().a_to == a_.significant;
    if (!grew_at_end) compare_ends();
  }

  void compare_line(std::size_t i, std::size_t j) {
    const auto before = a_.lines[i].text, now = b_.lines[j].text;
    if (before == now) return compare_ending(i, j);
    const auto end = [](std::string_view text) { return text.substr(0, text.find_last_not_of(" \t") + 1); };
    auto& one = open(end(before) == end(now) ? "trailing-white-space" : "white-space-changed", {i, i + 1, j, j + 1});
    one.diff.change(before, now);
  }

  void compare_ending(std::size_t i, std::size_t j) {
    const auto before = a_.lines[i].ending, now = b_.lines[j].ending;
    if (before == now || before.empty() || now.empty()) return;
    const auto raw = [](const TextLine& line, std::string_view body) {
      return body.substr(line.from, line.to - line.from);
    };
    auto& one = open("line-endings-changed", {i, i + 1, j, j + 1});
    one.diff.change(raw(a_.lines[i], sent_.body), raw(b_.lines[j], received_.body));
  }

  /// Empty lines after the last text, and whether the last line has its CRLF.
  void compare_ends() {
    const auto from_a = a_.significant, from_b = b_.significant;
    const auto tail_a = std::span(a_.lines).subspan(from_a), tail_b = std::span(b_.lines).subspan(from_b);
    const bool same_end = ends_line(sent_.body, a_, from_a) == ends_line(received_.body, b_, from_b);
    const auto same = [](const TextLine& a, const TextLine& b) {
      return a.text == b.text && a.ending.empty() == b.ending.empty();
    };
    if (same_end && std::ranges::equal(tail_a, tail_b, same)) {
      for (std::size_t i = 0; i < tail_a.size(); ++i) compare_ending(from_a + i, from_b + i);
      return;
    }
    auto& one = open("trailing-white-space", {from_a, a_.lines.size(), from_b, b_.lines.size()});
    for (const auto& line : tail_a) one.diff.add('-', line.text);
    for (const auto& line : tail_b) one.diff.add('+', line.text);
  }

  /// Whether the line before `at` has its end.
  static bool ends_line(std::string_view body, const Text& text, std::size_t at) {
    if (at == 0 || text.lines[at - 1].decoded) return true;
    return body.substr(0, text.lines[at - 1].to).find_last_of("\r\n") + 1 == text.lines[at - 1].to;
  }

  // ---- hunks ----

  /// Changes of the structure; empty: of a text.
  [[nodiscard]] std::string structural(const Hunk& hunk) const {
    if (a_.in_preamble(hunk.a_to) && b_.in_preamble(hunk.b_to)) return "mime-preamble-changed";
    const bool multipart = !a_.delimiters.empty();
    if (multipart && hunk.a_from == hunk.a_to && b_.delimiter_within(hunk.b_from, hunk.b_to)) return "part-added";
    if (hunk.b_from == hunk.b_to && a_.delimiter_within(hunk.a_from, hunk.a_to)) return "part-removed";
    return {};
  }

  void name_hunk(const Hunk& hunk) {
    if (const auto kind = structural(hunk); !kind.empty()) return report(kind, hunk);
    if (same_characters(a_, b_, hunk)) return report("lines-rewrapped", hunk);
    const auto before = words(a_, hunk.a_from, hunk.a_to), now = words(b_, hunk.b_from, hunk.b_to);
    if (before.size() > max_words || now.size() > max_words) return report("body-changed", hunk);
    const auto kept = take_additions(hunk, before, now);
    if (kept.words.from == 0 && kept.words.to == now.size()) return report("body-changed", hunk);
    name_additions(hunk, before, now, kept);
  }

  /// Which of the words received stand for those sent, once what was put in front and at the end is taken off.
  struct Kept {
    Span words;
    bool changed = false;  // something within them too
  };

  [[nodiscard]] Kept take_additions(const Hunk& hunk, const std::vector<Word>& before,
                                    const std::vector<Word>& now) const {
    Numbers numbers;
    const auto a = numbers.of(texts(before)), b = numbers.of(texts(now));
    const auto hunks = differing(a, b);
    std::span<const Hunk> rest(hunks);
    Kept kept{{0, now.size()}, false};
    if (!rest.empty() && a_.ends[hunk.a_to] && rest.back().a_from == before.size()) {
      kept.words.to = rest.back().b_from;
      rest = rest.first(rest.size() - 1);
    }
    if (!rest.empty() && a_.begins[hunk.a_from] && rest.front().a_to == 0) {
      kept.words.from = rest.front().b_to;
      rest = rest.subspan(1);
    }
    kept.changed = !rest.empty();
    return kept;
  }

  void name_additions(const Hunk& hunk, const std::vector<Word>& before, const std::vector<Word>& now,
                      const Kept& kept) {
    const auto [from, to] = kept.words;
    const bool none = from == to;  // of what was received, nothing was sent
    const auto first = from == 0 ? hunk.b_from : none ? hunk.b_to : now[from].line;
    const auto last = to == now.size() ? hunk.b_to : none ? first : now[to - 1].line + 1;
    // A line that is shared with what was sent counts as added, as a whole.
    const bool shared_first = !none && from > 0 && now[from - 1].line == first;
    const bool shared_last = !none && to < now.size() && now[to].line + 1 == last;
    if (from > 0) report("text-prepended", {hunk.a_from, hunk.a_from, hunk.b_from, first + (shared_first ? 1 : 0)});
    if (to < now.size()) report("footer-appended", appended(hunk, last - (shared_last ? 1 : 0)));
    if (kept.changed)
      report("body-changed", {hunk.a_from, hunk.a_to, first, last});
    else if (rewrapped(before, now, from))
      report("lines-rewrapped", {hunk.a_from, hunk.a_to, first, last});
  }

  /// Empty lines that were there before are no part of what was added after them.
  [[nodiscard]] Hunk appended(const Hunk& hunk, std::size_t from) const {
    auto place = hunk.a_to;
    while (place < a_.lines.size() && from < hunk.b_to && a_.keys[place].empty() && b_.keys[from].empty())
      ++place, ++from;
    return {place, place, from, hunk.b_to};
  }

  static bool rewrapped(const std::vector<Word>& before, const std::vector<Word>& now, std::size_t at) {
    for (std::size_t i = 1; i < before.size(); ++i)
      if (before[i].line - before[i - 1].line != now[at + i].line - now[at + i - 1].line) return true;
    return false;
  }

  // ---- what is found ----

  struct Open {
    Mutation mutation;
    DiffText diff;
  };

  /// The mutation of that kind, its ranges grown by these lines. Additions are named each by itself: a footer in the
  /// plain text and one in the HTML are two.
  Open& open(const std::string& kind, const Hunk& lines) {
    const auto sent = byte_range(a_.offset(lines.a_from), a_.offset(lines.a_to));
    const auto received = byte_range(b_.offset(lines.b_from), b_.offset(lines.b_to));
    const bool addition = (kind == "footer-appended" || kind == "text-prepended") && open_.size() < max_additions;
    const auto same_kind = std::ranges::find(open_, kind, [](const Open& one) { return one.mutation.kind; });
    if (same_kind == open_.end() || addition) {
      const auto blanks = kind.contains("white-space") ? Blanks::shown : Blanks::as_they_are;
      return open_.emplace_back(Open{{kind, "body", sent, received, {}}, DiffText(blanks)});
    }
    auto& [mutation, diff] = *same_kind;
    if (mutation.sent->second != sent.first || mutation.received->second != received.first) diff.gap();
    mutation.sent->second = std::max(mutation.sent->second, sent.second);
    mutation.received->second = std::max(mutation.received->second, received.second);
    return *same_kind;
  }

  void report(const std::string& kind, const Hunk& hunk) {
    auto& diff = open(kind, hunk).diff;
    for (auto i = hunk.a_from - std::min(hunk.a_from, context); i < hunk.a_from; ++i) diff.add(' ', shown(a_, i));
    if (hunk.a_to - hunk.a_from == hunk.b_to - hunk.b_from) {
      for (std::size_t i = 0; i < hunk.a_to - hunk.a_from && !diff.full(); ++i)
        diff.change(shown(a_, hunk.a_from + i), shown(b_, hunk.b_from + i));
    } else {
      for (auto i = hunk.a_from; i < hunk.a_to && !diff.full(); ++i) diff.add('-', shown(a_, i));
      for (auto j = hunk.b_from; j < hunk.b_to && !diff.full(); ++j) diff.add('+', shown(b_, j));
    }
    for (auto i = hunk.a_to; i < std::min(hunk.a_to + context, a_.significant); ++i) diff.add(' ', shown(a_, i));
  }

  [[nodiscard]] std::string_view shown(const Text& text, std::size_t at) const {
    return canon_ == Canon::relaxed ? text.keys[at] : text.lines[at].text;
  }

  /// Too many lines to name the change: where the first and the last differing byte are.
  [[nodiscard]] std::vector<Mutation> whole() const {
    const auto a = sent_.body, b = received_.body;
    const auto shorter = std::min(a.size(), b.size());
    const auto before = static_cast<std::size_t>(std::ranges::mismatch(a, b).in1 - a.begin());
    std::size_t after = 0;
    while (after < shorter - before && a[a.size() - 1 - after] == b[b.size() - 1 - after]) ++after;
    const auto sent = byte_range(before, a.size() - after), received = byte_range(before, b.size() - after);
    if (before == a.size()) return {{"footer-appended", "body", sent, received, {}}};
    return {{"body-changed", "body", sent, received, {}}};
  }

  const Message &sent_, &received_;
  Canon canon_;
  TextStore store_;
  Text a_, b_;
  std::vector<Open> open_;  // in the order of the body
  std::vector<Mutation> found_;
};

}  // namespace

std::vector<Mutation> body_mutations(const Message& sent, const Message& received, Canon canon) {
  return BodyComparer(sent, received, canon).run();
}

}  // namespace mailprobe::auth
