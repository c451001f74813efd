// What the other side says it saw of a probe, row by row, beside what we know ourselves: for the terminal and the page.
// Their claims, not our evidence; judges nothing.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "evidence/document.h"

namespace mailprobe::reporter {

struct SeenRow {
  std::string what;           // "TLS", "DKIM r1"
  std::string result;         // a word of a mechanism, or empty
  std::string theirs;         // what they say of it
  std::string ours;           // what we know; empty: nothing to compare
  std::optional<bool> agree;  // null where there is nothing to compare
};

/// Nothing without a reflection.
std::vector<SeenRow> seen_rows(const evidence::Probe& probe);
/// "mailprobe 0.1.0 at mx.reflector.test, 31 Jan 2026, 12:00:00 UTC"
std::string reflector_text(const evidence::Reflection& seen);

}  // namespace mailprobe::reporter
