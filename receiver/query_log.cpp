#include "receiver/query_log.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <boost/json.hpp>

#include "base/text.h"
#include "receiver/dnstap.h"

namespace mailprobe::receiver {

namespace fs = std::filesystem;
namespace json = boost::json;

namespace {

constexpr std::size_t max_line = 4096;  // a name has at most 1,004 characters with its escapes (RFC 1035 §3.1, §5.1)
constexpr std::size_t max_log = 64 * 1024 * 1024;  // of another name server: only the end of what is longer

fs::path before(const fs::path& path) { return path.string() + ".1"; }

std::optional<std::string> text_of(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  if (value == nullptr || !value->is_string()) return std::nullopt;
  return std::string(value->get_string());
}

/// The end of a file, from the start of a line.
std::string tail_of(const fs::path& path) {
  const auto file = File::open(path, O_RDONLY);
  if (!file) return {};
  const auto size = ::lseek(file->descriptor(), 0, SEEK_END);
  const auto from = std::max<off_t>(0, size - static_cast<off_t>(max_log));
  if (size <= 0 || ::lseek(file->descriptor(), from, SEEK_SET) != from) return {};
  auto text = read_all(*file, 2 * max_log, path);
  if (!text) return {};
  if (from > 0) text->erase(0, text->find('\n') + 1);
  return std::move(*text);
}

void read_tap(std::string_view text, std::string_view word, Time since, std::vector<SeenQuery>& all) {
  for (auto& query : read_dnstap(text))
    if (query.time >= since && ifind(query.name, word) != std::string_view::npos) all.push_back(std::move(query));
}

void read_into(const fs::path& path, std::string_view word, Time since, std::vector<SeenQuery>& all) {
  const auto text = tail_of(path);
  if (is_dnstap(text)) return read_tap(text, word, since, all);
  for (const auto line : split(text, '\n')) {
    if (ifind(line, word) == std::string_view::npos) continue;
    auto query = query_from_json(line);
    if (query && query->time >= since) all.push_back(std::move(*query));
  }
}

}  // namespace

std::string to_json(const SeenQuery& query) {
  const json::object object{{"time", rfc3339(query.time)},
                            {"name", query.name},
                            {"type", query.type},
                            {"from", query.from},
                            {"transport", query.transport}};
  return json::serialize(object);
}

std::optional<SeenQuery> query_from_json(std::string_view line) {
  if (line.size() > max_line) return std::nullopt;
  boost::system::error_code error;
  const auto value = json::parse(line, error);
  if (error || !value.is_object()) return std::nullopt;
  const auto& object = value.get_object();
  const auto time = text_of(object, "time"), name = text_of(object, "name"), type = text_of(object, "type"),
             from = text_of(object, "from");
  const auto at = time ? parse_rfc3339(*time) : std::nullopt;
  if (!at || !name || !type || !from) return std::nullopt;
  return SeenQuery{.time = *at,
                   .name = to_lower(*name),
                   .type = *type,
                   .from = *from,
                   .transport = text_of(object, "transport").value_or("")};
}

Result<QueryLog> QueryLog::open(const fs::path& path, std::size_t max) {
  if (auto done = make_directory(path.parent_path()); !done) return std::unexpected(done.error());
  auto file = File::open(path, O_WRONLY | O_CREAT | O_APPEND);
  if (!file) return std::unexpected(file.error());
  const auto size = ::lseek(file->descriptor(), 0, SEEK_END);
  return QueryLog(path, max, std::move(*file), static_cast<std::size_t>(std::max<off_t>(size, 0)));
}

Result<void> QueryLog::add(const SeenQuery& query) {
  const auto line = to_json(query) + "\n";
  if (size_ > 0 && size_ + line.size() > max_) {
    std::error_code error;
    fs::rename(path_, before(path_), error);
    if (error) return fail(Failure::ours, path_.string() + " cannot be put aside: " + error.message());
    auto file = File::open(path_, O_WRONLY | O_CREAT | O_APPEND);
    if (!file) return std::unexpected(file.error());
    file_ = std::move(*file);
    size_ = 0;
  }
  size_ += line.size();
  return write_all(file_, line, path_);
}

Result<void> can_be_read(const fs::path& path) {
  const auto file = File::open(path, O_RDONLY);
  if (!file) return std::unexpected(file.error());
  std::string start(64, '\0');
  const auto got = ::pread(file->descriptor(), start.data(), start.size(), 0);
  if (got < 0) return fail(Failure::ours, path.string() + " cannot be read");
  start.resize(static_cast<std::size_t>(got));
  const auto size = ::lseek(file->descriptor(), 0, SEEK_END);
  if (is_dnstap(start) && size > static_cast<off_t>(max_log))
    return fail(Failure::ours, path.string() + " is longer than 64 MB: have it rotated", Cause::own_limit);
  return {};
}

std::vector<SeenQuery> queries_with(std::string_view word, const fs::path& path, Time since) {
  std::vector<SeenQuery> all;
  read_into(before(path), word, since, all);
  read_into(path, word, since, all);
  return all;
}

}  // namespace mailprobe::receiver
