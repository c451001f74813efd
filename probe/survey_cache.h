// TLS surveys, files below the folder of the runs: those that a run could not finish, for the next one to go on from,
// and for each address the last finished one, to be shown where a new one cannot be finished: a server that was changed
// is to be asked anew.
#pragma once

#include <filesystem>
#include <optional>

#include "base/tls_survey.h"
#include "probe/attempt.h"

namespace mailprobe::probe {

class SurveyCache {
 public:
  explicit SurveyCache(std::filesystem::path folder) : folder_(std::move(folder)) {}

  /// What an earlier run left unfinished; nullopt where there is nothing, or nothing that is fresh and whole.
  [[nodiscard]] std::optional<TlsSurvey> take(const Place& place, Time now) const;
  /// The last finished one, of a day at most.
  [[nodiscard]] std::optional<TlsSurvey> finished(const Place& place, Time now) const;
  /// Where it is finished, in place of what was not.
  Result<void> keep(const Place& place, const TlsSurvey& survey) const;
  /// What was not finished.
  Result<void> forget(const Place& place) const;

 private:
  [[nodiscard]] std::filesystem::path file(const Place& place, bool finished) const;
  [[nodiscard]] std::optional<TlsSurvey> read(const Place& place, bool finished, Time now) const;

  std::filesystem::path folder_;
};

}  // namespace mailprobe::probe
