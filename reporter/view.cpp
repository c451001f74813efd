#include "reporter/view.h"

#include "reporter/phrases.h"
#include "reporter/probe_rows.h"
#include "reporter/views.h"

namespace mailprobe::reporter {

View& View::put(std::string name, Value value) {
  values_[std::move(name)] = std::move(value);
  return *this;
}

View& View::set(std::string name, View one) {
  Views list;
  list.push_back(std::move(one));
  return put(std::move(name), std::move(list));
}

std::string_view tone_of(evidence::Verdict verdict) {
  using enum evidence::Verdict;
  switch (verdict) {
    case pass: return "pass";
    case warn: return "warn";
    case fail: return "fail";
    case info: return "info";
    case inconclusive:
    case error: return "unsure";
    default: return "mute";
  }
}

std::string_view tone_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::accepted: return "pass";
    case Outcome::temporary: return "warn";
    case Outcome::unknown: return "unsure";
    default: return "fail";
  }
}

std::string_view tone_of(Dnssec dnssec) {
  switch (dnssec) {
    case Dnssec::secure: return "pass";
    case Dnssec::bogus: return "fail";
    default: return "mute";
  }
}

std::string_view tone_of_result(std::string_view result) {
  if (result == "pass") return "pass";
  if (result == "fail" || result == "permerror") return "fail";
  if (result == "temperror") return "unsure";
  return result.empty() || result == "none" ? "mute" : "warn";
}

View& badge(View& view, std::string_view tone, std::string_view label) {
  return view.set("tone", tone).set("label", label);
}

View& badge(View& view, evidence::Verdict verdict) { return badge(view, tone_of(verdict), verdict_label(verdict)); }

Views terms(const std::vector<Term>& rows) {
  Views views;
  for (const auto& row : rows) {
    if (row.value.empty()) continue;
    views.push_back(View().set("name", row.label).set("value", row.value).set("code", row.code));
  }
  return views;
}

std::string Page::probe_anchor(std::size_t probe) const {
  if (!is_whole(probe)) return {};
  return (document.probes.size() > most_open_probes ? "probe-" : "way-") + std::to_string(probe + 1);
}

}  // namespace mailprobe::reporter
