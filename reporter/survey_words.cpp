#include "reporter/survey_words.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/tls_profile.h"
#include "base/tls_rating.h"
#include "evidence/staple.h"
#include "reporter/phrases.h"

namespace mailprobe::reporter {

namespace {

std::string_view tone_of(const TlsRating& rating) {
  switch (rating.ietf) {
    case TlsAdvice::must_not: return "fail";
    case TlsAdvice::should_not: return "warn";
    case TlsAdvice::acceptable: return "info";
    case TlsAdvice::recommended: return "pass";
  }
  return "mute";
}

/// The accepted ones, worst first.
template <class Rate>
std::vector<SurveyWord> accepted(const std::vector<TlsOption>& options, Rate rate) {
  std::vector<std::pair<TlsRating, std::string>> rated;
  for (const auto& option : options)
    if (option.answer == TlsAnswer::accepted) rated.emplace_back(rate(option.name), option.name);
  std::ranges::sort(rated, [](const auto& a, const auto& b) {
    return std::pair(b.first.ietf, std::string_view(a.second)) < std::pair(a.first.ietf, std::string_view(b.second));
  });
  std::vector<SurveyWord> words;
  words.reserve(rated.size());
  for (const auto& [rating, name] : rated) words.push_back({name, tone_of(rating)});
  return words;
}

std::vector<SurveyWord> versions(const TlsSurvey& survey) {
  auto words = accepted(survey.versions, rate_tls_version);
  for (auto& one : words) one.text = tls_name(one.text);
  return words;
}

std::vector<SurveyWord> signatures(const TlsSurvey& survey) {
  auto words = accepted(survey.hashes, rate_tls_hash);
  if (survey.dh_bits)
    words.push_back({fmt::format("DH {} bits", *survey.dh_bits), tone_of(rate_dh_bits(*survey.dh_bits))});
  return words;
}

SurveyWord certificate(const TlsChain& chain, Time at) {
  if (chain.certificates.empty()) return {chain.key, "mute"};
  const auto& leaf = chain.certificates.front();
  const bool good = chain.verified && chain.verified->result == "pass";
  auto text = leaf.key + ", until " + day(leaf.not_after) + " (" + distance_phrase(at, leaf.not_after) + ")";
  if (!good && chain.verified)
    text += ": " + (chain.verified->cause ? std::string(cause_phrase(*chain.verified->cause)) : chain.verified->detail);
  const auto staple = evidence::judge_staple(chain, at);
  if (!staple.text.empty()) text += "; " + staple.text;
  if (!good || staple.verdict == evidence::Verdict::fail) return {text, "fail"};
  return {text, staple.verdict == evidence::Verdict::warn ? "warn" : "pass"};
}

void add(std::vector<SurveyWord>& words, const std::optional<bool>& fact, const SurveyWord& yes, const SurveyWord& no) {
  if (fact) words.push_back(*fact ? yes : no);
}

std::vector<SurveyWord> habits(const TlsSurvey& survey) {
  std::vector<SurveyWord> words;
  add(words, survey.compression, {"compression", "fail"}, {"no compression", "pass"});
  add(words, survey.secure_renegotiation, {"secure renegotiation", "pass"}, {"no secure renegotiation", "fail"});
  add(words, survey.client_renegotiation, {"renegotiation by clients", "warn"},
      {"no renegotiation by clients", "pass"});
  add(words, survey.extended_master_secret, {"extended master secret", "pass"}, {"no extended master secret", "warn"});
  add(words, survey.encrypt_then_mac, {"encrypt-then-MAC", "pass"}, {"CBC without encrypt-then-MAC", "warn"});
  add(words, survey.early_data, {"0-RTT", "warn"}, {"no 0-RTT", "pass"});
  add(words, survey.session_tickets, {"session tickets", "info"}, {"no session tickets", "info"});
  add(words, survey.ocsp_stapling, {"OCSP stapled", "info"}, {"no OCSP stapled", "info"});
  return words;
}

std::string_view tone_of_level(TlsLevel level) {
  switch (level) {
    case TlsLevel::good:
    case TlsLevel::sufficient: return "pass";
    case TlsLevel::phase_out: return "warn";
    case TlsLevel::insufficient: break;
  }
  return "fail";
}

/// "groups: phase-out (secp224r1)"; of what is good or sufficient no names are told.
std::vector<SurveyWord> levels(const TlsSurvey& survey) {
  constexpr std::size_t told = 3;
  std::vector<SurveyWord> words;
  for (const auto& of : ncsc_levels(survey)) {
    auto text = std::string(of.what) + ": " + level_words(of);
    if (of.level >= TlsLevel::phase_out) {
      std::string names;
      for (std::size_t i = 0; i < std::min(told, of.names.size()); ++i) names += (i == 0 ? "" : ", ") + of.names[i];
      if (of.names.size() > told) names += fmt::format(" and {} more", of.names.size() - told);
      text += " (" + names + ")";
    }
    words.push_back({std::move(text), tone_of_level(of.level)});
  }
  return words;
}

}  // namespace

std::vector<SurveyLine> survey_lines(const TlsSurvey& survey, Time at) {
  std::vector<SurveyLine> lines{{"Versions", versions(survey)},
                                {"Suites", accepted(survey.suites, rate_tls_suite)},
                                {"Groups", accepted(survey.groups, rate_tls_group)},
                                {"Signed with", signatures(survey)},
                                {"Certificates", {}},
                                {"Habits", habits(survey)},
                                {"NCSC levels", levels(survey)},
                                {"Not asked", {}}};
  if (survey.preference) lines[1].words.push_back({"in the " + *survey.preference + "’s order", "mute"});
  for (const auto& chain : survey.chains) lines[4].words.push_back(certificate(chain, at));
  for (const auto& one : survey.omitted) lines[7].words.push_back({one.what + ": " + one.why, "mute"});
  if (survey.finished && !survey.full)
    lines[7].words.push_back({"other suites and groups: --full asks for each", "mute"});
  if (survey.started < at)
    lines.insert(lines.begin(), {"Asked", {{"by an earlier run, " + rfc3339(survey.started), "mute"}}});
  if (!survey.finished) lines.back().words.push_back({"the next run goes on with it", "mute"});
  std::erase_if(lines, [](const SurveyLine& line) { return line.words.empty(); });
  return lines;
}

}  // namespace mailprobe::reporter
