// DKIM's canonical forms (RFC 6376 §3.4): simple and relaxed, of a header field and of a body. Pure, linear in time.
#pragma once

#include <string>
#include <string_view>

#include "auth/dkim_sign.h"

namespace mailprobe::auth {

/// One field with its final CRLF. `raw` is name, colon, value and CRLF.
std::string canonical_header(std::string_view raw, Canon canon);
void append_canonical_header(std::string& out, std::string_view raw, Canon canon);
/// The whole body.
std::string canonical_body(std::string_view body, Canon canon);
/// The same, as a view of the body where that has this form already, else of `storage`.
std::string_view canonical_body(std::string_view body, Canon canon, std::string& storage);

/// The field with the value of its b= tag removed, nothing else touched (RFC 6376 §3.7).
std::string without_signature(std::string_view raw);

}  // namespace mailprobe::auth
