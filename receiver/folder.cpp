#include "receiver/folder.h"

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>

namespace mailprobe::receiver {

std::filesystem::path home_of(const std::filesystem::path& runs) {
  const auto plain = runs.has_filename() ? runs : runs.parent_path();  // "runs/" is "runs"
  return plain.parent_path();
}

Folder Folder::beside(const std::filesystem::path& runs) { return {home_of(runs) / "receiver"}; }

Result<File> hold(const Folder& folder) {
  if (auto done = make_directory(folder.path); !done) return std::unexpected(done.error());
  auto file = File::open(folder.lock(), O_RDWR | O_CREAT);
  if (!file) return file;
  if (::flock(file->descriptor(), LOCK_EX | LOCK_NB) == 0) return file;
  return fail(Failure::usage,
              "another mailprobe receives already for this configuration: it holds " + folder.lock().string());
}

bool is_held(const Folder& folder) {
  const auto file = File::open(folder.lock(), O_RDONLY);
  return file && ::flock(file->descriptor(), LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
}

}  // namespace mailprobe::receiver
