// Runs of white space in one line of a body become one space (RFC 6376 §3.4.4): what relaxed canonicalization spends
// its time on, sixteen octets at a time where the processor can (SSSE3). Not for header fields, which have folds. Pure.
#pragma once

#include <cstddef>
#include <string_view>

namespace mailprobe::auth {

constexpr std::size_t reduce_room = 16;  // octets past the end that may be written too

/// Writes the line at `to`, where there is room for all of it and reduce_room, and returns the end of what counts.
/// `line` has no white space at its end.
char* reduce_line(std::string_view line, char* to);

/// The same on any processor.
char* reduce_line_by_octets(std::string_view line, char* to);

}  // namespace mailprobe::auth
