#include "app/output_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "app/console.h"
#include "base/files.h"
#include "base/safe_text.h"

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

/// Where a link leads to: the link itself stays.
fs::path followed(const fs::path& path) {
  std::error_code error;
  auto target = fs::weakly_canonical(path, error);
  return error ? path : target;
}

}  // namespace

Result<void> check_outputs(const OutputPaths& paths) {
  for (const auto& path : paths.given())
    if (auto ok = check_output(path); !ok) return ok;
  return {};
}

std::vector<std::string> OutputPaths::given() const {
  std::vector<std::string> all;
  for (const auto* path : {&html, &json, &junit, &tap, &csv, &markdown, &prometheus})
    if (*path) all.push_back(**path);
  return all;
}

bool OutputPaths::to_standard_output() const { return std::ranges::count(given(), "-") > 0; }

OutputFile::OutputFile(File file, fs::path target, std::string aside)
    : file_(std::move(file)), target_(std::move(target)), aside_(std::move(aside)) {}

Result<OutputFile> OutputFile::open(const std::string& path) {
  std::error_code error;
  const auto status = fs::status(path, error);
  const bool device = fs::exists(status) && !fs::is_regular_file(status);
  const auto target = device ? fs::path(path) : followed(path);
  const auto aside =
      device ? ""
             : (folder_of(target) / ("." + target.filename().string() + "." + std::to_string(::getpid()))).string();
  const int descriptor = device ? ::open(path.c_str(), O_WRONLY | O_CLOEXEC)
                                : ::open(aside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, report_mode);
  if (descriptor < 0) return cannot(Failure::ours, path, system_text(errno));
  return OutputFile(File(descriptor), target, aside);
}

OutputFile::~OutputFile() {
  if (!aside_.empty()) ::unlink(aside_.c_str());
}

Result<void> OutputFile::add(std::string_view text) { return write_all(file_, text, target_); }

Result<void> OutputFile::finish() {
  if (aside_.empty()) return {};
  if (::rename(aside_.c_str(), target_.c_str()) != 0)
    return cannot(Failure::ours, target_.string(), system_text(errno));
  aside_.clear();
  return {};
}

Result<void> write_output(const std::string& path, std::string_view text) {
  if (path == "-") {
    write_out(text);
    return {};
  }
  auto file = OutputFile::open(path);
  if (!file) return std::unexpected(file.error());
  if (auto written = file->add(text); !written) return written;
  return file->finish();
}

}  // namespace mailprobe::app
