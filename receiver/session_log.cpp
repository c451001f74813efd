#include "receiver/session_log.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>

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

void parse_into(std::string_view text, Time since, std::vector<evidence::Session>& all) {
  for (const auto line : split(text, '\n')) {
    auto session = evidence::session_from_json(line);
    if (session && session->started >= since) all.push_back(std::move(*session));
  }
}

void read_into(const fs::path& path, Time since, std::vector<evidence::Session>& all) {
  const auto file = File::open(path, O_RDONLY);
  if (!file) return;
  const auto text = read_all(*file, 2 * SessionLog::max_file, path);
  if (text) parse_into(*text, since, all);
}

void cut_talk(std::vector<Event>& events) {
  std::size_t octets = 0;
  const auto too_many = std::ranges::find_if(events, [&](const Event& event) {
    octets += event.text.size();
    return octets > SessionLog::max_idle_talk;
  });
  if (too_many == events.end()) return;
  const auto left_out = std::to_string(events.end() - too_many);
  const auto at = too_many->t_ms;
  events.erase(too_many, events.end());
  events.push_back({at, Direction::note, left_out + " more lines are not kept"});
}

std::size_t size_of(const File& file) {
  struct stat found{};
  return ::fstat(file.descriptor(), &found) == 0 ? static_cast<std::size_t>(found.st_size) : 0;
}

bool is_same_file(const File& one, const File& other) {
  struct stat a{}, b{};
  return ::fstat(one.descriptor(), &a) == 0 && ::fstat(other.descriptor(), &b) == 0 && a.st_ino == b.st_ino;
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

Result<void> SessionLog::add(evidence::Session session) {
  if (!session.probe) cut_talk(session.events);
  const auto line = evidence::to_json(session) + "\n";
  if (size_ > 0 && size_ + line.size() > max_) {
    std::error_code error;
    if (fs::exists(before(folder_), error)) ++losses_;
    fs::rename(current(folder_), before(folder_), error);
    auto file = open_to_append(folder_);
    if (!file) return std::unexpected(file.error());
    file_ = std::move(*file);
    size_ = 0;
  }
  size_ += line.size();
  return write_all(file_, line, current(folder_));
}

SessionTail::SessionTail(fs::path folder) : folder_(std::move(folder)) {
  if (auto file = File::open(current(folder_), O_RDONLY)) {
    file_ = std::move(*file);
    at_ = size_of(file_);
  }
}

void SessionTail::read_on(const File& file, std::vector<evidence::Session>& all) {
  const auto size = std::min(size_of(file), 2 * SessionLog::max_file);
  if (size <= at_) return;
  std::string text(size - at_, '\0');
  const auto got = ::pread(file.descriptor(), text.data(), text.size(), static_cast<off_t>(at_));
  if (got <= 0) return;
  text.resize(static_cast<std::size_t>(got));
  text.resize(text.rfind('\n') + 1);  // npos + 1: nothing is whole
  at_ += text.size();
  parse_into(text, Time::min(), all);
}

std::vector<evidence::Session> SessionTail::next() {
  std::vector<evidence::Session> all;
  if (file_.descriptor() >= 0) read_on(file_, all);
  auto file = File::open(current(folder_), O_RDONLY);
  if (!file || (file_.descriptor() >= 0 && is_same_file(*file, file_))) return all;
  file_ = std::move(*file);
  at_ = 0;
  read_on(file_, all);
  return all;
}

std::vector<evidence::Session> sessions_since(const fs::path& folder, Time since) {
  std::vector<evidence::Session> all;
  read_into(before(folder), since, all);
  read_into(current(folder), since, all);
  return all;
}

}  // namespace mailprobe::receiver
