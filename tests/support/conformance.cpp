#include "tests/support/conformance.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace mailprobe::test {

std::optional<std::filesystem::path> conformance(std::string_view set) {
  const char* variable = std::getenv("MAILPROBE_CONFORMANCE_DIR");
  const std::filesystem::path root =
      variable && *variable ? std::filesystem::path(variable)
                            : std::filesystem::path(MAILPROBE_SOURCE_DIR) / ".." / "shared" / "conformance";
  auto folder = root / set;
  if (!std::filesystem::is_directory(folder)) return std::nullopt;
  return folder;
}

std::vector<std::filesystem::path> files_below(const std::filesystem::path& folder, std::string_view extension) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
    if (entry.is_regular_file() && (extension.empty() || entry.path().extension() == extension))
      files.push_back(entry.path());
  std::ranges::sort(files);
  return files;
}

std::string read_file(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) throw std::runtime_error("cannot read " + file.string());
  return {std::istreambuf_iterator<char>(in), {}};
}

std::filesystem::path data(std::string_view relative) {
  return std::filesystem::path(MAILPROBE_SOURCE_DIR) / "tests" / "data" / relative;
}

}  // namespace mailprobe::test
