// The limits of reading an evidence document or an answer, each with its reason. Not limits of what a run may record.
#pragma once

#include <cstddef>

namespace mailprobe::evidence {

constexpr std::size_t max_document = 32UL * 1024 * 1024;  // two messages of 10 MB as base64, and their transcripts
constexpr std::size_t max_depth = 32;                     // ours is 9 deep
constexpr std::size_t max_elements = 100'000;             // of one array: a transcript ends at 1,000 events

constexpr std::size_t max_statuses = 100;      // of one delivery status notification: a probe has one recipient
constexpr std::size_t max_status_text = 2048;  // of one value: an SMTP reply has 512 octets a line, and few lines
constexpr std::size_t max_bounce_lines = 200;  // of a bounce in plain words: what follows is the message returned
constexpr std::size_t max_bounce_line = 1000;  // RFC 5321 §4.5.3.1.6

}  // namespace mailprobe::evidence
