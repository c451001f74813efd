// The transparency of DATA (RFC 5321 §4.5.2) and what makes a line end. Pure, byte exact.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"

namespace mailprobe::smtp {

/// A CR without LF, or an LF without CR: never part of a text message (RFC 5321 §2.3.8; CVE-2023-51764).
bool has_bare_newline(std::string_view bytes);

/// A dot more where a line begins with one; without the final "." CRLF. Failure::ours where the message holds a bare
/// CR or LF or its last line is not ended: such a one is not made fit by guessing.
Result<std::string> stuff(std::string_view message);

/// The dot that ends a message, on its own line already.
inline constexpr std::string_view final_dot = ".\r\n";

}  // namespace mailprobe::smtp
