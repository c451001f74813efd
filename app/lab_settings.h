// The embedded lab as a configuration: in memory for --lab, as files for `mailprobe lab`. Starts no lab (lab/lab.h).
#pragma once

#include <filesystem>
#include <string>

#include "app/environment.h"
#include "base/error.h"
#include "lab/lab.h"
#include "probe/settings.h"

namespace mailprobe::app {

/// For a run in the lab's own process.
Result<probe::Settings> lab_settings(const lab::Access& access, const Environment& environment);

/// Runs and history of the lab lie apart from the real ones.
std::filesystem::path lab_folder(const Environment& environment);
/// Its DNS writes what it was asked beside the runs, and the traps' key is kept there.
lab::LabOptions lab_options(const Environment& environment);

/// The same as a file, for other processes.
std::string lab_config(const lab::Access& access, const Environment& environment);
/// Writes mailprobe.yaml and what it refers to into `folder`, all 0600. Returns the path of the first.
Result<std::filesystem::path> write_lab_files(const std::filesystem::path& folder, const lab::Access& access,
                                              const Environment& environment);

}  // namespace mailprobe::app
