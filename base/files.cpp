#include "base/files.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

namespace mailprobe {

namespace {

std::unexpected<Error> cannot(std::string_view what, const std::filesystem::path& path, int error) {
  const bool full = error == ENOSPC || error == EDQUOT || error == EFBIG;
  return fail(Failure::ours,
              "cannot " + std::string(what) + " " + path.string() + ": " + std::generic_category().message(error),
              full ? std::optional(Cause::own_limit) : std::nullopt);
}

}  // namespace

File& File::operator=(File&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

// A worker process that was forked meanwhile has the file open too, and would go on holding its lock.
File::~File() {
  if (descriptor_ < 0) return;
  ::flock(descriptor_, LOCK_UN);
  ::close(descriptor_);
}

Result<File> File::open(const std::filesystem::path& path, int flags) {
  const int descriptor = ::open(path.c_str(), flags | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (descriptor < 0) return cannot("open", path, errno);
  return File(descriptor);
}

Result<void> write_all(const File& file, std::string_view bytes, const std::filesystem::path& path) {
  while (!bytes.empty()) {
    const auto count = ::write(file.descriptor(), bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return cannot("write", path, errno);
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return {};
}

Result<void> sync(const File& file, const std::filesystem::path& path) {
  if (::fdatasync(file.descriptor()) != 0) return cannot("write", path, errno);
  return {};
}

namespace {

Result<void> replace(const std::filesystem::path& path, std::string_view bytes, bool synced) {
  auto aside = path;
  aside += ".new";
  auto file = File::open(aside, O_WRONLY | O_CREAT | O_TRUNC);
  if (!file) return std::unexpected(file.error());
  if (auto done = write_all(*file, bytes, aside); !done) return done;
  if (synced)
    if (auto done = sync(*file, aside); !done) return done;
  if (::rename(aside.c_str(), path.c_str()) != 0) return cannot("write", path, errno);
  return {};
}

}  // namespace

Result<void> sync_folder(const std::filesystem::path& path) {
  const auto folder = File::open(path, O_RDONLY | O_DIRECTORY);
  if (!folder) return std::unexpected(folder.error());
  if (::fsync(folder->descriptor()) != 0) return cannot("write", path, errno);
  return {};
}

Result<void> replace_file(const std::filesystem::path& path, std::string_view bytes) {
  return replace(path, bytes, true);
}

Result<void> replace_cached(const std::filesystem::path& path, std::string_view bytes) {
  return replace(path, bytes, false);
}

Result<std::string> read_all(const File& file, std::size_t max, const std::filesystem::path& path) {
  std::string bytes;
  std::array<char, 16 * 1024> part{};
  for (;;) {
    const auto count = ::read(file.descriptor(), part.data(), part.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return cannot("read", path, errno);
    if (count == 0) return bytes;
    bytes.append(part.data(), static_cast<std::size_t>(count));
    if (bytes.size() > max) return fail(Failure::ours, path.string() + " is larger than it may be");
  }
}

Result<void> make_directory(const std::filesystem::path& path) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) return {};
  if (const auto parent = path.parent_path(); !parent.empty() && parent != path)
    if (auto done = make_directory(parent); !done) return done;
  if (::mkdir(path.c_str(), S_IRWXU) != 0 && errno != EEXIST) return cannot("make the folder", path, errno);
  return {};
}

}  // namespace mailprobe
