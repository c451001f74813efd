#include "probe/survey_cache.h"

#include <fcntl.h>

#include "base/encoding.h"
#include "base/files.h"
#include "evidence/json.h"

namespace mailprobe::probe {

namespace {

constexpr std::size_t max_file = 1024 * 1024;
constexpr auto fresh_for = std::chrono::hours(24);  // after that the server may be another

}  // namespace

/// A host's name is not ours to make a path of.
std::filesystem::path SurveyCache::file(const Place& place, bool finished) const {
  const auto key = place.host + " " + place.address.text() + " " + std::to_string(place.port);
  return folder_ / (hex(sha256(key)).substr(0, 32) + (finished ? ".finished.json" : ".json"));
}

std::optional<TlsSurvey> SurveyCache::read(const Place& place, bool finished, Time now) const {
  const auto path = file(place, finished);
  std::error_code error;
  if (!std::filesystem::exists(path, error)) return std::nullopt;
  const auto opened = File::open(path, O_RDONLY);
  if (!opened) return std::nullopt;
  const auto text = read_all(*opened, max_file, path);
  if (!text) return std::nullopt;
  auto survey = evidence::survey_from_json(*text);
  if (!survey || survey->finished != finished || survey->started > now || now - survey->started > fresh_for)
    return std::nullopt;
  return std::move(*survey);
}

std::optional<TlsSurvey> SurveyCache::take(const Place& place, Time now) const { return read(place, false, now); }

std::optional<TlsSurvey> SurveyCache::finished(const Place& place, Time now) const { return read(place, true, now); }

Result<void> SurveyCache::keep(const Place& place, const TlsSurvey& survey) const {
  if (auto made = make_directory(folder_); !made) return made;
  if (auto kept = replace_cached(file(place, survey.finished), evidence::to_json(survey)); !kept) return kept;
  return survey.finished ? forget(place) : Result<void>{};
}

Result<void> SurveyCache::forget(const Place& place) const {
  std::error_code error;
  std::filesystem::remove(file(place, false), error);
  if (error) return fail(Failure::ours, "cannot remove " + file(place, false).string() + ": " + error.message());
  return {};
}

}  // namespace mailprobe::probe
