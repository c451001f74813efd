// A folder for one test, and an environment that knows nothing but what the test says.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <string>

#include "app/environment.h"
#include "tests/support/temporary_folder.h"

namespace mailprobe::test {

class Folder : public TemporaryFolder {
 public:
  std::filesystem::path write(const std::string& name, const std::string& text, unsigned mode = 0600) const {
    const auto file = path() / name;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << text;
    std::filesystem::permissions(file, static_cast<std::filesystem::perms>(mode));
    return file;
  }
  [[nodiscard]] std::string read(const std::string& name) const {
    std::ifstream file(path() / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
};

using Variables = std::map<std::string, std::string>;

inline app::Environment environment(const std::filesystem::path& folder, Variables variables = {}) {
  return {.variable = [variables = std::move(variables)](const std::string& name) -> std::optional<std::string> {
            const auto found = variables.find(name);
            return found == variables.end() ? std::nullopt : std::optional(found->second);
          },
          .home = folder / "home",
          .working_directory = folder};
}

}  // namespace mailprobe::test
