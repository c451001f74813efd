// Reports as files: that they can be written is known before anything is sent; they appear whole or not at all.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "app/options.h"
#include "base/error.h"
#include "base/files.h"

namespace mailprobe::app {

/// Failure::usage names the first that cannot be written, and why.
Result<void> check_outputs(const OutputPaths& paths);

/// Written aside, as it comes, and renamed when it is whole; devices and pipes are written to.
class OutputFile {
 public:
  static Result<OutputFile> open(const std::string& path);
  OutputFile(OutputFile&&) noexcept = default;
  OutputFile& operator=(OutputFile&&) = delete;
  ~OutputFile();

  Result<void> add(std::string_view text);
  Result<void> finish();

 private:
  OutputFile(File file, std::filesystem::path target, std::string aside);

  File file_;
  std::filesystem::path target_;
  std::string aside_;  // empty: there is nothing to rename, or to remove
};

/// The whole text at once; `-` is standard output.
Result<void> write_output(const std::string& path, std::string_view text);

}  // namespace mailprobe::app
