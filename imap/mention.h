// Where in a message an id stands, and what that makes of it. Pure; the server's word for it is not enough.
// RFC 5322 §2.2, RFC 2045 §6.7, §6.8.
#pragma once

#include <string_view>

namespace mailprobe::imap {

/// In the header block.
bool mentioned_in_header(std::string_view message, std::string_view id);
/// Anywhere, also within quoted-printable or base64.
bool mentioned(std::string_view message, std::string_view id);

enum class Bearing {
  copy,    // the message itself
  bounce,  // a report about it. RFC 6522
  answer,  // a reply, automatic or not. RFC 3834 §5, RFC 5322 §3.6.4
};
/// What a message that mentions the id is to the one that was sent with it. `own_field` is the field that only the
/// message itself has.
Bearing bearing_of(std::string_view message, std::string_view own_field, std::string_view id);

}  // namespace mailprobe::imap
