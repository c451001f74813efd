#include "scenarios/values.h"

#include <algorithm>
#include <array>

#include <boost/json.hpp>

#include "base/time.h"
#include "evidence/pointer.h"

namespace mailprobe::scenarios {

namespace {

namespace json = boost::json;

constexpr std::size_t max_found = 5;  // shown of one expectation

/// dkim[r1], dkim["r1 simple/simple"]; of other lists the elements that hold that text.
bool has_key(const json::value& element, const std::string& key) {
  const auto* object = element.if_object();
  if (object == nullptr) return text_of(element, false) == key;
  const auto text = [&](std::string_view name) {
    const auto* member = object->if_contains(name);
    return member != nullptr && member->is_string() ? std::string(member->as_string()) : std::string();
  };
  if (object->contains("selector"))
    return text("selector") == key || text("selector") + " " + text("canonicalization") == key;
  return std::ranges::any_of(*object, [&](const auto& member) {
    return member.value().is_string() && std::string_view(member.value().as_string()) == key;
  });
}

/// Visits what is at the path; `into.value` for what is there, `into.null` for a member that is null.
template <class Visitor>
void walk(const json::value& at, const Path& path, std::size_t step, const std::string& pointer, Visitor& into) {
  if (const auto* list = at.if_array()) {
    const auto& key = path[step - 1].key;
    for (std::size_t i = 0; i < list->size(); ++i)
      if (const auto& element = list->at(i); !key || has_key(element, *key))
        walk(element, path, step, pointer + evidence::pointer_step(std::to_string(i)), into);
    return;
  }
  if (step == path.size()) {
    into.value(at, pointer);
    return;
  }
  const auto* object = at.if_object();
  const auto* member = object != nullptr ? object->if_contains(path[step].name) : nullptr;
  if (member == nullptr) return;
  if (member->is_null())
    into.null(*object, path, step);
  else
    walk(*member, path, step + 1, pointer + evidence::pointer_step(path[step].name), into);
}

struct Collector {
  std::vector<Value> values;
  void value(const json::value& at, const std::string& pointer) { values.push_back({&at, pointer}); }
  void null(const json::object&, const Path&, std::size_t) {}
};

/// The evidence's members whose null says that there is none; of all others it says that it is not known.
constexpr std::array<std::string_view, 32> none_where_null{"cause",         "claimed_disposition",
                                                           "client_subnet", "control",
                                                           "dane",          "diagnostic",
                                                           "disposition",   "enhanced",
                                                           "error",         "fo",
                                                           "group",         "headers",
                                                           "helo",          "mail_from",
                                                           "mechanism",     "oldest_pass",
                                                           "policy",        "problem",
                                                           "ptr_claimed",   "reason",
                                                           "record_domain", "remote_mta",
                                                           "reporting_mta", "rfc7489",
                                                           "rua",           "ruf",
                                                           "seen",          "sni",
                                                           "special_use",   "tls_alert",
                                                           "use",           "variation"};

bool is_null(const json::object& object, std::string_view name) {
  const auto* member = object.if_contains(name);
  return member != nullptr && member->is_null();
}

bool is_none(const json::object& parent, const Path& path, std::size_t step) {
  if (step == 0) return true;  // scenarios/absence knows why
  const auto& name = path[step].name;
  if (is_null(parent, "result") && name != "result") return false;  // what was not evaluated asks for nothing
  if (name == "ptr") return !is_null(parent, "ptr_confirmed");      // else it could not be looked up
  if (name == "tls") return path[step - 1].name != "hops";          // a session in plain text
  if (name == "folder") return parent.contains("completed") && parent.at("completed") == json::value(true);
  return std::ranges::find(none_where_null, name) != none_where_null.end();
}

struct Unknowns {
  bool any = false;
  void value(const json::value&, const std::string&) {}
  void null(const json::object& parent, const Path& path, std::size_t step) { any |= !is_none(parent, path, step); }
};

}  // namespace

std::vector<Value> values_at(const json::value& probe, const Path& way, const std::string& pointer) {
  Collector all;
  walk(probe, way, 0, pointer, all);
  return std::move(all.values);
}

bool is_signature(std::string_view name, std::string_view key) {
  const auto selector = name.substr(0, name.find(' '));
  return key == selector || key == std::string(selector) + std::string(name.substr(name.rfind(' ')));
}

bool is_known_to_be_missing(const json::value& probe, const Path& way) {
  Unknowns unknown;
  walk(probe, way, 0, {}, unknown);
  return !unknown.any;
}

bool is_time(const Path& path) { return path.back().name.ends_with("_ms") || path.back().name == "latency"; }

std::string text_of(const json::value& value, bool time) {
  if (const auto* text = value.if_string()) return std::string(*text);
  if (time && value.is_int64())
    return duration_text(std::chrono::milliseconds(std::max<std::int64_t>(value.as_int64(), 0)));
  return json::serialize(value);
}

std::string found_text(const std::vector<Value>& values, bool time) {
  std::vector<std::string> texts;
  for (const auto& each : values) {
    auto text = each.value->is_structured() ? std::string("something") : text_of(*each.value, time);
    if (std::ranges::find(texts, text) == texts.end()) texts.push_back(std::move(text));
  }
  std::string out;
  for (std::size_t i = 0; i < std::min(texts.size(), max_found); ++i) out += (i > 0 ? ", " : "") + texts[i];
  return texts.size() > max_found ? out + ", …" : out;
}

}  // namespace mailprobe::scenarios
