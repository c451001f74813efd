// The configuration file: found, read, checked, made into probe::Settings. Every error names file, line and remedy.
// Runs no command and looks nothing up. docs/configuration.md.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "app/environment.h"
#include "base/error.h"
#include "probe/settings.h"

namespace mailprobe::app {

struct ConfigFile {
  std::filesystem::path path;
  bool named = false;  // by --config or MAILPROBE_CONFIG: its commands may run
  bool here = false;   // mailprobe.yaml of the working directory, which may be anybody's checkout
};

/// What a command needs of the file: who only looks things up needs no keys, who reads no mailbox no password, and who
/// opens no session neither a host name for it nor a sender's address.
struct Needs {
  bool keys = true, secrets = true, session = true;
};

/// --config, MAILPROBE_CONFIG, ./mailprobe.yaml, the user's, the system's; nullopt: there is none.
std::optional<ConfigFile> find_config(const std::optional<std::string>& named, const Environment& environment);

/// Failure::usage with a line for each problem.
Result<probe::Settings> load_config(const ConfigFile& file, const Needs& needs, const Environment& environment);

/// Where nothing is configured: the system's resolver settings and the default folders, nobody to send as.
probe::Settings default_settings(const Environment& environment);

}  // namespace mailprobe::app
