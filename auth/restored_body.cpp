#include "auth/restored_body.h"

#include <algorithm>
#include <array>

// What a hop does that may not pass 8bit on (RFC 6152 §3): it encodes the parts that need it, and writes their
// Content-Transfer-Encoding anew. A part's header is in the body, so that it was signed with it: what the field said,
// and where in the header it stood, has to be guessed too. Postfix puts the new one last.

namespace mailprobe::auth {

namespace {

constexpr std::size_t most_candidates = 8;          // parts
constexpr std::size_t all_choices = 4;              // of so many parts every choice is a guess
constexpr std::size_t most_guesses = 48;            // each is a hash of the body
constexpr std::size_t most_decoded = 256UL * 1024;  // bytes of all candidates; a text of empty lines is as many lines
constexpr std::ptrdiff_t most_lines = 60'000;       // of the body
constexpr auto same_place = static_cast<std::size_t>(-1);

/// How a part's Content-Transfer-Encoding may have looked; an empty word: there was none.
struct Dress {
  std::string_view eight_bit, seven_bit;
  std::size_t place = same_place;  // among the fields of the part's header
};
constexpr std::array<Dress, 9> dresses{{
    {"8bit", "7bit", same_place},
    {"8bit", "7bit", 0},
    {"8bit", "7bit", 1},
    {"8bit", "7bit", 2},
    {"8bit", "", same_place},
    {"8BIT", "7BIT", same_place},
    {"8BIT", "7BIT", 0},
    {"8BIT", "7BIT", 1},
    {"8BIT", "7BIT", 2},
}};

bool has_eight_bit(std::string_view text) {
  return std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) > 127; });
}

/// An attachment is base64 from the beginning; quoted-printable is made of what is nearly text.
bool may_be_recoded(const MimeContent& content) {
  return content.encoding == TransferEncoding::quoted_printable ||
         (content.encoding == TransferEncoding::base64 && !content.charset.empty());
}

}  // namespace

RestoredBodies::RestoredBodies(const Message& message) : body_(message.body), map_(map_mime(message)) {
  if (std::ranges::count(body_, '\n') + std::ranges::count(body_, '\r') <= 2 * most_lines) find_candidates();
  if (!candidates_.empty()) make_guesses();
}

void RestoredBodies::find_candidates() {
  std::size_t decoded = 0;
  for (const auto& content : map_.contents) {
    if (!may_be_recoded(content)) continue;
    decoded += content.bytes.to - content.bytes.from;
    if (candidates_.size() == most_candidates || decoded > most_decoded) return;
    auto& part = candidates_.emplace_back();
    part.content = content;
    append_decoded(part.lines, store_, body_, content, 1);
    part.eight_bit = std::ranges::any_of(part.lines, [](const TextLine& line) { return has_eight_bit(line.text); });
  }
}

/// Which of the parts were encoded on the way: first those that had to be.
std::vector<unsigned> RestoredBodies::choices() const {
  const auto count = candidates_.size();
  const auto all = (1U << count) - 1;
  unsigned eight_bit = 0, quoted = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (candidates_[i].eight_bit) eight_bit |= 1U << i;
    if (candidates_[i].content.encoding == TransferEncoding::quoted_printable) quoted |= 1U << i;
  }
  std::vector<unsigned> wanted{eight_bit, eight_bit & quoted, all, quoted};
  for (std::size_t i = 0; i < count; ++i) wanted.push_back(1U << i);
  for (unsigned choice = 1; count <= all_choices && choice < all; ++choice) wanted.push_back(choice);
  std::vector<unsigned> unique;
  for (const auto choice : wanted)
    if (choice != 0 && std::ranges::find(unique, choice) == unique.end()) unique.push_back(choice);
  return unique;
}

void RestoredBodies::make_guesses() {
  const bool nested = std::ranges::any_of(candidates_, [](const Recoded& part) { return part.content.nested; });
  const auto base64 = [&](unsigned choice) {
    for (std::size_t i = 0; i < candidates_.size(); ++i)
      if ((choice >> i & 1U) != 0 && candidates_[i].content.encoding == TransferEncoding::base64) return true;
    return false;
  };
  for (std::size_t dress = 0; dress < (nested ? dresses.size() : 1); ++dress) {
    for (const auto choice : choices()) {
      for (const bool empty_line : {false, true}) {
        if (empty_line && (!nested || !base64(choice))) continue;
        if (guesses_.size() < most_guesses) guesses_.push_back({dress, choice, empty_line});
      }
    }
  }
}

RestoredBody RestoredBodies::guess(std::size_t index) {
  const auto& guess = guesses_[index];
  RestoredBody body;
  std::size_t at = 0;
  for (std::size_t i = 0; i < candidates_.size(); ++i) {
    if ((guess.parts >> i & 1U) == 0) continue;
    const auto& part = candidates_[i];
    const auto& content = part.content;
    if (content.nested) {
      append_plain(body.lines, body_, {at, content.header.from}, 0);
      append_header(body.lines, part, guess.dress);
      append_plain(body.lines, body_, {content.header.to, content.bytes.from}, 0);
    }
    body.lines.insert(body.lines.end(), part.lines.begin(), part.lines.end());
    if (guess.empty_line && content.encoding == TransferEncoding::base64)
      body.lines.push_back({{}, content.bytes.to, content.bytes.to, 1, true, {}});
    body.recoded.push_back(&part);
    at = content.bytes.to;
  }
  append_plain(body.lines, body_, {at, body_.size()}, 0);
  return body;
}

/// The part's header with the Content-Transfer-Encoding that it may have had.
void RestoredBodies::append_header(std::vector<TextLine>& lines, const Recoded& part, std::size_t dress) {
  const auto& [eight_bit, seven_bit, place] = dresses[dress];
  const auto& [from, to] = part.content.encoding_field;
  const auto word = part.eight_bit ? eight_bit : seven_bit;
  const auto add_field = [&] {
    if (word.empty()) return;
    const auto name = body_.substr(from, body_.find(':', from) - from);
    lines.push_back({store_.emplace_back(std::string(name) + ": " + std::string(word)), from, to, 0, true, {}});
  };
  const auto header = split_message(part.content.header.of(body_));
  std::size_t number = 0;  // of fields other than that one
  bool added = false;
  for (const auto& field : header.fields) {
    const auto begin = static_cast<std::size_t>(field.raw.data() - body_.data());
    const bool own = begin == from;
    if (!added && (place == same_place ? own : number == place)) {
      add_field();
      added = true;
    }
    if (own) continue;
    append_plain(lines, body_, {begin, begin + field.raw.size()}, 0);
    ++number;
  }
  if (!added) add_field();
}

}  // namespace mailprobe::auth
