// A dnstap file of another name server (Knot's mod-dnstap, NSD, BIND): the questions in it, read as they were written.
// Pure and bounded; what is torn or odd is left out. The frames are those of Frame Streams, in them protocol buffers as
// dnstap.proto has them (https://dnstap.info), in those DNS messages (RFC 1035 §4).
#pragma once

#include <functional>
#include <string_view>

#include "receiver/query_log.h"

namespace mailprobe::receiver {

/// Whether it begins like one.
bool is_dnstap(std::string_view bytes);

/// Tells the questions of clients to the authoritative server, in the order of the file. How many octets that were: the
/// rest begins with a frame that is not whole.
std::size_t take_dnstap(std::string_view bytes, const std::function<void(SeenQuery query)>& found);

}  // namespace mailprobe::receiver
