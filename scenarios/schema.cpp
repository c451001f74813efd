#include "scenarios/schema.h"

#include <boost/json.hpp>

#include "base/text.h"
#include "evidence/assess.h"
#include "scenarios/checks.h"
#include "scenarios/format_fields.h"
#include "scenarios/known_paths.h"

namespace mailprobe::scenarios {

namespace {

namespace json = boost::json;

json::object typed(std::string_view type) { return {{"type", json::string(type)}}; }

json::object with_pattern(std::string_view pattern) {
  auto text = typed("string");
  text["pattern"] = json::string(pattern);
  return text;
}

json::object any_of(json::array choices) { return {{"anyOf", std::move(choices)}}; }

/// Wherever a value stands there may be a variable in its place.
json::object or_variable(json::object schema) { return any_of({std::move(schema), with_pattern("\\$\\{")}); }

json::object list_of(json::object items) { return {{"type", "array"}, {"items", std::move(items)}}; }

/// YAML's null is a key without a value, which is the same as no key.
json::object or_null(json::object schema) { return any_of({std::move(schema), typed("null")}); }

char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

/// Of a word every letter in both cases: "[Ff]rom" is no more than an editor can tell.
std::string caseless(std::string_view word) {
  std::string out;
  for (const char c : word) {
    if (is_alpha(c))
      out += std::string{'[', upper(c), lower(c), ']'};
    else
      out += c == '-' || c == '/' || is_digit(c) ? std::string(1, c) : std::string{'\\', c};
  }
  return out;
}

std::string one_of(std::span<const std::string_view> words) {
  std::string out;
  for (const auto word : words) out += (out.empty() ? "" : "|") + caseless(word);
  return "(" + out + ")";
}

json::array array_of(std::span<const std::string_view> words) {
  json::array out;
  for (const auto word : words) out.emplace_back(word);
  return out;
}

/// In quotes too. Of 1 to a power of ten, which all bounds are.
std::string digits_up_to(std::int64_t max) {
  const auto most = std::to_string(max);
  const auto zeros = std::to_string(most.size() - 1);
  return max == 1 ? "^1$" : "^([1-9][0-9]{0," + std::to_string(most.size() - 2) + "}|10{" + zeros + "})$";
}

/// What an evidence path or a check's id begins with, and what stands behind it: scenarios/expression.h in short.
std::string expectation_pattern() {
  std::string roots;
  for (auto name : known_roots()) {
    for (auto at = name.find('.'); at != std::string::npos; at = name.find('.', at + 2)) name.insert(at, "\\");
    roots += (roots.empty() ? "" : "|") + name;
  }
  const std::string function = "(any|all|not|p[1-9][0-9]?|min|max)\\(.+";
  const std::string path = "(" + roots + ")(\\[[^\\]]+\\])?(\\.[A-Za-z0-9_-]+(\\[[^\\]]+\\])?)*";
  const std::string compared =
      "(\\s*(==|!=|<=|>=|<|>)\\s*\\S.*|\\s+(contains|matches)\\s+\\S.*|\\s+in\\s*\\[.+\\]\\s*|\\s+exists\\s*)";
  return "^\\s*(" + function + "|" + path + compared + ")$";
}

/// For editors to complete from.
json::array examples() {
  json::array out{"smtp.outcome == accepted",
                  "smtp.tls.version >= TLSv1.2",
                  "mailbox exists",
                  "mailbox.folder == INBOX",
                  "latency < 60s",
                  "spf.result == pass",
                  "dkim.result == pass",
                  "dmarc.result == pass",
                  "dkim[r1].result == pass",
                  "reply exists",
                  "forward exists",
                  "p95(latency) < 30s",
                  "any(mailbox exists, reply exists)"};
  for (const auto& check : evidence::catalogue())
    out.emplace_back(std::string(check.id) + (has_grades(check.id) ? " >= evaluated" : " == pass"));
  return out;
}

json::object single() { return {{"type", json::array{"string", "number", "boolean"}}}; }

json::object reference(std::string_view name) { return {{"$ref", "#/$defs/" + std::string(name)}}; }

/// An object's schema, a property at a time.
class Object {
 public:
  template <class T>
  void operator()(std::string_view key, const T& member, const About& about) {
    add(key, of(member, about), about);
  }
  template <class T>
  void text(std::string_view key, const T&, const About& about) {
    add(key, single(), about);
  }
  template <class T>
  void line(std::string_view key, const T&, const About& about) {
    auto value = single();
    value["pattern"] = about.pattern;
    add(key, std::move(value), about);
  }
  template <class T>
  void headers(std::string_view key, const T&, const About& about) {
    const auto ours = "^(" + one_of(own_fields) + "$|" + one_of(own_field_beginnings) + ")";
    json::object names = with_pattern(field_name_pattern);
    names["not"] = json::object{{"pattern", ours}};
    json::object map{{"type", "object"},
                     {"propertyNames", std::move(names)},
                     {"additionalProperties", any_of({single(), list_of(single())})}};
    add(key, std::move(map), about);
  }
  template <class T>
  void expectations(std::string_view key, const T&, const About& about) {
    add(key, list_of(reference("expectation")), about);
  }
  void taken(std::string_view key, Taken what, const About& about) {
    json::object value = what == Taken::matrix ? json::object{{"type", "array"}, {"items", single()}, {"minItems", 1}}
                                               : any_of({single(), secret("env"), secret("file")});
    json::object names = with_pattern(name_pattern);
    if (what == Taken::variables) names["not"] = json::object{{"const", "target"}};  // that is --to's
    add(key, {{"type", "object"}, {"propertyNames", std::move(names)}, {"additionalProperties", std::move(value)}},
        about);
  }

  json::object finish() && {
    json::object schema{{"type", "object"}, {"properties", std::move(properties_)}, {"additionalProperties", false}};
    if (!required_.empty()) schema["required"] = std::move(required_);
    return schema;
  }

 private:
  static json::object secret(std::string_view key) {
    json::object properties;
    properties[key] = typed("string");
    return {{"type", "object"},
            {"properties", std::move(properties)},
            {"required", json::array{json::string(key)}},
            {"additionalProperties", false}};
  }

  void add(std::string_view key, json::object schema, const About& about) {
    if (about.required)
      required_.emplace_back(key);
    else
      schema = or_null(std::move(schema));
    schema["description"] = json::string(about.text);
    properties_[key] = std::move(schema);
  }

  static json::object of(const std::string&, const About& about) {
    if (!about.words.empty()) {  // to choose from, and what else fits
      json::array choices{json::object{{"enum", array_of(about.words)}}, with_pattern("\\$\\{")};
      if (!about.pattern.empty()) choices.push_back(with_pattern(about.pattern));
      return any_of(std::move(choices));
    }
    auto schema = single();
    if (about.pattern.empty()) return schema;
    schema["pattern"] = json::string(about.pattern);
    return or_variable(std::move(schema));
  }
  static json::object of(bool, const About&) {
    return any_of({typed("boolean"), json::object{{"enum", {"true", "false"}}}, with_pattern("\\$\\{")});
  }
  static json::object of(std::int64_t, const About& about) {
    auto number = typed("integer");
    number["minimum"] = about.min;
    number["maximum"] = about.max;
    return any_of({std::move(number), with_pattern(digits_up_to(about.max)), with_pattern("\\$\\{")});
  }
  /// Up to max_message_bytes.
  static json::object of(const Size&, const About&) {
    auto number = typed("integer");
    number["minimum"] = 0;
    number["maximum"] = max_message_bytes;
    return any_of(
        {with_pattern("^([0-9]{1,7}|[12][0-9]{7}|30000000|([0-9]{1,4}|[12][0-9]{4}|30000)KB|([0-9]|[12][0-9]|30)MB)$"),
         std::move(number), with_pattern("\\$\\{")});
  }
  static json::object of(const std::chrono::milliseconds&, const About&) {
    return or_variable(with_pattern("^(?=.*[1-9])([0-9]+(ms|s|m|h|d))+$"));
  }
  static json::object of(const std::vector<std::string>&, const About& about) {
    return any_of({list_of(of(std::string{}, about)), of(std::string{}, about)});
  }
  template <Worded E>
  static json::object of(const E&, const About&) {
    json::array words;
    for (const auto& [value, word] : Words<E>::table) words.emplace_back(word);
    return or_variable({{"enum", std::move(words)}});
  }
  template <Worded E>
  static json::object of(const std::vector<E>&, const About& about) {
    return any_of({list_of(of(E{}, about)), of(E{}, about)});
  }
  template <class T>
  static json::object of(const std::optional<T>&, const About& about) {
    return of(T{}, about);
  }
  static json::object of(const Part&, const About&) { return reference("part"); }
  template <class T>
    requires std::is_class_v<T>
  static json::object of(const T& value, const About&) {
    Object inner;
    fields(inner, value);
    return std::move(inner).finish();
  }
  template <class T>
    requires std::is_class_v<T>
  static json::object of(const std::vector<T>&, const About& about) {
    auto list = list_of(of(T{}, about));
    if (about.required) list["minItems"] = 1;
    return list;
  }

  json::object properties_;
  json::array required_;
};

template <class T>
json::object schema_of(const T& value) {
  Object object;
  fields(object, value);
  return std::move(object).finish();
}

/// A line, or {any: [...]}, {all: [...]}, {not: ...}.
json::object expectation() {
  auto line = with_pattern(expectation_pattern());
  line["examples"] = examples();
  json::array choices{std::move(line), with_pattern("\\$\\{")};
  for (const std::string_view key : {"any", "all", "not"}) {
    json::object properties;
    auto list = list_of(reference("expectation"));
    list["minItems"] = 1;
    list["maxItems"] = key == "not" ? 1 : static_cast<std::int64_t>(max_expectation_parts);
    properties[key] = any_of({std::move(list), reference("expectation")});
    choices.push_back(json::object{{"type", "object"},
                                   {"properties", std::move(properties)},
                                   {"required", json::array{json::string(key)}},
                                   {"additionalProperties", false}});
  }
  return any_of(std::move(choices));
}

}  // namespace

std::string schema_json() {
  auto schema = schema_of(Scenario{});
  schema["$schema"] = "https://json-schema.org/draft/2020-12/schema";
  schema["title"] = "A scenario of mailprobe, version 1";
  schema["$defs"] = json::object{{"expectation", expectation()}, {"part", schema_of(Part{})}};
  return json::serialize(schema) + "\n";
}

}  // namespace mailprobe::scenarios
