// A message with a second one in it, behind what some servers take for the end of DATA: one that ends it at CRLF.CRLF
// alone has one message, any other has two. Both are from us and to the same recipient. Sends and looks for nothing.
// RFC 5321 §4.1.1.4, CVE-2023-51764, -51765, -51766.
#pragma once

#include <string>
#include <string_view>

#include "probe/compose.h"
#include "scenarios/format.h"

namespace mailprobe::probe {

/// That of the second message, as unguessable as the probe's own, which it is made of.
std::string second_id(const std::string& id);

/// Of both. `letter` is the first's; what a server is to take for commands has the second's reverse-path. To be sent as
/// it is, with the final dot behind it (smtp::Method::verbatim).
Result<std::string> smuggling_message(const Letter& letter, const scenarios::Send& send);

}  // namespace mailprobe::probe
