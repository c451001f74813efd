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

// parameter := attribute "=" value ; value := token / quoted-string (RFC 2045 §5.1)
std::string boundary_of(std::string_view content_type) {
  const auto text = unfold(content_type);
  for (auto at = text.find(';'); at != std::string::npos; at = text.find(';', at + 1)) {
    const auto rest = trim(std::string_view(text).substr(at + 1));
    const auto equals = rest.find('=');
    if (equals == std::string_view::npos || !iequals(trim(rest.substr(0, equals)), "boundary")) continue;
    const auto value = trim(rest.substr(equals + 1));
    if (value.starts_with('"')) return std::string(value.substr(1, value.find('"', 1) - 1));
    return std::string(value.substr(0, value.find_first_of("; \t(")));
  }
  return {};
}

class Mapper {
 public:
  explicit Mapper(std::string_view body) : body_(body) {}

  MimeMap run(const Message& message) {
    enter(message, 0, false);
    for (std::size_t at = 0; at < body_.size();) {
      const auto end = std::min(body_.find("\r\n", at), body_.size());
      const auto next = std::min(end + 2, body_.size());
      line(body_.substr(at, end - at), {at, next});
      at = next;
    }
    leave(body_.size());
    return std::move(map_);
  }

 private:
  enum class State { structure, header, content };

  /// What a header announces begins at `at`.
  void enter(const Message& header, std::size_t at, bool nested) {
    const auto* field = header.first("Content-Type");
    const auto type = field ? trim(field->value) : std::string_view{};
    state_ = State::structure;
    if (map_.contents.size() >= max_parts) return;
    if (istarts_with(type, "multipart/") && open_.size() < max_open) {
      if (auto boundary = boundary_of(type); !boundary.empty()) {
        map_.boundaries.push_back(boundary);
        return open_.push_back(std::move(boundary));
      }
    }
    const auto encoding = encoding_of(header);
    if (istarts_with(type, "message/rfc822") && encoding == TransferEncoding::identity) return begin_header(at);
    state_ = State::content;
    map_.contents.push_back({{at, at}, encoding, nested});
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
    const auto header = split_message(body_.substr(header_from_, where.from - header_from_));
    if (const auto* field = header.first("Content-Transfer-Encoding"))
      map_.encoding_fields.push_back({offset(field->raw), offset(field->raw) + field->raw.size()});
    enter(header, where.to, true);
  }

  // delimiter := CRLF "--" boundary ; close-delimiter := delimiter "--" (RFC 2046 §5.1.1)
  bool delimiter(std::string_view text, Span where) {
    if (!text.starts_with("--")) return false;
    const auto rest = trim(text.substr(2));
    for (auto i = open_.size(); i-- > 0;) {
      const bool closing = rest.size() == open_[i].size() + 2 && rest.ends_with("--") && rest.starts_with(open_[i]);
      if (!closing && rest != open_[i]) continue;
      leave(where.from);
      open_.resize(closing ? i : i + 1);  // inner ones end with it
      if (!closing) begin_header(where.to);
      return true;
    }
    return false;
  }

  [[nodiscard]] std::size_t offset(std::string_view piece) const {
    return static_cast<std::size_t>(piece.data() - body_.data());
  }

  std::string_view body_;
  MimeMap map_;
  std::vector<std::string> open_;
  State state_ = State::structure;
  std::size_t header_from_ = 0;
};

}  // namespace

MimeMap map_mime(const Message& message) { return Mapper(message.body).run(message); }

}  // namespace mailprobe::auth
