// What the process was started in: variables, home, working directory. A value, so that tests make their own.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "base/ip.h"

namespace mailprobe::app {

struct Environment {
  std::function<std::optional<std::string>(const std::string& name)> variable;
  std::filesystem::path home, working_directory;

  [[nodiscard]] std::optional<std::string> get(const std::string& name) const { return variable(name); }
};

/// The real one. Empty variables count as not set.
Environment process_environment();

/// A connection can be bound to it: not so to the public address of a host behind NAT.
bool is_of_this_host(const IpAddress& address);

/// Where what is kept lies: $XDG_DATA_HOME/mailprobe, else ~/.local/share/mailprobe.
std::filesystem::path data_folder(const Environment& environment);
/// `~/…` becomes the home directory's, a relative path one of `base`.
std::filesystem::path expand(const std::string& path, const std::filesystem::path& base,
                             const Environment& environment);

}  // namespace mailprobe::app
