// A dnstap file of another name server (Knot's mod-dnstap, NSD, BIND): the questions in it, read as they were written.
// Pure and bounded; what is torn or odd is left out. The frames are those of Frame Streams, in them protocol buffers as
// dnstap.proto has them (https://dnstap.info), in those DNS messages (RFC 1035 §4).
#pragma once

#include <string_view>
#include <vector>

#include "receiver/query_log.h"

namespace mailprobe::receiver {

/// Whether it begins like one.
bool is_dnstap(std::string_view bytes);

/// The questions of clients to the authoritative server, in the order of the file.
std::vector<SeenQuery> read_dnstap(std::string_view bytes);

}  // namespace mailprobe::receiver
