#include "probe/journal.h"

#include <fcntl.h>
#include <sys/file.h>

#include <boost/json.hpp>

#include "base/safe_text.h"
#include "base/text.h"

namespace mailprobe::probe {

namespace json = boost::json;

namespace {

constexpr std::size_t max_journal = 64 * 1024 * 1024;

std::optional<JournalLine> parse_line(std::string_view text) {
  boost::system::error_code error;
  const auto value = json::parse(text, error);
  if (error || !value.is_object()) return std::nullopt;
  JournalLine line;
  std::optional<Time> time;
  std::optional<JournalEvent> event;
  for (const auto& [key, member] : value.get_object()) {
    if (!member.is_string()) continue;
    const std::string_view content = member.get_string();
    if (key == "t")
      time = parse_rfc3339(content);
    else if (key == "probe")
      line.probe = content;
    else if (key == "event")
      event = from_word<JournalEvent>(content);
    else
      line.details.emplace(key, content);
  }
  if (!time || !event) return std::nullopt;
  line.t = *time;
  line.event = *event;
  return line;
}

std::string text_of(const JournalLine& line) {
  json::object object{{"t", rfc3339(line.t)}, {"probe", line.probe}, {"event", word(line.event)}};
  for (const auto& [key, value] : line.details) object[key] = valid_utf8(value);
  return json::serialize(object) + "\n";
}

void follow(std::set<std::string>& open, const JournalLine& line) {
  if (line.event == JournalEvent::dot) open.insert(line.probe);
  if (line.event == JournalEvent::reply) open.erase(line.probe);
}

}  // namespace

std::vector<JournalLine> read_journal(std::string_view text) {
  std::vector<JournalLine> lines;
  for (std::size_t end; (end = text.find('\n')) != std::string_view::npos; text.remove_prefix(end + 1))
    if (auto line = parse_line(text.substr(0, end))) lines.push_back(std::move(*line));
  return lines;  // what is left has no end: torn
}

std::set<std::string> possibly_delivered(const std::vector<JournalLine>& lines) {
  std::set<std::string> open;
  for (const auto& line : lines) follow(open, line);
  return open;
}

Result<Journal> Journal::open(const std::filesystem::path& path) {
  auto file = File::open(path, O_RDWR | O_APPEND | O_CREAT);
  if (!file) return std::unexpected(file.error());
  if (::flock(file->descriptor(), LOCK_EX | LOCK_NB) != 0)
    return fail(Failure::usage, "the run of " + path.string() + " is still going on in another process",
                Cause::own_limit);
  const auto text = read_all(*file, max_journal, path);
  if (!text) return std::unexpected(text.error());
  Journal journal(std::move(*file), path);
  journal.possibly_delivered_ = probe::possibly_delivered(read_journal(*text));
  if (!text->empty() && !text->ends_with('\n'))  // the torn line must not swallow the next one
    if (auto done = write_all(journal.file_, "\n", path); !done) return std::unexpected(done.error());
  return journal;
}

Result<void> Journal::write(const std::string& probe, JournalEvent event, std::map<std::string, std::string> details) {
  if (const auto text = details.find("text"); text != details.end()) text->second = hidden_.masked(text->second);
  const JournalLine line{now(), probe, event, std::move(details)};
  follow(possibly_delivered_, line);
  return write_all(file_, text_of(line), path_);
}

Result<void> Journal::intend(const std::string& probe, const std::string& to) {
  if (possibly_delivered_.contains(probe))
    return fail(Failure::ours, "this message may have been delivered already: it is not sent again",
                Cause::possibly_delivered);
  if (auto done = write(probe, JournalEvent::intent, {{"to", to}}); !done) return done;
  return sync(file_, path_);
}

Result<void> Journal::dot(const std::string& probe) {
  if (auto done = write(probe, JournalEvent::rcpt); !done) return done;
  if (auto done = write(probe, JournalEvent::dot); !done) return done;
  return sync(file_, path_);
}

}  // namespace mailprobe::probe
