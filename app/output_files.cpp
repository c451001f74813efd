#include "app/output_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "app/console.h"
#include "base/safe_text.h"
#include "probe/files.h"

namespace mailprobe::app {

namespace fs = std::filesystem;

namespace {

constexpr mode_t report_mode = 0666;  // less the umask, as for any file that one asks for

std::unexpected<Error> cannot(Failure kind, const std::string& path, const std::string& why) {
  return fail(kind, "cannot write " + safe_text(path) + ": " + why);
}
std::string system_text(int error) { return std::generic_category().message(error); }

fs::path folder_of(const fs::path& path) { return path.parent_path().empty() ? fs::path(".") : path.parent_path(); }

Result<void> check_output(const std::string& path) {
  if (path == "-") return {};
  if (path.empty()) return fail(Failure::usage, "a report is to go to a file without a name");
  std::error_code error;
  const auto status = fs::status(path, error);
  if (fs::is_directory(status)) return cannot(Failure::usage, path, "it is a folder");
  if (fs::exists(status) && !fs::is_regular_file(status))
    return ::access(path.c_str(), W_OK) == 0 ? Result<void>{} : cannot(Failure::usage, path, system_text(errno));
  const auto folder = folder_of(path);
  if (!fs::is_directory(folder, error))
    return cannot(Failure::usage, path, "there is no folder " + safe_text(folder.string()));
  if (::access(folder.c_str(), W_OK | X_OK) != 0) return cannot(Failure::usage, path, system_text(errno));
  return {};
}

Result<void> write_to(int descriptor, const fs::path& path, std::string_view text) {
  if (descriptor < 0) return cannot(Failure::ours, path.string(), system_text(errno));
  return probe::write_all(probe::File(descriptor), text, path);
}

/// Where a link leads to: the link itself stays.
fs::path followed(const fs::path& path) {
  std::error_code error;
  auto target = fs::weakly_canonical(path, error);
  return error ? path : target;
}

}  // namespace

Result<void> check_outputs(const OutputPaths& paths) {
  for (const auto* path : {&paths.html, &paths.json, &paths.junit, &paths.tap})
    if (*path)
      if (auto ok = check_output(**path); !ok) return ok;
  return {};
}

Result<void> write_output(const std::string& path, std::string_view text) {
  if (path == "-") {
    write_out(text);
    return {};
  }
  std::error_code error;
  if (const auto status = fs::status(path, error); fs::exists(status) && !fs::is_regular_file(status))
    return write_to(::open(path.c_str(), O_WRONLY | O_CLOEXEC), path, text);
  const auto target = followed(path);
  const auto aside = folder_of(target) / ("." + target.filename().string() + "." + std::to_string(::getpid()));
  auto written = write_to(::open(aside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, report_mode), aside, text);
  if (written && ::rename(aside.c_str(), target.c_str()) != 0)
    written = cannot(Failure::ours, path, system_text(errno));
  if (!written) ::unlink(aside.c_str());
  return written;
}

}  // namespace mailprobe::app
