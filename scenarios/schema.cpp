#include "scenarios/schema.h"

#include <boost/json.hpp>

#include "scenarios/format_fields.h"

namespace mailprobe::scenarios {

namespace {

namespace json = boost::json;

constexpr std::string_view name_pattern = "^[A-Za-z0-9_-]{1,60}$";

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
  void headers(std::string_view key, const T&, const About& about) {
    json::object map{{"type", "object"}, {"additionalProperties", any_of({single(), list_of(single())})}};
    add(key, std::move(map), about);
  }
  template <class T>
  void expectations(std::string_view key, const T&, const About& about) {
    add(key, list_of(reference("expectation")), about);
  }
  void taken(std::string_view key, Taken what, const About& about) {
    json::object value = what == Taken::matrix ? json::object{{"type", "array"}, {"items", single()}, {"minItems", 1}}
                                               : any_of({single(), secret("env"), secret("file")});
    add(key,
        {{"type", "object"},
         {"propertyNames", {{"pattern", name_pattern}}},
         {"additionalProperties", std::move(value)}},
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

  static json::object of(const std::string&, const About&) { return single(); }
  static json::object of(bool, const About&) { return or_variable(typed("boolean")); }
  static json::object of(std::int64_t, const About& about) {
    auto number = typed("integer");
    number["minimum"] = about.min;
    number["maximum"] = about.max;
    return or_variable(std::move(number));
  }
  static json::object of(const Size&, const About&) {
    return any_of({with_pattern("^[0-9]+(KB|MB)?$"), typed("integer"), with_pattern("\\$\\{")});
  }
  static json::object of(const std::chrono::milliseconds&, const About&) {
    return or_variable(with_pattern("^([0-9]+(ms|s|m|h|d))+$"));
  }
  static json::object of(const std::vector<std::string>&, const About&) {
    return any_of({list_of(single()), single()});
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
    return list_of(of(T{}, about));
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
  json::array choices{typed("string")};
  for (const std::string_view key : {"any", "all", "not"}) {
    json::object properties;
    properties[key] = any_of({list_of(reference("expectation")), reference("expectation")});
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
