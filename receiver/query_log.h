// The questions that our DNS was asked, a line of JSON each, for the other processes of the configuration. What is
// older than two files' worth goes. Knows no zones: who appends chooses.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/files.h"
#include "base/time.h"

namespace mailprobe::receiver {

struct SeenQuery {
  Time time;
  std::string name, type;  // lower case, without a final dot; "TXT"
  std::string from;        // the address that asked: a resolver's
  std::string transport;   // "udp", "tcp"; empty: not known

  bool operator==(const SeenQuery&) const = default;
};

std::string to_json(const SeenQuery& query);
std::optional<SeenQuery> query_from_json(std::string_view line);

class QueryLog {
 public:
  static constexpr std::size_t max_file = 8 * 1024 * 1024;  // some 50,000 questions

  /// `max` is the size of one of the two files. Several processes may write at once.
  static Result<QueryLog> open(const std::filesystem::path& path, std::size_t max = max_file);

  Result<void> add(const SeenQuery& query);

 private:
  QueryLog(std::filesystem::path path, std::size_t max, File file, std::size_t size)
      : path_(std::move(path)), max_(max), file_(std::move(file)), size_(size) {}
  std::filesystem::path path_;
  std::size_t max_;
  File file_;
  std::size_t size_;
};

/// Failure::ours: it is not there, cannot be read, or is a dnstap file of which the end cannot be found (over 64 MB).
Result<void> can_be_read(const std::filesystem::path& path);

/// The lines with that word in them, of `since` or later, in the order in which they came. A torn line is left out; a
/// file that is not there has none.
std::vector<SeenQuery> queries_with(std::string_view word, const std::filesystem::path& path, Time since);

}  // namespace mailprobe::receiver
