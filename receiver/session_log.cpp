#include "receiver/session_log.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/text.h"
#include "evidence/json.h"

namespace mailprobe::receiver {

namespace fs = std::filesystem;

namespace {

fs::path current(const fs::path& folder) { return folder / "sessions.jsonl"; }
fs::path before(const fs::path& folder) { return folder / "sessions.1.jsonl"; }

Result<File> open_to_append(const fs::path& folder) {
  return File::open(current(folder), O_WRONLY | O_CREAT | O_APPEND);
}

void read_into(const fs::path& path, Time since, std::vector<evidence::Session>& all) {
  const auto file = File::open(path, O_RDONLY);
  if (!file) return;
  const auto text = read_all(*file, 2 * SessionLog::max_file, path);
  if (!text) return;
  for (const auto line : split(*text, '\n')) {
    auto session = evidence::session_from_json(line);
    if (session && session->started >= since) all.push_back(std::move(*session));
  }
}

}  // namespace

Result<SessionLog> SessionLog::open(const fs::path& folder, std::size_t max) {
  if (auto done = make_directory(folder); !done) return std::unexpected(done.error());
  auto file = open_to_append(folder);
  if (!file) return std::unexpected(file.error());
  // A line that was torn when a process was killed ends here.
  const auto size = ::lseek(file->descriptor(), 0, SEEK_END);
  if (size > 0)
    if (auto done = write_all(*file, "\n", current(folder)); !done) return std::unexpected(done.error());
  return SessionLog(folder, max, std::move(*file), static_cast<std::size_t>(std::max<off_t>(size, 0)));
}

Result<void> SessionLog::add(const evidence::Session& session) {
  const auto line = evidence::to_json(session) + "\n";
  if (size_ > 0 && size_ + line.size() > max_) {
    std::error_code error;
    fs::rename(current(folder_), before(folder_), error);
    auto file = open_to_append(folder_);
    if (!file) return std::unexpected(file.error());
    file_ = std::move(*file);
    size_ = 0;
  }
  size_ += line.size();
  return write_all(file_, line, current(folder_));
}

std::vector<evidence::Session> sessions_since(const fs::path& folder, Time since) {
  std::vector<evidence::Session> all;
  read_into(before(folder), since, all);
  read_into(current(folder), since, all);
  return all;
}

}  // namespace mailprobe::receiver
