// The limits of what is taken out of a history, each with its reason: the file may be damaged, or anybody's.
#pragma once

#include <cstddef>
#include <cstdint>

#include "evidence/limits.h"

namespace mailprobe::history {

constexpr std::size_t max_evidence = evidence::max_document;  // unpacked: what the reader of evidence takes
constexpr std::size_t max_packed =
    max_evidence + 1024 * 1024;                          // deflate adds 5 bytes to each 16 KB that it cannot pack
constexpr std::size_t max_text = 2000;                   // of one column: an address has 320 octets at most
constexpr std::size_t max_rows = 100'000;                // of one answer
constexpr std::int64_t last_time = 253'402'300'799'999;  // the year 9999, which RFC 3339 ends with
constexpr int patience_ms = 2000;                        // for another process to end its writing

}  // namespace mailprobe::history
