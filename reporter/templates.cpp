#include "reporter/templates.h"

#include <algorithm>
#include <set>

#include "base/safe_text.h"
#include "base/suggest.h"
#include "reporter/compiled_in.h"
#include "reporter/template_check.h"

namespace mailprobe::reporter {

namespace {

constexpr std::string_view style_name = "style";

/// The page's head holds its policy, and the signs are drawn once for all: neither is anybody else's.
bool fixed(std::string_view name) { return name == "head" || name == "symbols"; }

/// All that any of ours names: a view of one section is seen from within another.
const std::set<std::string>& known_names() {
  static const std::set<std::string> names = [] {
    std::set<std::string> all{".", "at", "n", "several", "probe_name"};
    for (const auto& [name, text] : compiled_in())
      if (!fixed(name)) all.merge(names_in(text));
    return all;
  }();
  return names;
}

/// The style sheet ends where its element does, and what it would fetch the page's policy forbids.
Result<void> check_style(std::string_view text) {
  for (const std::string_view forbidden : {"<", "@import", "url("})
    if (const auto at = text.find(forbidden); at != std::string_view::npos) {
      const auto line = 1 + std::ranges::count(text.substr(0, at), '\n');
      return fail(Failure::usage, std::to_string(line) + ": no " + std::string(forbidden) + " in a style sheet here");
    }
  return {};
}

}  // namespace

Templates::Templates() {
  for (const auto& [name, text] : compiled_in()) texts_.emplace(name, text);
}

Result<void> Templates::replace(const std::string& name, std::string text) {
  const auto place = texts_.find(name);
  if (place == texts_.end() || fixed(name))
    return fail(Failure::usage,
                "1: there is no template \"" + safe_text(name, 60) + "\"" + did_you_mean(name, names()));
  if (text.size() > max_template) return fail(Failure::usage, "1: larger than 1 MiB");
  if (valid_utf8(text) != text) return fail(Failure::usage, "1: not UTF-8");
  if (auto ok = name == style_name ? check_style(text) : check_template(text, known_names()); !ok) return ok;
  place->second = std::move(text);
  return {};
}

const std::string& Templates::text(std::string_view name) const { return texts_.find(name)->second; }

std::vector<std::string> Templates::names() const {
  std::vector<std::string> all;
  all.reserve(texts_.size());
  for (const auto& [name, text] : texts_)
    if (!fixed(name)) all.push_back(name);
  return all;
}

}  // namespace mailprobe::reporter
