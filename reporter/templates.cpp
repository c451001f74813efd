#include "reporter/templates.h"

#include <algorithm>
#include <set>

#include "base/safe_text.h"
#include "base/suggest.h"
#include "reporter/page_style.h"
#include "reporter/template_answers.h"
#include "reporter/template_check.h"
#include "reporter/template_dns.h"
#include "reporter/template_domains.h"
#include "reporter/template_expectations.h"
#include "reporter/template_frame.h"
#include "reporter/template_lookups.h"
#include "reporter/template_probe.h"
#include "reporter/template_reflection.h"
#include "reporter/template_reports.h"
#include "reporter/template_scores.h"
#include "reporter/template_since.h"
#include "reporter/template_story.h"
#include "reporter/template_surveys.h"
#include "reporter/template_survival.h"
#include "reporter/template_traps.h"

namespace mailprobe::reporter {

namespace {

constexpr std::string_view style_name = "style";

constexpr std::pair<std::string_view, std::string_view> compiled_in[] = {
    {"answers", template_answers},
    {"authentication", template_authentication},
    {"badge", template_badge},
    {"certificate", template_certificate},
    {"changes", template_changes},
    {"close", template_close},
    {"dns", template_dns},
    {"domain", template_domain_head},
    {"expectations", template_expectations},
    {"findings", template_findings},
    {"index", template_index},
    {"lookups", template_lookups},
    {"masthead", template_masthead},
    {"messages", template_messages},
    {"reflection", template_reflection},
    {"reports", template_reports},
    {"run", template_run},
    {"scores", template_scores},
    {"servers", template_servers},
    {"session", template_session},
    {"sessions", template_sessions},
    {"signatures", template_signatures},
    {"since", template_since},
    {style_name, page_style},
    {"surveys", template_surveys},
    {"survival", template_survival},
    {"traps", template_traps},
    {"untested", template_untested},
    {"way", template_way},
};

/// All that any of ours names: a view of one section is seen from within another.
const std::set<std::string>& known_names() {
  static const std::set<std::string> names = [] {
    std::set<std::string> all{".", "at", "n", "several", "probe_name"};
    for (const auto& [name, text] : compiled_in) all.merge(names_in(text));
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
  for (const auto& [name, text] : compiled_in) texts_.emplace(name, text);
}

Result<void> Templates::replace(const std::string& name, std::string text) {
  const auto place = texts_.find(name);
  if (place == texts_.end())
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
  for (const auto& [name, text] : texts_) all.push_back(name);
  return all;
}

}  // namespace mailprobe::reporter
