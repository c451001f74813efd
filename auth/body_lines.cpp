#include "auth/body_lines.h"

#include <algorithm>
#include <optional>
#include <span>

#include "auth/charset.h"
#include "auth/diff_text.h"
#include "base/text.h"

namespace mailprobe::auth {

namespace {

constexpr std::size_t max_lines = 1'000'000;  // a body of 10 MB in lines of 76 has 130,000
constexpr std::size_t max_renamed = 32;       // boundaries; each line of structure is searched for each

/// Of identical bytes the charset's name is the header's change, unless that header is in the body.
bool other_charset(const MimeContent& a, std::string_view sent, const MimeContent& b, std::string_view received) {
  if (a.charset.empty() || b.charset.empty() || a.charset == b.charset) return false;
  return (a.nested && b.nested) || a.bytes.of(sent) != b.bytes.of(received);
}

/// A content in whose place the other body has the same in another dress.
bool recoded(const MimeContent& a, std::string_view sent, const MimeContent& b, std::string_view received) {
  const bool raw_equal = a.bytes.of(sent) == b.bytes.of(received);
  if (a.encoding != b.encoding) return !raw_equal || (a.nested && b.nested);
  return a.encoding != TransferEncoding::identity && !raw_equal;
}

struct Side {
  const Message& message;
  MimeMap map;
  std::vector<Span> contents;  // of each, its lines
};

class Comparer {
 public:
  Comparer(const Message& sent, const Message& received, ComparableBodies& out)
      : sent_{sent, map_mime(sent), {}}, received_{received, map_mime(received), {}}, out_(out) {}

  void run() {
    const auto pairs = std::min(sent_.map.contents.size(), received_.map.contents.size());
    for (std::size_t i = 0; i < pairs; ++i) {
      const auto &a = sent_.map.contents[i], &b = received_.map.contents[i];
      const auto sent = sent_.message.body, received = received_.message.body;
      decode_.push_back(recoded(a, sent, b, received));
      convert_.push_back(other_charset(a, sent, b, received));
    }
    renamed_ = sent_.map.boundaries.size() <= max_renamed &&
               sent_.map.boundaries.size() == received_.map.boundaries.size() &&
               sent_.map.boundaries != received_.map.boundaries;
    cut(sent_, out_.sent);
    cut(received_, out_.received);
    if (renamed_) name_boundaries();
    for (std::size_t i = 0; i < pairs; ++i) {
      if (decode_[i]) name_encoding(i);
      if (convert_[i]) name_content("charset-changed", i);
    }
    out_.sent_delimiters = std::move(sent_.map.delimiters);
    out_.received_delimiters = std::move(received_.map.delimiters);
  }

 private:
  void cut(Side& side, std::vector<TextLine>& lines) {
    const auto& contents = side.map.contents;
    std::size_t at = 0;
    for (std::size_t i = 0; i < contents.size(); ++i) {
      append_structure(side, lines, {at, contents[i].bytes.from});
      const auto number = static_cast<std::uint32_t>(i + 1);
      const auto first = lines.size();
      if (i < decode_.size() && decode_[i])
        append_decoded(lines, out_.store, side.message.body, contents[i], number);
      else
        append_plain(lines, side.message.body, contents[i].bytes, number);
      if (i < convert_.size() && convert_[i])
        for (auto at_line = first; at_line < lines.size(); ++at_line)
          lines[at_line].text = as_utf8(lines[at_line].text, contents[i].charset, out_.store);
      side.contents.push_back({first, lines.size()});
      at = contents[i].bytes.to;
    }
    append_structure(side, lines, {at, side.message.body.size()});
  }

  void append_structure(const Side& side, std::vector<TextLine>& lines, Span bytes) {
    const auto before = lines.size();
    append_plain(lines, side.message.body, bytes, 0);
    if (std::ranges::find(decode_, true) != decode_.end()) drop_fields(side.map.encoding_fields, lines, before);
    if (std::ranges::find(convert_, true) != convert_.end()) drop_fields(side.map.type_fields, lines, before);
    if (!renamed_ || &side == &sent_) return;
    for (auto i = before; i < lines.size(); ++i) rename(lines[i]);
  }

  /// The change of encoding or charset is named by itself; the part's field that says it is no second change.
  static void drop_fields(const std::vector<Span>& fields, std::vector<TextLine>& lines, std::size_t from) {
    const auto says_it = [&](const TextLine& line) {
      const auto field = std::ranges::upper_bound(fields, line.from, {}, &Span::from);
      return field != fields.begin() && line.from < std::prev(field)->to;
    };
    const auto kept = std::remove_if(lines.begin() + static_cast<std::ptrdiff_t>(from), lines.end(), says_it);
    lines.erase(kept, lines.end());
  }

  /// The received line under the name that the boundary had when it was sent.
  void rename(TextLine& line) {
    if (!line.text.contains("--") && ifind(line.text, "boundary") == std::string_view::npos) return;
    for (std::size_t i = 0; i < received_.map.boundaries.size(); ++i) {
      const auto& now = received_.map.boundaries[i];
      const auto at = line.text.find(now);
      if (at == std::string_view::npos) continue;
      const auto replaced = std::string(line.text.substr(0, at)) + sent_.map.boundaries[i];
      line.text = out_.store.emplace_back(replaced + std::string(line.text.substr(at + now.size())));
      return;
    }
  }

  static std::optional<Span> first_delimiter(const Side& side, const std::string& boundary) {
    const auto body = side.message.body;
    const auto line = "--" + boundary;
    for (auto at = body.find(line); at != std::string_view::npos; at = body.find(line, at + 1))
      if (at == 0 || body[at - 1] == '\n') return Span{at, at + line.size()};
    return std::nullopt;
  }

  void name_boundaries() {
    Mutation mutation{"mime-boundary-changed", "body", {}, {}, {}};
    DiffText diff;
    for (std::size_t i = 0; i < sent_.map.boundaries.size() && !diff.full(); ++i) {
      const auto &before = sent_.map.boundaries[i], &now = received_.map.boundaries[i];
      if (before == now) continue;
      const auto a = first_delimiter(sent_, before), b = first_delimiter(received_, now);
      if (a && b && !mutation.sent) {
        mutation.sent = byte_range(a->from, a->to);
        mutation.received = byte_range(b->from, b->to);
      }
      diff.change("--" + before, "--" + now);
    }
    mutation.diff = diff.text();
    out_.named.push_back(std::move(mutation));
  }

  /// The first few raw lines that differ show what became of the text.
  static std::string raw_diff(std::string_view sent, std::string_view received) {
    std::vector<TextLine> before, now;
    append_plain(before, sent, {0, std::min<std::size_t>(sent.size(), 64UL * 1024)}, 0);
    append_plain(now, received, {0, std::min<std::size_t>(received.size(), 64UL * 1024)}, 0);
    return first_difference(before, now);
  }

  /// Of one encoding on both sides it is a change of dress only where the decoded text is the same.
  void name_encoding(std::size_t i) {
    const auto &a = sent_.map.contents[i], &b = received_.map.contents[i];
    std::string kind = "transfer-encoding-changed";
    if (a.encoding == b.encoding) {
      if (convert_[i] || !same_text(i)) return;
      if (a.encoding == TransferEncoding::base64) kind = "lines-rewrapped";
    }
    name_content(std::move(kind), i);
  }

  void name_content(std::string kind, std::size_t i) {
    const auto a = sent_.map.contents[i].bytes, b = received_.map.contents[i].bytes;
    out_.named.push_back({std::move(kind), "body", byte_range(a.from, a.to), byte_range(b.from, b.to),
                          raw_diff(a.of(sent_.message.body), b.of(received_.message.body))});
  }

  [[nodiscard]] bool same_text(std::size_t i) const {
    const auto a = lines_of(out_.sent, sent_.contents[i]), b = lines_of(out_.received, received_.contents[i]);
    return std::ranges::equal(a, b, {}, &TextLine::text, &TextLine::text);
  }

  static std::span<const TextLine> lines_of(const std::vector<TextLine>& lines, Span content) {
    return std::span(lines).subspan(content.from, content.to - content.from);
  }

  Side sent_, received_;
  ComparableBodies& out_;
  std::vector<bool> decode_, convert_;  // of each pair of contents
  bool renamed_ = false;
};

std::size_t line_count(std::string_view body) {
  std::size_t count = 1;
  for (std::size_t i = 0; i < body.size(); ++i)
    count += static_cast<std::size_t>(body[i] == '\n' || (body[i] == '\r' && body.substr(i + 1, 1) != "\n"));
  return count;
}

}  // namespace

bool make_comparable(const Message& sent, const Message& received, ComparableBodies& out) {
  if (std::max(line_count(sent.body), line_count(received.body)) > max_lines) return false;
  Comparer(sent, received, out).run();
  return true;
}

}  // namespace mailprobe::auth
