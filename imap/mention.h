// Where in a message an id stands. Pure; the server's word for it is not enough. RFC 5322 §2.2, RFC 2045 §6.7, §6.8.
#pragma once

#include <string_view>

namespace mailprobe::imap {

/// In the header block.
bool mentioned_in_header(std::string_view message, std::string_view id);
/// Anywhere, also within quoted-printable or base64.
bool mentioned(std::string_view message, std::string_view id);

}  // namespace mailprobe::imap
