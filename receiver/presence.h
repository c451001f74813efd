// When somebody received for this configuration: one line for each process that did, from when until when. That nothing
// came counts only for a time in which somebody was there to take it. Knows no sessions: receiver/session_log.h does.
// RFC 5321 §4.5.4.1: who finds nobody comes again, perhaps hours later.
#pragma once

#include <cstdint>
#include <vector>

#include "base/error.h"
#include "base/files.h"
#include "base/time.h"
#include "receiver/folder.h"

namespace mailprobe::receiver {

struct Span {
  Time from, until;
  friend bool operator==(const Span&, const Span&) = default;
};

/// A restart, and what a process that was killed had not written yet: no gap.
constexpr std::chrono::milliseconds restart_time = std::chrono::seconds(10);

/// Of the one who receives now.
class Presence {
 public:
  /// How often note() is to be called: what was not noted is not known after a kill.
  static constexpr std::chrono::milliseconds note_interval = std::chrono::seconds(2);

  /// From now on. Only the holder of the lock may. What ended before tokens of now began to live is forgotten.
  static Result<Presence> begin(const Folder& folder, Time now);
  /// Until now, at least. After a sleep (of the whole machine, say) it is another span.
  Result<void> note(Time now);

 private:
  Presence(std::filesystem::path path, File file, std::int64_t at, Time now)
      : path_(std::move(path)), file_(std::move(file)), at_(at), span_{now, now} {}
  Result<void> write() const;

  std::filesystem::path path_;
  File file_;
  std::int64_t at_;  // where its line begins
  Span span_;
};

/// What was noted; of who receives now until now.
std::vector<Span> presences(const Folder& folder, Time now);

/// The parts of a time that none of them covers, in their order. What is between two of them and shorter than
/// restart_time does not count.
std::vector<Span> gaps(std::vector<Span> spans, const Span& within);

}  // namespace mailprobe::receiver
