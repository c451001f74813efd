// What a survey knows by now: look-ups for the sources of probe/tls_questions.h.
#pragma once

#include <algorithm>
#include <string_view>

#include "base/tls_survey.h"
#include "probe/tls_offers.h"
#include "probe/tls_questions.h"

namespace mailprobe::probe {

inline TlsAnswer answer_of(const std::vector<TlsOption>& options, std::string_view name) {
  const auto found = std::ranges::find(options, name, &TlsOption::name);
  return found == options.end() ? TlsAnswer::not_tested : found->answer;
}

inline bool accepted(const std::vector<TlsOption>& options, std::string_view name) {
  return answer_of(options, name) == TlsAnswer::accepted;
}

/// Any version below 1.3.
inline bool legacy(const TlsSurvey& survey) {
  return std::ranges::any_of(survey.versions, [](const TlsOption& option) {
    return option.answer == TlsAnswer::accepted && option.name != "TLSv1.3";
  });
}
inline bool speaks_tls12(const TlsSurvey& survey) { return accepted(survey.versions, "TLSv1.2"); }
inline bool speaks_tls13(const TlsSurvey& survey) { return accepted(survey.versions, "TLSv1.3"); }
inline bool chose_a_suite(const TlsSurvey& survey) { return survey.preferred_suite.has_value(); }
inline bool always(const TlsSurvey&) { return true; }

inline bool asked(const TlsSurvey& survey, std::string_view name) {
  return std::ranges::any_of(survey.steps, [&](const TlsStep& step) { return step.asked.starts_with(name); });
}
inline bool left_out(const TlsSurvey& survey, std::string_view name) {
  return std::ranges::any_of(survey.omitted, [&](const TlsOmission& one) { return one.what == name; });
}
/// What came back was about the question.
inline bool answered(const TlsSurvey& survey, std::string_view name) {
  return asked(survey, name) && !left_out(survey, name);
}

/// The list that a topic is about.
template <class Survey>
auto& options_of(Survey& survey, TlsTopic topic) {
  switch (topic) {
    case TlsTopic::versions: return survey.versions;
    case TlsTopic::groups: return survey.groups;
    case TlsTopic::hashes: return survey.hashes;
    case TlsTopic::keys:
    case TlsTopic::session: return survey.keys;
    default: return survey.suites;
  }
}

// Classes of questions that others refer to.
constexpr std::string_view with_recommended = "recommended suites", with_forbidden = "forbidden suites",
                           with_phase_out = "suites to phase out", with_tls13 = "TLS 1.3",
                           with_order = "the order of suites", with_second = "a second suite",
                           with_renegotiation = "a renegotiation by the client";

/// Accepted beside the one that the server prefers, up to TLS 1.2: what it could have chosen as well.
inline Names alternatives(const TlsSurvey& survey) {
  Names names;
  for (auto* members : {&recommended_suites, &phase_out_suites})
    for (auto& name : members())
      if (accepted(survey.suites, name) && name != survey.preferred_suite) names.push_back(std::move(name));
  return names;
}

}  // namespace mailprobe::probe
