#include <algorithm>
#include <array>
#include <charconv>

#include <boost/json.hpp>

#include "base/safe_text.h"
#include "evidence/json.h"
#include "evidence/json_mechanism_fields.h"
#include "evidence/policy_names.h"

namespace mailprobe::evidence {

namespace json = boost::json;

namespace {

constexpr std::size_t usual_size = 16'384;  // of a document of `inspect`; it grows

/// Plain data as JSON text, without a tree of values in between: a document is written as often as it is made.
class Text {
 public:
  explicit Text(std::size_t size = 0) { out_.reserve(size); }
  void write(bool value) { out_ += value ? "true" : "false"; }
  void write(int value) { number(value); }
  void write(std::int64_t value) { number(value); }
  void write(double value) { out_ += json::serialize(json::value(value)); }
  void write(Time time) { write(rfc3339(time)); }
  void write(const std::string& text);
  void write(const auth::ByteRange& range);
  void write(const std::vector<std::pair<std::string, std::string>>& properties);
  void write(const std::map<std::string, std::optional<std::string>>& policies);
  template <Worded E>
  void write(E value) {
    quoted(word(value));
  }
  template <class T>
  void write(const std::optional<T>& value);
  template <class T>
  void write(const std::vector<T>& values);
  template <class T>
    requires std::is_class_v<T>
  void write(const T& value);

  /// What comes next in the array or object that is open; its first has no comma.
  void next();
  void name(std::string_view name);
  void raw(std::string_view text) { out_ += text; }
  std::string take() { return std::move(out_); }

 private:
  void number(std::int64_t value);
  void quoted(std::string_view text);

  std::string out_;
  json::serializer strings_;
};

class Members {
 public:
  explicit Members(Text& text) : text_(text) {}
  template <class T>
  void operator()(std::string_view name, const T& value) {
    text_.name(name);
    text_.write(value);
  }
  template <class T>
  void known(std::string_view name, const T& value) {
    if (value == T{})
      null(name);
    else
      (*this)(name, value);
  }
  template <class T>
  void later(std::string_view name, const T& value) {
    (*this)(name, value);
  }
  void null(std::string_view name) {
    text_.name(name);
    text_.raw("null");
  }

 private:
  Text& text_;
};

void Text::next() {
  if (!out_.ends_with('[') && !out_.ends_with('{')) out_ += ',';
}

/// Of the format's own names, none of which needs escaping.
void Text::name(std::string_view name) {
  next();
  out_.append("\"").append(name).append("\":");
}

void Text::number(std::int64_t value) {
  std::array<char, 24> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  out_.append(digits.data(), end);
}

/// Nearly all of it is.
bool plain(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= 0x20 && c != '"' && c != '\\' && c != 0x7f; });
}

void Text::write(const std::string& text) {
  if (plain(text))
    out_.append("\"").append(text).append("\"");
  else
    quoted(valid_utf8(text));
}

void Text::quoted(std::string_view text) {
  std::array<char, 1024> piece{};
  for (strings_.reset(json::string_view(text)); !strings_.done();) out_ += strings_.read(piece.data(), piece.size());
}

void Text::write(const auth::ByteRange& range) {
  out_ += '[';
  number(range.first);
  out_ += ',';
  number(range.second);
  out_ += ']';
}

/// An object in the order of the field; where a name comes again its values are an array.
void Text::write(const std::vector<std::pair<std::string, std::string>>& properties) {
  json::object out;
  for (const auto& [name, text] : properties) {
    auto& member = out[valid_utf8(name)];
    json::value value = json::string(valid_utf8(text));
    if (member.is_null())
      member = std::move(value);
    else if (member.is_string())
      member = json::array{member, std::move(value)};
    else
      member.as_array().push_back(std::move(value));
  }
  out_ += json::serialize(out);
}

/// Null is unknown, empty is that there is none: docs/evidence.md.
void Text::write(const std::map<std::string, std::optional<std::string>>& policies) {
  json::object out;
  for (const auto name : policy_names) out.emplace(name, nullptr);
  for (const auto& [name, record] : policies) out[valid_utf8(name)] = valid_utf8(record.value_or(""));
  out_ += json::serialize(out);
}

template <class T>
void Text::write(const std::optional<T>& value) {
  if (value)
    write(*value);
  else
    raw("null");
}

template <class T>
void Text::write(const std::vector<T>& values) {
  out_ += '[';
  for (const auto& value : values) {
    next();
    write(value);
  }
  out_ += ']';
}

template <class T>
  requires std::is_class_v<T>
void Text::write(const T& value) {
  out_ += '{';
  Members members(*this);
  fields(members, value);
  out_ += '}';
}

template <class T>
std::string text_of(const T& value) {
  Text text(usual_size);
  text.write(value);
  return text.take();
}

}  // namespace

std::string to_json(const Document& document) { return text_of(document); }
std::string to_json(const TlsSurvey& survey) { return text_of(survey); }
std::string to_json(const Session& session) { return text_of(session); }
std::string to_json(const Reply& reply) { return text_of(reply); }
std::string to_json(const Reflection& reflection) { return text_of(reflection); }

std::string to_json(const Comparison& comparison, const Run& later) {
  Text text;
  Members members(text);
  text.raw("{");
  members("schema", std::string("mailprobe-diff/1"));
  members("run", later);
  members("comparison", comparison);
  text.raw("}");
  return text.take();
}

std::string to_json(const std::optional<auth::Spf>& spf, const std::vector<auth::Dkim>& dkim,
                    const std::optional<auth::Arc>& arc, const auth::Dmarc& dmarc) {
  Text text;
  Members members(text);
  text.raw("{");
  members("spf", spf);
  members("dkim", dkim);
  members("arc", arc);
  members("dmarc", dmarc);
  text.raw("}");
  return text.take();
}

}  // namespace mailprobe::evidence
