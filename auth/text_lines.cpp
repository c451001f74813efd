#include "auth/text_lines.h"

#include <algorithm>
#include <optional>

#include "auth/diff_text.h"
#include "base/encoding.h"
#include "base/text.h"

namespace mailprobe::auth {

namespace {

constexpr auto npos = std::string_view::npos;

bool wsp(char c) { return c == ' ' || c == '\t'; }

std::string_view without_trailing_space(std::string_view text) {
  while (!text.empty() && wsp(text.back())) text.remove_suffix(1);
  return text;
}

/// One raw line of quoted-printable onto `out`; true: a soft line break, the text goes on (RFC 2045 §6.7).
bool decode_quoted(std::string_view raw, std::string& out) {
  raw = without_trailing_space(raw);  // rule 3: it was added in transport
  const bool soft = raw.ends_with('=');
  if (soft) raw.remove_suffix(1);
  for (std::size_t i = 0; i < raw.size(); ++i) {
    const auto octet = raw[i] == '=' ? from_hex(raw.substr(i + 1, 2)) : std::nullopt;
    if (octet && octet->size() == 1) {
      out += *octet;
      i += 2;
    } else {
      out += raw[i];
    }
  }
  return soft;
}

/// Lines of a decoded text whose raw positions are known octet by octet.
class LineCutter {
 public:
  LineCutter(std::vector<TextLine>& lines, TextStore& store, std::uint32_t content)
      : lines_(lines), store_(store), content_(content) {}

  void add(char octet, std::size_t raw_from, std::size_t raw_to) {
    if (text_.empty()) from_ = std::max(raw_from, to_);
    text_ += octet;
    to_ = raw_to;
    if (octet == '\n') finish();
  }

  void finish() {
    if (text_.empty()) return;
    std::string_view text = store_.emplace_back(std::move(text_));
    if (text.ends_with('\n')) text.remove_suffix(1);
    if (text.ends_with('\r')) text.remove_suffix(1);
    lines_.push_back({text, from_, to_, content_, true});
    text_.clear();
  }

  /// Raw bytes that decode to nothing belong to the last line.
  void end(std::size_t raw_to) {
    finish();
    if (!lines_.empty() && lines_.back().content == content_) lines_.back().to = raw_to;
  }

 private:
  std::vector<TextLine>& lines_;
  TextStore& store_;
  std::uint32_t content_;
  std::string text_;
  std::size_t from_ = 0, to_ = 0;
};

void append_quoted(std::vector<TextLine>& lines, TextStore& store, std::string_view body, Span bytes,
                   std::uint32_t content) {
  std::vector<TextLine> raw;
  append_plain(raw, body, bytes, content);
  std::string text;
  std::size_t from = bytes.from;
  for (std::size_t i = 0; i < raw.size(); ++i) {
    if (decode_quoted(raw[i].text, text) && i + 1 < raw.size()) continue;
    lines.push_back({store.emplace_back(std::move(text)), from, raw[i].to, content, true});
    text.clear();
    from = raw[i].to;
  }
}

int base64_value(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (is_digit(c)) return c - '0' + 52;
  return c == '+' ? 62 : c == '/' ? 63 : -1;
}

void append_base64(std::vector<TextLine>& lines, TextStore& store, std::string_view body, Span bytes,
                   std::uint32_t content) {
  LineCutter cutter(lines, store, content);
  unsigned value = 0, bits = 0;
  std::size_t group = bytes.from;  // where the octet in the making begins
  for (auto at = bytes.from; at < bytes.to; ++at) {
    const int six = base64_value(body[at]);
    if (six < 0) continue;  // RFC 2045 §6.8: other characters are ignored
    if (bits == 0) group = at;
    value = (value << 6U | static_cast<unsigned>(six)) & 0xffffU;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    cutter.add(static_cast<char>(value >> bits & 0xffU), group, at + 1);
    group = at;
  }
  cutter.end(bytes.to);
}

}  // namespace

void append_plain(std::vector<TextLine>& lines, std::string_view body, Span bytes, std::uint32_t content) {
  for (auto at = bytes.from; at < bytes.to;) {
    const auto [end, next] = line_end(body.substr(0, bytes.to), at);
    lines.push_back({body.substr(at, end - at), at, next, content, false, body.substr(end, next - end)});
    at = next;
  }
}

void append_decoded(std::vector<TextLine>& lines, TextStore& store, std::string_view body, const MimeContent& part,
                    std::uint32_t content) {
  if (part.encoding == TransferEncoding::quoted_printable)
    return append_quoted(lines, store, body, part.bytes, content);
  if (part.encoding == TransferEncoding::base64) return append_base64(lines, store, body, part.bytes, content);
  append_plain(lines, body, part.bytes, content);
}

std::string first_difference(std::span<const TextLine> before, std::span<const TextLine> now) {
  constexpr std::size_t shown = 3;
  const auto [a, b] = std::ranges::mismatch(before, now, {}, &TextLine::text, &TextLine::text);
  const std::span rest_before(a, before.end()), rest_now(b, now.end());
  DiffText diff;
  for (const auto& line : rest_before.first(std::min(shown, rest_before.size()))) diff.add('-', line.text);
  for (const auto& line : rest_now.first(std::min(shown, rest_now.size()))) diff.add('+', line.text);
  if (std::max(rest_before.size(), rest_now.size()) > shown) diff.gap();
  return diff.text();
}

std::string_view reduced(std::string_view line, TextStore& store) {
  line = without_trailing_space(line);
  bool same = line.find('\t') == npos;
  for (auto at = line.find(' '); same && at != npos && at + 1 < line.size(); at = line.find(' ', at + 1))
    same = line[at + 1] != ' ';
  if (same) return line;
  std::string out;
  for (const char c : line)
    if (!wsp(c))
      out += c;
    else if (out.empty() || out.back() != ' ')
      out += ' ';
  return store.emplace_back(std::move(out));
}

}  // namespace mailprobe::auth
