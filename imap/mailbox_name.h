// Mailbox names between UTF-8, as people write them, and the wire's modified UTF-7. Pure.
// RFC 3501 §5.1.3; with UTF8=ACCEPT (RFC 6855) and IMAP4rev2 alone (RFC 9051 §5.1) the wire has UTF-8 itself.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mailprobe::imap {

/// nullopt: not UTF-8.
std::optional<std::string> to_modified_utf7(std::string_view utf8);
/// nullopt: not modified UTF-7 in its only spelling; such a name is taken as it is.
std::optional<std::string> from_modified_utf7(std::string_view name);

}  // namespace mailprobe::imap
