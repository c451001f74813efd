// What is not as it was in an earlier run of the same command about the same target, as plain data, and what the runs
// before came to. Part of the evidence document, so that a report of it needs no history. How it is found:
// evidence/compare.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"

namespace mailprobe::evidence {

/// The run that is compared with.
struct EarlierRun {
  std::optional<std::string> id;  // null: it was kept nowhere
  std::string version;
  Time started;
  std::optional<int> exit;
};

/// One thing that differs.
struct Difference {
  std::string what;                   // "finding", "certificate", "mx", "tls-version", "latency", …: docs/history.md
  std::string subject;                // as of a finding: "address mx.example.org 192.0.2.1"
  std::optional<std::string> check;   // of a finding
  std::optional<std::string> probe;   // its name, where it is about one
  std::optional<std::string> before;  // null: it was not there
  std::optional<std::string> after;   // null: it is not there
  std::string summary;                // one sentence
  std::vector<std::string> evidence;  // JSON Pointers into the later document (RFC 6901)
};

/// One run in a line of them, as a chart shows it.
struct TrendPoint {
  std::optional<std::string> id;
  Time started;
  std::optional<int> exit;
  std::int64_t passed = 0, warned = 0, failed = 0;  // findings; of `run` expectations
  std::int64_t undetermined = 0;                    // inconclusive, or a fault of ours
  std::optional<std::int64_t> latency_ms;           // until the copy was in the mailbox: the median of the probes
  std::optional<std::int64_t> session_ms;           // of a session with the target's servers: the median
};

struct Comparison {
  EarlierRun with;
  std::vector<Difference> better, worse;  // that can be told apart
  std::vector<Difference> changed;        // neither, or nobody can tell
  std::vector<Difference> appeared;       // JSON name: new
  std::vector<Difference> gone;
  std::vector<TrendPoint> trend;  // the runs before, the oldest first; `with` is the last of them
};

}  // namespace mailprobe::evidence
