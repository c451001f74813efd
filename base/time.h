// Time points and their two spellings: RFC 3339 (evidence) and RFC 5322 (Date, Received).
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace mailprobe {

using Time = std::chrono::sys_time<std::chrono::milliseconds>;  // UTC
using Steady = std::chrono::steady_clock::time_point;           // deadlines and durations

Time now();

/// "2026-01-31T12:00:00Z"; with milliseconds where they are not zero.
std::string rfc3339(Time time);
std::optional<Time> parse_rfc3339(std::string_view text);

/// "Sat, 31 Jan 2026 12:00:00 +0000" (RFC 5322 §3.3).
std::string rfc5322(Time time);
/// Tolerant: obsolete zones, two-digit years, missing day name, trailing comments (RFC 5322 §4.3).
std::optional<Time> parse_rfc5322(std::string_view text);

/// "5m", "90s", "2h", "250ms", "1d": what durations look like on the command line and in files.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);
/// The shortest of the same spelling: "5m", "1m30s", "250ms".
std::string duration_text(std::chrono::milliseconds duration);

}  // namespace mailprobe
