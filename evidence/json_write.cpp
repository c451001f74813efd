#include <boost/json.hpp>

#include "base/safe_text.h"
#include "evidence/json.h"
#include "evidence/json_mechanism_fields.h"
#include "evidence/policy_names.h"

namespace mailprobe::evidence {

namespace json = boost::json;

namespace {

json::value write(bool value) { return value; }
json::value write(int value) { return value; }
json::value write(std::int64_t value) { return value; }
json::value write(double value) { return value; }
json::value write(Time time) { return json::string(rfc3339(time)); }
json::value write(const std::string& text) { return json::string(valid_utf8(text)); }
template <Worded E>
json::value write(E value) {
  return json::string(word(value));
}
template <class T>
json::value write(const std::optional<T>& value);
template <class T>
json::value write(const std::vector<T>& values);
json::value write(const auth::ByteRange& range) { return json::array{range.first, range.second}; }
json::value write(const std::vector<std::pair<std::string, std::string>>& properties);
json::value write(const std::map<std::string, std::optional<std::string>>& policies);
template <class T>
  requires std::is_class_v<T>
json::value write(const T& value);

class Writer {
 public:
  explicit Writer(json::object& into) : into_(into) {}
  template <class T>
  void operator()(std::string_view name, const T& value) {
    into_.emplace(name, write(value));
  }
  template <class T>
  void known(std::string_view name, const T& value) {
    into_.emplace(name, value == T{} ? json::value(nullptr) : write(value));
  }
  template <class T>
  void later(std::string_view name, const T& value) {
    (*this)(name, value);
  }
  void null(std::string_view name) { into_.emplace(name, nullptr); }
  void empty(std::string_view name) { into_.emplace(name, json::array()); }

 private:
  json::object& into_;
};

template <class T>
json::value write(const std::optional<T>& value) {
  return value ? write(*value) : json::value(nullptr);
}

template <class T>
json::value write(const std::vector<T>& values) {
  json::array out;
  out.reserve(values.size());
  for (const auto& value : values) out.push_back(write(value));
  return out;
}

/// An object in the order of the field; where a name comes again its values are an array.
json::value write(const std::vector<std::pair<std::string, std::string>>& properties) {
  json::object out;
  for (const auto& [name, value] : properties) {
    auto& member = out[valid_utf8(name)];
    if (member.is_null())
      member = write(value);
    else if (member.is_string())
      member = json::array{member, write(value)};
    else
      member.as_array().push_back(write(value));
  }
  return out;
}

/// Null is unknown, empty is that there is none: docs/evidence.md.
json::value write(const std::map<std::string, std::optional<std::string>>& policies) {
  json::object out;
  for (const auto name : policy_names) out.emplace(name, nullptr);
  for (const auto& [name, record] : policies) out[valid_utf8(name)] = write(record.value_or(""));
  return out;
}

template <class T>
  requires std::is_class_v<T>
json::value write(const T& value) {
  json::object out;
  Writer writer(out);
  fields(writer, value);
  return out;
}

}  // namespace

std::string to_json(const Document& document) { return json::serialize(write(document)); }
std::string to_json(const TlsSurvey& survey) { return json::serialize(write(survey)); }

std::string to_json(const Session& session) { return json::serialize(write(session)); }
std::string to_json(const Reply& reply) { return json::serialize(write(reply)); }
std::string to_json(const Reflection& reflection) { return json::serialize(write(reflection)); }

std::string to_json(const std::optional<auth::Spf>& spf, const std::vector<auth::Dkim>& dkim,
                    const std::optional<auth::Arc>& arc, const auth::Dmarc& dmarc) {
  json::object out;
  Writer writer(out);
  writer("spf", spf);
  writer("dkim", dkim);
  writer("arc", arc);
  writer("dmarc", dmarc);
  return json::serialize(out);
}

}  // namespace mailprobe::evidence
