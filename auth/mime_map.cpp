#include "auth/mime_map.h"

#include "base/text.h"

namespace mailprobe::auth {

namespace {

constexpr std::size_t max_open = 20, max_parts = 1000;  // what lies deeper, or later, is part of what surrounds it

TransferEncoding encoding_of(const Message& header) {
  const auto* field = header.first("Content-Transfer-Encoding");
  if (field && iequals(trim(field->value), "quoted-printable")) return TransferEncoding::quoted_printable;
  if (field && iequals(trim(field->value), "base64")) return TransferEncoding::base64;
  return TransferEncoding::identity;
}

std::string charset_of(std::string_view content_type) {
  if (!content_type.empty() && !istarts_with(content_type, "text/")) return {};
  auto charset = to_lower(mime_parameter(content_type, "charset"));
  return charset.empty() ? "us-ascii" : charset;
}

class Mapper {
 public:
  explicit Mapper(std::string_view body) : body_(body) {}

  MimeMap run(const Message& message) {
    enter(message, {});
    for (std::size_t at = 0; at < body_.size();) {
      const auto [end, next] = line_end(body_, at);
      line(body_.substr(at, end - at), {at, next});
      at = next;
    }
    leave(body_.size());
    return std::move(map_);
  }

 private:
  enum class State { structure, header, content };

  /// A header of a part, in the body, and where what it announces begins; the message's own is not there.
  struct PartHeader {
    Span bytes, encoding_field;
    std::size_t next = 0;
    bool nested = false;
  };

  void enter(const Message& header, const PartHeader& where) {
    const auto* field = header.first("Content-Type");
    const auto type = field ? trim(field->value) : std::string_view{};
    state_ = State::structure;
    if (map_.contents.size() >= max_parts) return;
    if (istarts_with(type, "multipart/") && open_.size() < max_open) {
      if (auto boundary = mime_parameter(type, "boundary"); !boundary.empty()) {
        map_.boundaries.push_back(boundary);
        return open_.push_back(std::move(boundary));
      }
    }
    const auto encoding = encoding_of(header);
    if (istarts_with(type, "message/rfc822") && encoding == TransferEncoding::identity) return begin_header(where.next);
    state_ = State::content;
    map_.contents.push_back(
        {{where.next, where.next}, encoding, where.nested, charset_of(type), where.bytes, where.encoding_field});
  }

  void leave(std::size_t at) {
    if (state_ == State::content) map_.contents.back().bytes.to = at;
    state_ = State::structure;
  }

  void begin_header(std::size_t at) {
    state_ = State::header;
    header_from_ = at;
  }

  void line(std::string_view text, Span where) {
    if (delimiter(text, where)) return;
    if (state_ != State::header || !text.empty()) return;
    PartHeader part{{header_from_, where.from}, {}, where.to, true};
    const auto header = split_message(part.bytes.of(body_));
    if (const auto* field = header.first("Content-Transfer-Encoding"))
      map_.encoding_fields.push_back(part.encoding_field = span(field->raw));
    if (const auto* field = header.first("Content-Type")) map_.type_fields.push_back(span(field->raw));
    enter(header, part);
  }

  // delimiter := CRLF "--" boundary ; close-delimiter := delimiter "--" (RFC 2046 §5.1.1)
  bool delimiter(std::string_view text, Span where) {
    if (!text.starts_with("--")) return false;
    const auto rest = trim(text.substr(2));
    for (auto i = open_.size(); i-- > 0;) {
      const bool closing = rest.size() == open_[i].size() + 2 && rest.ends_with("--") && rest.starts_with(open_[i]);
      if (!closing && rest != open_[i]) continue;
      leave(where.from);
      map_.delimiters.push_back(where.from);
      open_.resize(closing ? i : i + 1);  // inner ones end with it
      if (!closing) begin_header(where.to);
      return true;
    }
    return false;
  }

  [[nodiscard]] Span span(std::string_view piece) const {
    const auto from = static_cast<std::size_t>(piece.data() - body_.data());
    return {from, from + piece.size()};
  }

  std::string_view body_;
  MimeMap map_;
  std::vector<std::string> open_;
  State state_ = State::structure;
  std::size_t header_from_ = 0;
};

}  // namespace

// parameter := attribute "=" value ; value := token / quoted-string (RFC 2045 §5.1)
std::string mime_parameter(std::string_view content_type, std::string_view name) {
  const auto text = unfold(content_type);
  for (auto at = text.find(';'); at != std::string::npos; at = text.find(';', at + 1)) {
    const auto rest = trim(std::string_view(text).substr(at + 1));
    const auto equals = rest.find('=');
    if (equals == std::string_view::npos || !iequals(trim(rest.substr(0, equals)), name)) continue;
    const auto value = trim(rest.substr(equals + 1));
    if (value.starts_with('"')) return std::string(value.substr(1, value.find('"', 1) - 1));
    return std::string(value.substr(0, value.find_first_of("; \t(")));
  }
  return {};
}

LineEnd line_end(std::string_view text, std::size_t at) {
  const auto lf = std::min(text.find('\n', at), text.size());
  const auto cr = text.substr(at, lf - at).find('\r');
  if (cr == std::string_view::npos) return {lf, std::min(lf + 1, text.size())};
  const bool both = at + cr + 1 == lf && lf < text.size();
  return {at + cr, at + cr + (both ? 2 : 1)};
}

MimeMap map_mime(const Message& message) { return Mapper(message.body).run(message); }

}  // namespace mailprobe::auth
