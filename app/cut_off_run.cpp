#include "app/cut_off_run.h"

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>

#include "base/safe_text.h"
#include "base/vocabulary.h"
#include "probe/journal.h"

namespace mailprobe::app {

namespace fs = std::filesystem;
using probe::JournalEvent;

namespace {

constexpr std::size_t max_journal = 64 * 1024 * 1024;

struct Fates {
  std::set<std::string> planned, accepted, possible;
};

Fates fates_of(const std::vector<probe::JournalLine>& lines) {
  Fates fates{.planned = {}, .accepted = {}, .possible = probe::possibly_delivered(lines)};
  for (const auto& line : lines) {
    if (!line.probe.empty()) fates.planned.insert(line.probe);
    const auto outcome = line.details.find("outcome");
    if (line.event == JournalEvent::reply && outcome != line.details.end() &&
        outcome->second == word(Outcome::accepted))
      fates.accepted.insert(line.probe);
  }
  return fates;
}

std::string counted(std::size_t count, std::size_t of) {
  if (of <= 1) return "the message";
  return std::to_string(count) + " of " + std::to_string(of) + " messages";
}

std::string fates_text(const Fates& fates) {
  const auto all = fates.planned.size();
  std::string text;
  const auto add = [&](std::size_t count, const char* what) {
    if (count != 0) text += (text.empty() ? "" : ", ") + counted(count, all) + what;
  };
  add(fates.accepted.size(), all > 1 ? " accepted" : " was accepted");
  add(fates.possible.size(),
      all > 1 ? " possibly delivered (sent whole, no reply)" : " was possibly delivered (sent whole, no reply)");
  return text.empty() ? counted(all, 0) + " was not sent" : text;
}

}  // namespace

bool without_evidence(const fs::path& run) {
  std::error_code error;
  return fs::exists(run / "journal.jsonl", error) && !fs::exists(run / "evidence.json", error);
}

Error why_without_evidence(const fs::path& run) {
  const auto path = run / "journal.jsonl";
  const auto name = "run " + safe_text(run.filename().string());
  const auto file = File::open(path, O_RDONLY);
  if (!file) return {Failure::ours, name + " has no evidence, and " + file.error().message, {}, {}};
  // Its own process holds the lock as long as it lives.
  if (::flock(file->descriptor(), LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK)
    return {Failure::ours, name + " is still running", {}, {}};
  const auto text = read_all(*file, max_journal, path);
  if (!text) return {Failure::ours, name + " has no evidence, and " + text.error().message, {}, {}};
  return {Failure::ours,
          name + " was cut off before it was complete; " + fates_text(fates_of(probe::read_journal(*text))),
          {},
          {}};
}

}  // namespace mailprobe::app
