// What a run was asked for, kept in its folder: by which a later process goes on with it. Arguments as they were typed,
// and the folder that they were typed in; no secret.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "app/environment.h"
#include "app/options.h"
#include "base/error.h"

namespace mailprobe::app {

struct RunRequest {
  std::vector<std::string> arguments;  // without the program's name
  std::filesystem::path directory;
};

std::string to_json(const RunRequest& request);
/// The request of the run in `folder`. Failure::usage: it has none.
Result<RunRequest> read_run_request(const std::filesystem::path& folder);

/// A run that is gone on with: what it was asked for, but for where the reports go, which is `command`'s and
/// `common`'s.
struct Resumed {
  RunCommand command;
  CommonOptions common;
};
Result<Resumed> resumed(const ResumeCommand& command, const CommonOptions& common, const Environment& environment);

}  // namespace mailprobe::app
