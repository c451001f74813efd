#include "receiver/presence.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "base/text.h"

namespace mailprobe::receiver {

namespace {

constexpr auto kept = std::chrono::days(8);         // tokens live for seven
constexpr std::size_t max_file = 4 * 1024 * 1024;   // some 80,000 processes in those days
constexpr std::size_t line_size = 24 + 1 + 24 + 1;  // so that one can be written over in place
constexpr std::string_view file_name = "presence";

std::filesystem::path path_in(const Folder& folder) { return folder.path / file_name; }

std::string line_of(const Span& span) { return fmt::format("{:24} {:24}\n", rfc3339(span.from), rfc3339(span.until)); }

std::optional<Span> span_of(std::string_view line) {
  const auto space = line.find(' ');
  if (space == std::string_view::npos) return std::nullopt;
  const auto from = parse_rfc3339(line.substr(0, space)), until = parse_rfc3339(trim(line.substr(space)));
  if (!from || !until || *until < *from) return std::nullopt;
  return Span{*from, *until};
}

/// A line that is torn is left out.
std::vector<Span> read_spans(const std::filesystem::path& path) {
  std::vector<Span> all;
  const auto file = File::open(path, O_RDONLY);
  if (!file) return all;
  const auto text = read_all(*file, max_file, path);
  if (!text) return all;
  for (const auto line : split(*text, '\n'))
    if (const auto span = span_of(line)) all.push_back(*span);
  return all;
}

}  // namespace

Result<void> Presence::write() const {
  const auto line = line_of(span_);
  const auto done = ::pwrite(file_.descriptor(), line.data(), line.size(), at_);
  if (done == static_cast<ssize_t>(line.size())) return {};
  return fail(Failure::ours, "cannot write " + path_.string());
}

Result<Presence> Presence::begin(const Folder& folder, Time now) {
  const auto path = path_in(folder);
  std::string before;
  for (const auto& span : read_spans(path))
    if (span.until + kept > now) before += line_of(span);
  if (auto done = replace_cached(path, before); !done) return std::unexpected(done.error());
  auto file = File::open(path, O_WRONLY);
  if (!file) return std::unexpected(file.error());
  Presence presence(path, std::move(*file), static_cast<std::int64_t>(before.size()), now);
  if (auto done = presence.write(); !done) return std::unexpected(done.error());
  return presence;
}

Result<void> Presence::note(Time now) {
  if (now > span_.until + restart_time) {
    at_ += static_cast<std::int64_t>(line_size);
    span_ = {now, now};
  }
  span_.until = std::max(span_.until, now);
  return write();
}

std::vector<Span> presences(const Folder& folder, Time now) {
  auto all = read_spans(path_in(folder));
  if (!all.empty() && is_held(folder) && all.back().until + restart_time >= now)
    all.back().until = std::max(all.back().until, now);
  return all;
}

std::vector<Span> gaps(std::vector<Span> spans, const Span& within) {
  std::ranges::sort(spans, {}, &Span::from);
  std::vector<Span> all;
  std::optional<Time> covered;  // none yet
  auto at = within.from;
  for (const auto& span : spans) {
    if (span.until < within.from || span.from > within.until) continue;
    const bool restart = covered && span.from - *covered <= restart_time;
    if (span.from > at && !restart) all.push_back({at, span.from});
    covered = at = std::max(at, span.until);
  }
  if (at < within.until) all.push_back({at, within.until});
  return all;
}

}  // namespace mailprobe::receiver
