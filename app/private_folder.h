// A temporary folder that nobody else can look into: for what goes with the process.
#pragma once

#include <filesystem>

#include "app/environment.h"
#include "base/error.h"

namespace mailprobe::app {

/// 0700; goes with all that is in it.
class PrivateFolder {
 public:
  static Result<PrivateFolder> make(const Environment& environment);
  PrivateFolder(PrivateFolder&& other) noexcept;
  PrivateFolder& operator=(PrivateFolder&&) = delete;
  ~PrivateFolder();
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  explicit PrivateFolder(std::filesystem::path path) : path_(std::move(path)) {}
  std::filesystem::path path_;
};

}  // namespace mailprobe::app
