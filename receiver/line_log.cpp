#include "receiver/line_log.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>

namespace mailprobe::receiver {

namespace fs = std::filesystem;

fs::path put_aside_as(const fs::path& path) { return path.string() + ".1"; }

namespace {

Result<File> open_log(const fs::path& path) { return File::open(path, O_WRONLY | O_CREAT | O_APPEND); }

std::size_t size_of(const File& file) {
  return static_cast<std::size_t>(std::max<off_t>(::lseek(file.descriptor(), 0, SEEK_END), 0));
}

}  // namespace

Result<LineLog> LineLog::open(const fs::path& path, std::size_t max) {
  if (auto done = make_directory(path.parent_path()); !done) return std::unexpected(done.error());
  auto file = open_log(path);
  if (!file) return std::unexpected(file.error());
  const auto size = size_of(*file);
  return LineLog(path, max, std::move(*file), size);
}

/// The full file is put aside, unless another process has done so meanwhile, and a new one begun.
Result<void> LineLog::turn() {
  turn_at_ = size_ + max_ / 8;
  auto there = open_log(path_);
  if (!there) return std::unexpected(there.error());
  if (size_of(*there) >= max_ / 2) {
    std::error_code error;
    fs::rename(path_, put_aside_as(path_), error);
    if (error) return fail(Failure::ours, path_.string() + " cannot be put aside: " + error.message());
    there = open_log(path_);
    if (!there) return std::unexpected(there.error());
  }
  file_ = std::move(*there);
  size_ = size_of(file_);
  turn_at_ = max_;
  return {};
}

Result<void> LineLog::add(const std::string& text) {
  constexpr std::size_t most = 8;
  const auto line = (torn_ ? "\n" : "") + text + "\n";
  const bool full = size_ > 0 && size_ + line.size() > turn_at_;
  const auto turned = full ? turn() : Result<void>{};
  if (size_ + line.size() > most * max_) return turned ? fail(Failure::ours, path_.string() + " is full") : turned;
  size_ += line.size();
  auto written = write_all(file_, line, path_);
  torn_ = !written;
  return written ? turned : written;
}

}  // namespace mailprobe::receiver
