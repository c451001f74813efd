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
std::filesystem::path SurveyCache::file(const Place& place) const {
  const auto key = place.host + " " + place.address.text() + " " + std::to_string(place.port);
  return folder_ / (hex(sha256(key)).substr(0, 32) + ".json");
}

std::optional<TlsSurvey> SurveyCache::take(const Place& place, Time now) const {
  const auto path = file(place);
  std::error_code error;
  if (!std::filesystem::exists(path, error)) return std::nullopt;
  const auto opened = File::open(path, O_RDONLY);
  if (!opened) return std::nullopt;
  const auto text = read_all(*opened, max_file, path);
  if (!text) return std::nullopt;
  auto survey = evidence::survey_from_json(*text);
  if (!survey || survey->finished || survey->started > now || now - survey->started > fresh_for) return std::nullopt;
  return std::move(*survey);
}

Result<void> SurveyCache::keep(const Place& place, const TlsSurvey& survey) const {
  const auto path = file(place);
  if (survey.finished) {
    std::error_code ignored;
    std::filesystem::remove(path, ignored);
    return {};
  }
  if (auto made = make_directory(folder_); !made) return made;
  return replace_cached(path, evidence::to_json(survey));
}

}  // namespace mailprobe::probe
