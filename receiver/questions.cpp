#include "receiver/questions.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/text.h"
#include "receiver/dnstap.h"

namespace mailprobe::receiver {

namespace fs = std::filesystem;

namespace {

constexpr off_t max_log = off_t{256} * 1024 * 1024;      // of one file: some seconds of reading
constexpr std::size_t piece = std::size_t{1024} * 1024;  // at a time; longer than any line or frame
constexpr std::size_t max_kept = 200'000;                // of all probes of a run

Error trouble_with(const fs::path& path, const std::string& what) {
  return {.kind = Failure::ours, .message = path.string() + " " + what, .cause = Cause::own_limit, .peer = {}};
}

/// At most `piece` octets from there on.
Result<std::string> read_piece(const File& file, off_t at, const fs::path& path) {
  std::string bytes(piece, '\0');
  ssize_t got = -1;
  do got = ::pread(file.descriptor(), bytes.data(), bytes.size(), at);
  while (got < 0 && errno == EINTR);
  if (got < 0) return std::unexpected(trouble_with(path, std::string("cannot be read: ") + std::strerror(errno)));
  bytes.resize(static_cast<std::size_t>(got));
  return bytes;
}

class Reader {
 public:
  Reader(std::string_view word, const std::function<bool(const SeenQuery&)>& wanted) : word_(word), wanted_(wanted) {}

  void read(const File& file, const fs::path& path);
  void note(Error error) {
    if (!found_.trouble) found_.trouble = std::move(error);
  }
  Questions take() { return std::move(found_); }

 private:
  Result<void> read_from(const File& file, off_t at, const fs::path& path, bool tap);
  std::size_t take_lines(std::string_view bytes);
  void keep(SeenQuery query);

  std::string_view word_;
  const std::function<bool(const SeenQuery&)>& wanted_;
  Questions found_;
};

void Reader::keep(SeenQuery query) {
  if (found_.queries.size() < max_kept && ifind(query.name, word_) != std::string_view::npos && wanted_(query))
    found_.queries.push_back(std::move(query));
}

/// How much of it are whole lines.
std::size_t Reader::take_lines(std::string_view bytes) {
  const auto end = bytes.rfind('\n');
  if (end == std::string_view::npos) return 0;
  for (const auto line : split(bytes.substr(0, end), '\n')) {
    if (ifind(line, word_) == std::string_view::npos) continue;
    if (auto query = query_from_json(line))
      keep(std::move(*query));
    else if (auto dropped = dropped_from_json(line); dropped && found_.dropped.size() < max_kept)
      found_.dropped.push_back(std::move(*dropped));
  }
  return end + 1;
}

Result<void> Reader::read_from(const File& file, off_t at, const fs::path& path, bool tap) {
  for (std::string held;;) {
    auto more = read_piece(file, at, path);
    if (!more) return std::unexpected(more.error());
    if (more->empty()) return {};  // what is held is not written to its end yet
    at += static_cast<off_t>(more->size());
    held += *more;
    held.erase(0, tap ? take_dnstap(held, [this](SeenQuery query) { keep(std::move(query)); }) : take_lines(held));
    if (held.size() > piece) return std::unexpected(trouble_with(path, "is not what it began as: torn"));
    if (found_.queries.size() == max_kept)
      return std::unexpected(trouble_with(path, "has more questions than are read"));
  }
}

void Reader::read(const File& file, const fs::path& path) {
  struct stat about{};
  const auto start = read_piece(file, 0, path);
  if (!start) return note(start.error());
  const bool tap = is_dnstap(*start);
  if (::fstat(file.descriptor(), &about) != 0) about.st_size = 0;
  const auto over = std::max<off_t>(0, about.st_size - max_log);
  if (over > 0) note(trouble_with(path, "is longer than 256 MB: have it rotated"));
  if (over > 0 && tap) return;  // a frame cannot be found from the end
  if (auto done = read_from(file, over, path, tap); !done) note(done.error());
}

bool is_same(const File& one, const File& other) {
  struct stat a{}, b{};
  return ::fstat(one.descriptor(), &a) == 0 && ::fstat(other.descriptor(), &b) == 0 && a.st_dev == b.st_dev &&
         a.st_ino == b.st_ino;
}

}  // namespace

Questions questions_with(std::string_view word, const fs::path& path,
                         const std::function<bool(const SeenQuery& query)>& wanted) {
  Reader reader(word, wanted);
  // This first: put aside in between, it is the same file twice, and not one between two that is never read.
  const auto current = File::open(path, O_RDONLY);
  const auto aside = put_aside_as(path);
  std::error_code error;
  if (fs::status(aside, error).type() != fs::file_type::not_found) {
    const auto before = File::open(aside, O_RDONLY);
    if (!before) reader.note(trouble_with(aside, "cannot be read: " + before.error().message));
    if (before && !(current && is_same(*current, *before))) reader.read(*before, aside);
  }
  if (current)
    reader.read(*current, path);
  else
    reader.note(trouble_with(path, "cannot be read: " + current.error().message));
  return reader.take();
}

Result<void> can_be_read(const fs::path& path) {
  const auto file = File::open(path, O_RDONLY);
  if (!file) return fail(Failure::ours, file.error().message, Cause::own_limit);
  if (auto start = read_piece(*file, 0, path); !start) return std::unexpected(start.error());
  return {};
}

}  // namespace mailprobe::receiver
