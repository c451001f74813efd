// The limits of reading an evidence document, each with its reason. Not limits of what a run may record.
#pragma once

#include <cstddef>

namespace mailprobe::evidence {

constexpr std::size_t max_document = 32UL * 1024 * 1024;  // two messages of 10 MB as base64, and their transcripts
constexpr std::size_t max_depth = 32;                     // ours is 9 deep
constexpr std::size_t max_elements = 100'000;             // of one array: a transcript ends at 1,000 events

}  // namespace mailprobe::evidence
