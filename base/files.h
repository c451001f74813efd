// Files that survive a crash: written aside, on disk, renamed. Errors name the file. No format knowledge.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/error.h"

namespace mailprobe {

/// A file descriptor that is closed when it goes.
class File {
 public:
  explicit File(int descriptor = -1) : descriptor_(descriptor) {}
  File(File&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  File& operator=(File&& other) noexcept;
  ~File();

  /// `flags` as for open(2); close-on-exec always, mode 0600.
  static Result<File> open(const std::filesystem::path& path, int flags);
  [[nodiscard]] int descriptor() const { return descriptor_; }

 private:
  int descriptor_;
};

/// All of it.
Result<void> write_all(const File& file, std::string_view bytes, const std::filesystem::path& path);
Result<void> sync(const File& file, const std::filesystem::path& path);
/// Names that were made or changed in it are on disk.
Result<void> sync_folder(const std::filesystem::path& path);
/// Either the old content or the new, whatever happens.
Result<void> replace_file(const std::filesystem::path& path, std::string_view bytes);
/// The same for what can be had again: not written to the disk at once, so that a power cut may lose it.
Result<void> replace_cached(const std::filesystem::path& path, std::string_view bytes);
/// At most `max` bytes; more is an error.
Result<std::string> read_all(const File& file, std::size_t max, const std::filesystem::path& path);
/// With its parents, 0700 where it is new.
Result<void> make_directory(const std::filesystem::path& path);

}  // namespace mailprobe
