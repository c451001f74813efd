// Saved evidence by the names that the command line takes: a file, a run's id or the beginning of one, "last".
#pragma once

#include <filesystem>
#include <string>

#include "app/environment.h"
#include "app/options.h"
#include "base/error.h"
#include "evidence/document.h"

namespace mailprobe::app {

/// The evidence file. `runs` is the folder of all runs. A run that is there without evidence is not of kind usage.
Result<std::filesystem::path> find_evidence(const std::string& what, const std::filesystem::path& runs);

/// The same in the folder of runs that is configured; among the lab's runs too, where there is nothing else: who has
/// just tried the lab types "report last".
Result<std::filesystem::path> find_saved(const std::string& what, const CommonOptions& common,
                                         const Environment& environment);

/// The folder of a run, whether it came to its end or not.
Result<std::filesystem::path> find_run(const std::string& what, const CommonOptions& common,
                                       const Environment& environment);

/// Bounded and checked: it may come from anybody.
Result<evidence::Document> read_evidence(const std::filesystem::path& file);

}  // namespace mailprobe::app
