// Who asked our policy host for the MTA-STS policy of the traps, a line of JSON each, for the other processes of the
// configuration: also those whom a limit of ours refused. Judges nothing (evidence/policy_had.h). RFC 8461 §3.3.
#pragma once

#include <filesystem>
#include <vector>

#include "evidence/document.h"
#include "receiver/line_log.h"

namespace mailprobe::receiver {

class PolicyLog {
 public:
  static constexpr std::size_t max_file = 1024 * 1024;  // some 8,000 fetches; who refuses a flood keeps its end

  static Result<PolicyLog> open(const std::filesystem::path& path, std::size_t max = max_file);
  Result<void> add(const evidence::PolicyFetch& fetch);

 private:
  explicit PolicyLog(LineLog lines) : lines_(std::move(lines)) {}

  LineLog lines_;
};

/// Since then, in the order in which they ended. A line that is torn is left out.
std::vector<evidence::PolicyFetch> policy_fetches_since(const std::filesystem::path& path, Time since);

}  // namespace mailprobe::receiver
