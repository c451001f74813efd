#include <fmt/format.h>

#include "reporter/phrases.h"
#include "reporter/survey_words.h"
#include "reporter/views.h"

namespace mailprobe::reporter {

namespace {

std::size_t refused(const std::vector<TlsOption>& options) {
  std::size_t count = 0;
  for (const auto& option : options) count += option.answer == TlsAnswer::refused ? 1 : 0;
  return count;
}

Views words_of(const SurveyLine& line) {
  Views words;
  for (const auto& one : line.words) words.push_back(View().set("text", one.text).set("tone", one.tone));
  return words;
}

View survey_view(const evidence::MxHost& host, const evidence::MxAddress& address, Time at) {
  const auto& survey = *address.survey;
  Views lines, steps;
  for (const auto& line : survey_lines(survey, at))
    lines.push_back(View().set("label", line.label).set("words", words_of(line)));
  for (const auto& step : survey.steps) steps.push_back(View().set("asked", step.asked).set("answer", step.answered));
  return View()
      .set("host", host.host)
      .set("address", address.ip)
      .set("lines", std::move(lines))
      .set("steps", std::move(steps))
      .set("count", count_of(static_cast<std::size_t>(survey.connections), "connection"))
      .set("refused", fmt::format("{} and {} refused", count_of(refused(survey.suites), "suite"),
                                  count_of(refused(survey.groups), "group")));
}

}  // namespace

void view_surveys(View& page, const Page& from) {
  Views surveys;
  for (const auto& host : from.document.target.mx)
    for (const auto& address : host.addresses)
      if (address.survey) surveys.push_back(survey_view(host, address, from.document.run.started));
  page.set("has_surveys", !surveys.empty()).set("surveys", std::move(surveys));
}

}  // namespace mailprobe::reporter
