// Which part of a body is what was signed: the one whose canonical form has the hash of bh= (RFC 6376 §3.4.3, §3.4.4,
// §3.7). Not a verifier: tries what a hop may have added. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include "auth/dkim_sign.h"
#include "auth/text_lines.h"

namespace mailprobe::auth {

/// Whether all of the lines are; an ending of theirs counts as CRLF.
bool is_signed(std::span<const TextLine> lines, Canon canon, std::string_view wanted);
/// How many lines are: those after them were appended. A hash of each beginning.
std::optional<std::size_t> signed_up_to(std::span<const TextLine> lines, Canon canon, std::string_view wanted);
/// Offset from which the body is: the few lines before were put in front.
std::optional<std::size_t> signed_from(std::string_view body, Canon canon, std::string_view wanted);

}  // namespace mailprobe::auth
