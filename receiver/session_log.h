// The sessions that others opened to us, a line of JSON for each probe of each (receiver/envelopes.h): also those that
// ended before any mail, which a trap lives on. What is older than two files' worth goes. Not the messages:
// receiver/spool.h keeps those.
#pragma once

#include <filesystem>
#include <vector>

#include "base/error.h"
#include "base/files.h"
#include "evidence/document.h"

namespace mailprobe::receiver {

class SessionLog {
 public:
  static constexpr std::size_t max_file = 64 * 1024 * 1024;
  /// Octets kept of what was said in a session that was for no probe.
  static constexpr std::size_t max_idle_talk = 8 * 1024;

  /// `max` is the size of one of the two files.
  static Result<SessionLog> open(const std::filesystem::path& folder, std::size_t max = max_file);

  /// Of one that was for no probe the beginning is kept: who talks for nothing pushes no others out.
  Result<void> add(evidence::Session session);
  /// How often the older file went, with all that was in it.
  [[nodiscard]] std::size_t losses() const { return losses_; }

 private:
  SessionLog(std::filesystem::path folder, std::size_t max, File file, std::size_t size)
      : folder_(std::move(folder)), max_(max), file_(std::move(file)), size_(size) {}
  std::filesystem::path folder_;
  std::size_t max_;
  File file_;
  std::size_t size_;
  std::size_t losses_ = 0;
};

/// What another process adds to the record from now on.
class SessionTail {
 public:
  explicit SessionTail(std::filesystem::path folder);

  /// Since the last call, in the order in which they ended. A line that is not whole yet is for the next call.
  std::vector<evidence::Session> next();

 private:
  /// All of one file that is new; where it stands then is `at_`.
  void read_on(const File& file, std::vector<evidence::Session>& all);

  std::filesystem::path folder_;
  File file_;  // stays open when it is renamed: its end is not lost
  std::size_t at_ = 0;
};

/// Those that began at `since` or later, in the order in which they ended. A line that is torn is left out.
std::vector<evidence::Session> sessions_since(const std::filesystem::path& folder, Time since);

}  // namespace mailprobe::receiver
