// The questions that our DNS was asked, a line of JSON each, for the other processes of the configuration. What is
// older than two files' worth goes. Knows no zones: who appends chooses. receiver/questions.h reads them.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/time.h"
#include "dns/reply.h"
#include "receiver/line_log.h"

namespace mailprobe::receiver {

struct SeenQuery {
  Time time;
  std::string name, type;                      // lower case, without a final dot; "TXT"
  std::string from;                            // the address that asked: a resolver's
  std::string transport;                       // "udp", "tcp"; empty: not known
  std::optional<std::string> client_subnet{};  // "192.0.2.0/24": for whom it says that it asks (RFC 7871)

  bool operator==(const SeenQuery&) const = default;
};

/// Questions that a rate limit left unanswered, for names of one zone, until then: how many since the line before.
struct DroppedQueries {
  Time time;
  std::string zone;
  std::int64_t count = 0;
};

/// Of this moment.
SeenQuery seen_query(const dns::Asked& asked, const IpAddress& from, dns::Transport transport);

std::string to_json(const SeenQuery& query);
std::optional<SeenQuery> query_from_json(std::string_view line);

std::string to_json(const DroppedQueries& dropped);
std::optional<DroppedQueries> dropped_from_json(std::string_view line);

class QueryLog {
 public:
  static constexpr std::size_t max_file = 8 * 1024 * 1024;  // some 50,000 questions

  /// `max` is the size of one of the two files. Several processes may write at once.
  static Result<QueryLog> open(const std::filesystem::path& path, std::size_t max = max_file);

  /// An error: as of LineLog::add().
  Result<void> add(const SeenQuery& query) { return lines_.add(to_json(query)); }
  Result<void> add(const DroppedQueries& dropped) { return lines_.add(to_json(dropped)); }

 private:
  explicit QueryLog(LineLog lines) : lines_(std::move(lines)) {}

  LineLog lines_;
};

}  // namespace mailprobe::receiver
