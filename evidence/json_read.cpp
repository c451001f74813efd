#include <limits>

#include <boost/json.hpp>

#include "base/safe_text.h"
#include "evidence/json.h"
#include "evidence/json_mechanism_fields.h"
#include "evidence/limits.h"
#include "evidence/pointer.h"

namespace mailprobe::evidence {

namespace json = boost::json;

namespace {

/// Reads into plain data; keeps the pointer of where it is and the first thing that is wrong.
class Reader {
 public:
  [[nodiscard]] const std::optional<Error>& error() const { return error_; }

  void read(const json::value& value, bool& into);
  void read(const json::value& value, int& into);
  void read(const json::value& value, std::int64_t& into);
  void read(const json::value& value, double& into);
  void read(const json::value& value, std::string& into);
  void read(const json::value& value, Time& into);
  void read(const json::value& value, auth::ByteRange& into);
  void read(const json::value& value, std::vector<std::pair<std::string, std::string>>& into);
  void read(const json::value& value, std::map<std::string, std::optional<std::string>>& into);
  template <Worded E>
  void read(const json::value& value, E& into);
  template <class T>
  void read(const json::value& value, std::optional<T>& into);
  template <class T>
  void read(const json::value& value, std::vector<T>& into);
  template <class T>
    requires std::is_class_v<T>
  void read(const json::value& value, T& into);

  /// One member of `object`, which has to be there.
  template <class T>
  void member(const json::object& object, std::string_view name, T& into);

 private:
  void wrong(const std::string& what);
  const json::array* elements(const json::value& value);
  void property(std::string_view name, const json::value& value,
                std::vector<std::pair<std::string, std::string>>& into);
  /// Reads at the place `step` below this one.
  template <class T>
  void below(std::string_view step, const json::value& value, T& into);

  std::string pointer_;
  std::optional<Error> error_;
};

class Members {
 public:
  Members(Reader& reader, const json::object& object) : reader_(reader), object_(object) {}
  template <class T>
  void operator()(std::string_view name, T& into) {
    reader_.member(object_, name, into);
  }
  template <class T>
  void known(std::string_view name, T& into) {
    std::optional<T> read;
    reader_.member(object_, name, read);
    into = std::move(read).value_or(T{});
  }
  template <class T>
  void later(std::string_view name, T& into) {
    if (object_.contains(name)) (*this)(name, into);
  }

 private:
  Reader& reader_;
  const json::object& object_;
};

void Reader::wrong(const std::string& what) {
  if (error_) return;
  const auto place = pointer_.empty() ? std::string("the document") : safe_text(pointer_, 300);
  error_ = Error{Failure::usage, place + ": " + what, {}, {}};
}

template <class T>
void Reader::below(std::string_view step, const json::value& value, T& into) {
  const auto length = pointer_.size();
  pointer_ += pointer_step(step);
  read(value, into);
  pointer_.resize(length);
}

template <class T>
void Reader::member(const json::object& object, std::string_view name, T& into) {
  if (error_) return;
  const auto* value = object.if_contains(name);
  if (value != nullptr) return below(name, *value, into);
  pointer_ += pointer_step(name);
  wrong("is missing");
}

void Reader::read(const json::value& value, bool& into) {
  if (const auto* given = value.if_bool())
    into = *given;
  else
    wrong("is not true or false");
}

void Reader::read(const json::value& value, std::int64_t& into) {
  if (const auto* given = value.if_int64())
    into = *given;
  else
    wrong("is not an integer");
}

void Reader::read(const json::value& value, int& into) {
  std::int64_t wide = 0;
  read(value, wide);
  if (wide < std::numeric_limits<int>::min() || wide > std::numeric_limits<int>::max()) return wrong("is out of range");
  into = static_cast<int>(wide);
}

void Reader::read(const json::value& value, double& into) {
  if (!value.is_number()) return wrong("is not a number");
  into = value.to_number<double>();
}

void Reader::read(const json::value& value, std::string& into) {
  if (const auto* text = value.if_string())
    into = *text;
  else
    wrong("is not a string");
}

void Reader::read(const json::value& value, Time& into) {
  const auto* text = value.if_string();
  const auto time = text != nullptr ? parse_rfc3339(*text) : std::nullopt;
  if (!time) return wrong("is not a time of RFC 3339");
  into = *time;
}

template <Worded E>
void Reader::read(const json::value& value, E& into) {
  const auto* text = value.if_string();
  const auto known = text != nullptr ? from_word<E>(*text) : std::nullopt;
  if (!known) return wrong("is not a word that is known here: " + safe_text(json::serialize(value), 60));
  into = *known;
}

template <class T>
void Reader::read(const json::value& value, std::optional<T>& into) {
  into.reset();
  if (!value.is_null()) read(value, into.emplace());
}

const json::array* Reader::elements(const json::value& value) {
  const auto* array = value.if_array();
  if (array == nullptr) {
    wrong("is not an array");
  } else if (array->size() > max_elements) {
    wrong("has " + std::to_string(array->size()) + " elements, more than " + std::to_string(max_elements));
    return nullptr;
  }
  return array;
}

template <class T>
void Reader::read(const json::value& value, std::vector<T>& into) {
  const auto* array = elements(value);
  if (array == nullptr) return;
  into.clear();
  into.reserve(array->size());
  for (const auto& element : *array) {
    if (error_) return;
    const auto index = std::to_string(into.size());
    below(index, element, into.emplace_back());
  }
}

void Reader::read(const json::value& value, auth::ByteRange& into) {
  const auto* range = value.if_array();
  if (range == nullptr || range->size() != 2) return wrong("is not a range of two numbers");
  below("0", range->at(0), into.first);
  below("1", range->at(1), into.second);
}

void Reader::property(std::string_view name, const json::value& value,
                      std::vector<std::pair<std::string, std::string>>& into) {
  std::vector<std::string> values;
  if (value.is_array())
    below(name, value, values);
  else
    below(name, value, values.emplace_back());
  for (auto& text : values) into.emplace_back(name, std::move(text));
}

void Reader::read(const json::value& value, std::vector<std::pair<std::string, std::string>>& into) {
  const auto* object = value.if_object();
  if (object == nullptr) return wrong("is not an object");
  into.clear();
  for (const auto& [name, given] : *object) property(name, given, into);
}

/// Null is unknown, so no entry; empty is that there is none.
void Reader::read(const json::value& value, std::map<std::string, std::optional<std::string>>& into) {
  const auto* object = value.if_object();
  if (object == nullptr) return wrong("is not an object");
  into.clear();
  for (const auto& [name, given] : *object) {
    std::optional<std::string> record;
    below(name, given, record);
    if (!record) continue;
    if (record->empty()) record.reset();
    into.emplace(name, std::move(record));
  }
}

template <class T>
  requires std::is_class_v<T>
void Reader::read(const json::value& value, T& into) {
  const auto* object = value.if_object();
  if (object == nullptr) return wrong("is not an object");
  Members members(*this, *object);
  fields(members, into);
}

json::parse_options bounded() {
  json::parse_options options;
  options.max_depth = max_depth;
  return options;
}

/// The text as a value; the error says at which byte it stops being JSON.
Result<json::value> parse(std::string_view text) {
  if (text.size() > max_document)
    return fail(Failure::usage, "the document has " + std::to_string(text.size()) + " bytes, more than " +
                                    std::to_string(max_document));
  json::stream_parser parser({}, bounded());
  json::error_code error;
  const auto read = parser.write_some(text.data(), text.size(), error);
  if (!error && read < text.size()) error = json::error::extra_data;
  if (!error) parser.finish(error);
  if (error) return fail(Failure::usage, "not JSON at byte " + std::to_string(read) + ": " + error.message());
  return parser.release();
}

/// Before all else: what another version wrote need not have the members of this one.
Result<void> check_schema(const json::value& value) {
  const auto* object = value.if_object();
  const auto* schema = object != nullptr ? object->if_contains("schema") : nullptr;
  if (schema == nullptr || !schema->is_string() || schema->get_string() == "mailprobe/1") return {};
  return fail(Failure::usage, "/schema: is not mailprobe/1 but " +
                                  safe_text(std::string_view(schema->get_string()), 60) + ", which is unknown here");
}

template <class T>
Result<T> read_into(const json::value& value) {
  T into;
  Reader reader;
  reader.read(value, into);
  if (reader.error()) return std::unexpected(*reader.error());
  return into;
}

template <class T>
Result<T> parse_into(std::string_view text) {
  auto value = parse(text);
  if (!value) return std::unexpected(value.error());
  return read_into<T>(*value);
}

}  // namespace

Result<Document> from_json(std::string_view text) {
  auto value = parse(text);
  if (!value) return std::unexpected(value.error());
  if (auto known = check_schema(*value); !known) return std::unexpected(known.error());
  return read_into<Document>(*value);
}

Result<TlsSurvey> survey_from_json(std::string_view text) { return parse_into<TlsSurvey>(text); }
Result<Session> session_from_json(std::string_view text) { return parse_into<Session>(text); }
Result<Reply> reply_from_json(std::string_view text) { return parse_into<Reply>(text); }
Result<Reflection> reflection_from_json(std::string_view text) { return parse_into<Reflection>(text); }

}  // namespace mailprobe::evidence
