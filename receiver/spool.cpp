#include "receiver/spool.h"

#include <fcntl.h>

#include <algorithm>
#include <chrono>
#include <map>

#include "base/encoding.h"
#include "base/files.h"
#include "base/time.h"

namespace mailprobe::receiver {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view suffix = ".msg", note_suffix = ".json", read_suffix = ".read", aside = ".new";
constexpr std::uintmax_t least_free = 64 * 1024 * 1024;  // mail of strangers must not take the last of a disk
constexpr std::size_t max_file = 64 * 1024 * 1024;       // several times what is received

/// Sorting by name is sorting by time; the random part tells apart what comes in one microsecond, and is not to be
/// guessed.
std::string new_name() {
  using namespace std::chrono;
  const auto at = floor<microseconds>(system_clock::now());
  const auto second = floor<seconds>(at);
  auto name = rfc3339(second);
  std::erase_if(name, [](char c) { return c == '-' || c == ':' || c == 'Z'; });
  const auto fraction = std::to_string((at - second).count());
  return name + std::string(6 - fraction.size(), '0') + fraction + "Z-" + base32(random_bytes(5));
}

fs::path note_path(const fs::path& folder, const std::string& name) {
  return folder / (name + std::string(note_suffix));
}

void clear_leftovers(const fs::path& folder) {
  std::error_code error;
  std::vector<fs::path> leftovers;
  for (const auto& entry : fs::directory_iterator(folder, error))
    if (entry.path().extension() == aside) leftovers.push_back(entry.path());
  for (const auto& leftover : leftovers) fs::remove(leftover, error);
}

}  // namespace

Result<Spool> Spool::open(const fs::path& folder) {
  if (auto done = make_directory(folder); !done) return std::unexpected(done.error());
  clear_leftovers(folder);
  return Spool(folder);
}

Result<Spool> Spool::share(const fs::path& folder) {
  if (auto done = make_directory(folder); !done) return std::unexpected(done.error());
  return Spool(folder);
}

bool Spool::disk_is_full() const {
  std::error_code unknown;
  const auto disk = fs::space(folder_, unknown);
  return !unknown && disk.available < least_free;
}

Result<std::string> Spool::keep(std::string_view head, std::string_view raw) const {
  if (disk_is_full()) return fail(Failure::ours, "less than 64 MB are free in " + folder_.string(), Cause::own_limit);
  auto name = new_name();
  std::string content;
  content.reserve(head.size() + 1 + raw.size());
  content.append(head).append("\n").append(raw);
  const auto path = folder_ / (name + std::string(suffix));
  if (auto done = replace_file(path, content); !done) {
    std::error_code ignored;
    fs::remove(path.string() + std::string(aside), ignored);  // half a message takes room
    return std::unexpected(done.error());
  }
  if (auto done = sync_folder(folder_); !done) return std::unexpected(done.error());
  return name;
}

std::vector<std::string> Spool::names() const {
  std::vector<std::string> all;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder_, error))
    if (entry.path().extension() == suffix) all.push_back(entry.path().stem().string());
  std::ranges::sort(all);
  return all;
}

Result<Spooled> Spool::read(const std::string& name) const {
  const auto path = folder_ / (name + std::string(suffix));
  const auto file = File::open(path, O_RDONLY);
  if (!file) return std::unexpected(file.error());
  const auto content = read_all(*file, max_file, path);
  if (!content) return std::unexpected(content.error());
  const auto end = content->find('\n');
  if (end == std::string::npos) return fail(Failure::ours, path.string() + " is no spooled message");
  return Spooled{.head = content->substr(0, end), .raw = content->substr(end + 1)};
}

std::size_t Spool::size(const std::string& name) const {
  std::error_code error;
  const auto size = fs::file_size(folder_ / file_name(name), error);
  return error ? 0 : 2 * static_cast<std::size_t>(size);  // the file, and what it is taken apart into
}

std::string Spool::file_name(const std::string& name) { return name + std::string(suffix); }

Result<void> Spool::annotate(const std::string& name, std::string_view note) const {
  const auto path = note_path(folder_, name);
  auto beside = path;
  beside += aside;
  {
    const auto file = File::open(beside, O_WRONLY | O_CREAT | O_TRUNC);
    if (!file) return std::unexpected(file.error());
    if (auto done = write_all(*file, note, beside); !done) return done;
  }
  std::error_code error;
  fs::rename(beside, path, error);
  if (error) return fail(Failure::ours, "cannot write " + path.string() + ": " + error.message());
  return {};
}

Result<std::optional<std::string>> Spool::note(const std::string& name) const {
  const auto path = note_path(folder_, name);
  if (!is_annotated(name)) return std::nullopt;
  const auto file = File::open(path, O_RDONLY);
  if (!file) return std::unexpected(file.error());
  auto text = read_all(*file, max_file, path);
  if (!text) return std::unexpected(text.error());
  return std::move(*text);
}

bool Spool::is_annotated(const std::string& name) const {
  std::error_code error;
  const auto size = fs::file_size(note_path(folder_, name), error);
  return !error && size > 0;  // empty: the power went before it was on disk
}

void Spool::mark_read(const std::string& name) const {
  std::error_code error;
  if (fs::exists(folder_ / file_name(name), error))
    (void)File::open(folder_ / (name + std::string(read_suffix)), O_WRONLY | O_CREAT);
}

std::vector<Kept> Spool::list() const {
  std::map<std::string, Kept> all;  // by name, which begins with the time
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder_, error)) {
    const auto& path = entry.path();
    if (path.extension() == aside) continue;
    const auto size = entry.file_size(error);
    if (error) continue;  // it went meanwhile
    const auto written = entry.last_write_time(error);
    if (error) continue;
    auto& mail = all[path.stem().string()];
    const auto at = std::chrono::floor<std::chrono::milliseconds>(std::chrono::file_clock::to_sys(written));
    if (mail.size == 0 || path.extension() == suffix) mail.since = at;  // a note may be written anew
    mail.size += size;
    mail.read = mail.read || path.extension() == read_suffix;
  }
  std::vector<Kept> list;
  list.reserve(all.size());
  for (auto& [name, mail] : all) {
    mail.name = name;
    list.push_back(std::move(mail));
  }
  return list;
}

Result<void> Spool::remove(const std::string& name) const {
  std::error_code error;
  fs::remove(folder_ / (name + std::string(read_suffix)), error);
  fs::remove(note_path(folder_, name), error);
  fs::remove(folder_ / (name + std::string(suffix)), error);
  if (error) return fail(Failure::ours, "cannot remove " + name + " from the spool: " + error.message());
  return {};
}

}  // namespace mailprobe::receiver
