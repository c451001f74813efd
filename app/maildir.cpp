#include "app/maildir.h"

#include <algorithm>
#include <filesystem>

namespace mailprobe::app {

namespace fs = std::filesystem;

namespace {

Result<void> list(const fs::path& folder, std::vector<fs::path>& found) {
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    const bool hidden = entry->path().filename().string().starts_with('.');  // not a message, says maildir(5)
    std::error_code unknown;
    if (!hidden && entry->is_regular_file(unknown)) found.push_back(entry->path());
  }
  if (error) return fail(Failure::usage, "it cannot be read: " + error.message());
  return {};
}

std::vector<std::string> names_of(std::vector<fs::path>& found) {
  std::ranges::sort(found, {}, [](const fs::path& path) { return std::pair(path.filename(), path); });
  std::vector<std::string> names;
  names.reserve(found.size());
  for (const auto& path : found) names.push_back(path.string());
  return names;
}

}  // namespace

bool is_folder(const std::string& path) {
  std::error_code error;
  return fs::is_directory(path, error);
}

Result<std::vector<std::string>> files_in(const std::string& folder) {
  std::vector<fs::path> found;
  if (auto listed = list(folder, found); !listed) return std::unexpected(listed.error());
  return names_of(found);
}

Result<std::vector<std::string>> maildir_messages(const std::string& folder) {
  const fs::path top(folder);
  if (!is_folder((top / "cur").string()) || !is_folder((top / "new").string()))
    return fail(Failure::usage, "it is a folder, and no Maildir: that has cur/ and new/");
  std::vector<fs::path> found;
  for (const auto* part : {"cur", "new"})
    if (auto listed = list(top / part, found); !listed) return std::unexpected(listed.error());
  if (found.empty()) return fail(Failure::usage, "there is no message in it");
  return names_of(found);
}

}  // namespace mailprobe::app
