// Received messages on disk, each in a file of its own that is there whole or not at all. A message is on disk, its
// name in the folder too, before keep() returns: that is what a 250 promises (RFC 5321 §4.2.5, §6.1). Knows nothing of
// what the messages are for.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/time.h"

namespace mailprobe::receiver {

struct Spooled {
  std::string head;  // one line: what is known of the session, as the caller wrote it
  std::string raw;   // the message as received
};

/// A message in the spool, for who decides how long it stays.
struct Kept {
  std::string name;
  std::uintmax_t size = 0;  // octets, with all that lies beside it
  Time since;
  bool read = false;  // somebody had from it what there is to have (mark_read)
};

/// A folder by its path: copies are the same spool, and any thread may have one.
class Spool {
 public:
  /// Made where it is not there (0700). What an earlier process left half-written is taken away.
  static Result<Spool> open(const std::filesystem::path& folder);

  /// For another process than the one that receives: takes nothing away.
  static Result<Spool> share(const std::filesystem::path& folder);

  /// So little is left of the file system that keep() refuses.
  [[nodiscard]] bool disk_is_full() const;
  /// The new message's name. Cause::own_limit: the disk is full, or the quota.
  Result<std::string> keep(std::string_view head, std::string_view raw) const;
  /// Names of all messages, in the order of their arrival.
  [[nodiscard]] std::vector<std::string> names() const;
  [[nodiscard]] Result<Spooled> read(const std::string& name) const;
  /// What reading it takes, in octets; 0: it is not there.
  [[nodiscard]] std::size_t size(const std::string& name) const;
  /// With its note.
  Result<void> remove(const std::string& name) const;
  static std::string file_name(const std::string& name);

  /// Something beside a message that can be made again: whole or not there, but perhaps lost with the power.
  Result<void> annotate(const std::string& name, std::string_view note) const;
  /// nullopt: none.
  [[nodiscard]] Result<std::optional<std::string>> note(const std::string& name) const;
  [[nodiscard]] bool is_annotated(const std::string& name) const;

  /// Nobody needs it any more, though somebody may: it may go where room is needed.
  void mark_read(const std::string& name) const;
  /// All of them, also what is left of one, in the order of arrival.
  [[nodiscard]] std::vector<Kept> list() const;

 private:
  explicit Spool(std::filesystem::path folder) : folder_(std::move(folder)) {}
  std::filesystem::path folder_;
};

}  // namespace mailprobe::receiver
