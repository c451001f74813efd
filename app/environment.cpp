#include "app/environment.h"

#include <pwd.h>
#include <unistd.h>

#include <cstdlib>

namespace mailprobe::app {

namespace {

std::optional<std::string> from_process(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  if (value == nullptr || *value == '\0') return std::nullopt;
  return value;
}

std::filesystem::path home_directory() {
  if (auto home = from_process("HOME")) return *home;
  const auto* entry = ::getpwuid(::geteuid());
  return entry != nullptr ? entry->pw_dir : "/";
}

}  // namespace

Environment process_environment() {
  std::error_code ignored;
  return {
      .variable = from_process, .home = home_directory(), .working_directory = std::filesystem::current_path(ignored)};
}

std::filesystem::path data_folder(const Environment& environment) {
  // A relative one is to be ignored (XDG Base Directory Specification).
  if (auto data = environment.get("XDG_DATA_HOME"); data && data->starts_with('/'))
    return std::filesystem::path(*data) / "mailprobe";
  return environment.home / ".local/share/mailprobe";
}

std::filesystem::path expand(const std::string& path, const std::filesystem::path& base,
                             const Environment& environment) {
  if (path == "~") return environment.home;
  if (path.starts_with("~/")) return environment.home / path.substr(2);
  return (base / path).lexically_normal();
}

}  // namespace mailprobe::app
