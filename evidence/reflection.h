// What a reflector answers, found in its message and read back: the JSON part and the header part. Claims of somebody
// else, never evidence of ours; whether it answers our probe is for the caller to compare. Pure, bounded.
// RFC 2045 (MIME), RFC 6522 §4 (text/rfc822-headers), RFC 8259.
#pragma once

#include <cstddef>
#include <string_view>

#include "base/error.h"
#include "evidence/document.h"

namespace mailprobe::evidence {

/// In the answer's header: the id of the probe that it answers.
constexpr std::string_view answers_header = "X-Mailprobe-Answers";
/// The JSON's own word, and the `schema` parameter of its part's Content-Type.
constexpr std::string_view reflection_schema = "mailprobe-reflection/1";

constexpr std::size_t max_reflection_message = 512UL * 1024;  // the answer whole: its parts in base64 and some header
constexpr std::size_t max_reflection = 128UL * 1024;          // the JSON; one of ours has some 10 KB
constexpr std::size_t max_reflected_headers = 32UL * 1024;    // what is kept of the header as it was received

/// By its header: worth reading.
bool answers_a_probe(std::string_view raw);

/// Failure::unsupported: of another version; Failure::protocol: there is none, or it cannot be read.
Result<Reflection> read_reflection(std::string_view raw);

}  // namespace mailprobe::evidence
