#include "evidence/schema.h"

#include <map>
#include <typeindex>

#include <boost/json.hpp>

#include "evidence/json_mechanism_fields.h"

namespace mailprobe::evidence {

namespace {

namespace json = boost::json;

json::object typed(std::string_view type) { return {{"type", json::string(type)}}; }

/// {"type": "string"} becomes {"type": ["string", "null"]}; what has no type of its own becomes a choice.
json::object or_null(json::object schema) {
  if (auto* type = schema.if_contains("type"); type != nullptr && type->is_string() && !schema.contains("enum")) {
    *type = json::array{*type, "null"};
    return schema;
  }
  return {{"anyOf", json::array{std::move(schema), typed("null")}}};
}

/// The objects there are, each once, under the name of the member that first has one.
class Definitions {
 public:
  template <class T>
  json::object reference(std::string_view name);
  json::object take() { return std::move(all_); }

 private:
  std::string free_name(std::string_view name) const {
    std::string free(name);
    for (int number = 2; all_.contains(free); ++number) free = std::string(name) + "-" + std::to_string(number);
    return free;
  }

  std::map<std::type_index, std::string> names_;
  json::object all_;
};

/// An object's schema, a member at a time.
class Object {
 public:
  explicit Object(Definitions& definitions) : definitions_(definitions) {}

  template <class T>
  void operator()(std::string_view name, const T& member) {
    later(name, member);
    required_.emplace_back(name);
  }
  template <class T>
  void known(std::string_view name, const T& member) {
    properties_[name] = or_null(of(name, member));
    required_.emplace_back(name);
  }
  template <class T>
  void later(std::string_view name, const T& member) {
    properties_[name] = of(name, member);
  }

  json::object finish() && {
    return {{"type", "object"}, {"properties", std::move(properties_)}, {"required", std::move(required_)}};
  }

 private:
  json::object of(std::string_view, const std::string&) { return typed("string"); }
  json::object of(std::string_view, bool) { return typed("boolean"); }
  json::object of(std::string_view, int) { return typed("integer"); }
  json::object of(std::string_view, std::int64_t) { return typed("integer"); }
  json::object of(std::string_view, double) { return typed("number"); }
  json::object of(std::string_view, Time) { return {{"type", "string"}, {"format", "date-time"}}; }
  json::object of(std::string_view, const auth::ByteRange&) {
    return {{"type", "array"}, {"items", typed("integer")}, {"minItems", 2}, {"maxItems", 2}};
  }
  /// Of a property that stands there several times the value is an array.
  json::object of(std::string_view, const std::vector<std::pair<std::string, std::string>>&) {
    json::array choices{typed("string"), json::object{{"type", "array"}, {"items", typed("string")}}};
    return {{"type", "object"}, {"additionalProperties", json::object{{"anyOf", std::move(choices)}}}};
  }
  json::object of(std::string_view, const std::map<std::string, std::optional<std::string>>&) {
    return {{"type", "object"}, {"additionalProperties", or_null(typed("string"))}};
  }
  template <Worded E>
  json::object of(std::string_view, E) {
    json::array words;
    for (const auto& [value, word] : Words<E>::table) words.emplace_back(word);
    return {{"type", "string"}, {"enum", std::move(words)}};
  }
  template <class T>
  json::object of(std::string_view name, const std::optional<T>&) {
    return or_null(of(name, T{}));
  }
  template <class T>
  json::object of(std::string_view name, const std::vector<T>&) {
    return {{"type", "array"}, {"items", of(name, T{})}};
  }
  template <class T>
    requires std::is_class_v<T>
  json::object of(std::string_view name, const T&) {
    return definitions_.reference<T>(name);
  }

  Definitions& definitions_;
  json::object properties_;
  json::array required_;
};

template <class T>
json::object schema_of(Definitions& definitions) {
  Object object(definitions);
  const T value{};
  fields(object, value);
  return std::move(object).finish();
}

template <class T>
json::object Definitions::reference(std::string_view name) {
  auto& known = names_[typeid(T)];
  if (known.empty()) {
    known = free_name(name);
    all_[known] = nullptr;  // taken, while its members are described
    auto described = schema_of<T>(*this);
    all_[names_[typeid(T)]] = std::move(described);
  }
  return {{"$ref", "#/$defs/" + names_[typeid(T)]}};
}

// --- as text --------------------------------------------------------------------------------------------------------

void indent(const json::value& value, std::size_t depth, std::string& out);

bool has_structure(const json::value& value) {
  const auto* array = value.if_array();
  return value.is_object() || (array != nullptr && std::ranges::any_of(*array, has_structure));
}

template <class Each>
void lines(std::size_t count, std::string_view brackets, std::size_t depth, std::string& out, const Each& each) {
  out += brackets[0];
  for (std::size_t i = 0; i < count; ++i) {
    out += (i == 0 ? "\n" : ",\n") + std::string(2 * (depth + 1), ' ');
    each(i);
  }
  out += "\n" + std::string(2 * depth, ' ') + brackets[1];
}

void indent_object(const json::object& object, std::size_t depth, std::string& out) {
  auto member = object.begin();
  lines(object.size(), "{}", depth, out, [&](std::size_t) {
    out += json::serialize(member->key()) + ": ";
    indent(member->value(), depth + 1, out);
    ++member;
  });
}

/// What has no objects within stays on its line.
void indent(const json::value& value, std::size_t depth, std::string& out) {
  if (const auto* object = value.if_object();
      object != nullptr && std::ranges::any_of(*object, [](const auto& m) { return has_structure(m.value()); }))
    return indent_object(*object, depth, out);
  if (const auto* array = value.if_array(); array != nullptr && has_structure(value))
    return lines(array->size(), "[]", depth, out, [&](std::size_t i) { indent((*array)[i], depth + 1, out); });
  out += json::serialize(value);
}

}  // namespace

std::string schema_json() {
  Definitions definitions;
  auto schema = schema_of<Document>(definitions);
  schema["properties"].as_object()["schema"] = json::object{{"const", Document{}.schema}};
  json::object whole{{"$schema", "https://json-schema.org/draft/2020-12/schema"},
                     {"title", "Evidence of mailprobe, version 1"}};
  whole.insert(schema.begin(), schema.end());
  whole["$defs"] = definitions.take();
  std::string text;
  indent(whole, 0, text);
  return text + "\n";
}

}  // namespace mailprobe::evidence
