// TLS surveys that a run could not finish, kept for the next one to go on from: a file for each address below the
// folder of the runs. What is finished is not kept: a server that was changed is to be asked anew.
#pragma once

#include <filesystem>
#include <optional>

#include "base/tls_survey.h"
#include "probe/attempt.h"

namespace mailprobe::probe {

class SurveyCache {
 public:
  explicit SurveyCache(std::filesystem::path folder) : folder_(std::move(folder)) {}

  /// What an earlier run left; nullopt where there is nothing, or nothing that is fresh and whole.
  [[nodiscard]] std::optional<TlsSurvey> take(const Place& place, Time now) const;
  /// Keeps it, or forgets what was kept where it is finished.
  Result<void> keep(const Place& place, const TlsSurvey& survey) const;

 private:
  [[nodiscard]] std::filesystem::path file(const Place& place) const;

  std::filesystem::path folder_;
};

}  // namespace mailprobe::probe
