// What a template is filled with: named texts, flags and lists, and nothing else. Knows no template language: html.cpp
// hands it to one. Texts are raw here; the template escapes them.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/vocabulary.h"
#include "evidence/finding.h"

namespace mailprobe::reporter {

class View;
using Views = std::vector<View>;

class View {
 public:
  using Value = std::variant<bool, std::string, Views>;

  /// An empty text or list is false in a template, so that `{{#name}}` asks for "is there any".
  View& set(std::string name, bool flag) { return put(std::move(name), flag); }
  View& set(std::string name, std::string text) { return put(std::move(name), std::move(text)); }
  View& set(std::string name, std::string_view text) { return put(std::move(name), std::string(text)); }
  View& set(std::string name, const char* text) { return put(std::move(name), std::string(text)); }
  View& set(std::string name, const std::optional<std::string>& text) {
    return put(std::move(name), text.value_or(""));
  }
  View& set(std::string name, Views list) { return put(std::move(name), std::move(list)); }
  View& set(std::string name, View one);

  [[nodiscard]] const std::map<std::string, Value>& values() const { return values_; }

 private:
  View& put(std::string name, Value value);

  std::map<std::string, Value> values_;
};

/// Colour and sign at once: pass, warn, fail, info, unsure, mute. Each has an icon of that name.
std::string_view tone_of(evidence::Verdict verdict);
std::string_view tone_of(Outcome outcome);
std::string_view tone_of(Dnssec dnssec);
/// Of a result word of the IANA registry: pass, fail, none, softfail, …
std::string_view tone_of_result(std::string_view result);

/// Sets `tone` and `label`: what the badge partial shows.
View& badge(View& view, std::string_view tone, std::string_view label);
View& badge(View& view, evidence::Verdict verdict);

/// "label" and "value" rows of a definition list; rows without a value are left out.
struct Term {
  std::string_view label;
  std::string value;
  bool code = false;
};
Views terms(const std::vector<Term>& rows);

}  // namespace mailprobe::reporter
