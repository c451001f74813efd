// Where the conformance data lies: MAILPROBE_CONFORMANCE_DIR, else beside the checkout. Not part of the project.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mailprobe::test {

/// The folder of one data set, or nullopt where it is missing: the test then skips and says so.
std::optional<std::filesystem::path> conformance(std::string_view set);
/// All regular files below, sorted; `extension` with its dot, or empty for all.
std::vector<std::filesystem::path> files_below(const std::filesystem::path& folder, std::string_view extension = {});
std::string read_file(const std::filesystem::path& file);
/// A file of tests/data.
std::filesystem::path data(std::string_view relative);

}  // namespace mailprobe::test

#define MAILPROBE_CONFORMANCE(variable, set)                                                       \
  const auto variable##_found = ::mailprobe::test::conformance(set);                               \
  if (!variable##_found) GTEST_SKIP() << "conformance data '" << (set) << "' is missing: skipped"; \
  const auto& variable = *variable##_found
