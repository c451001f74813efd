// What a Received field says of the client: its address, its name, its HELO, out of the comments behind "from".
// Each mail server has a form of its own. Pure. RFC 5321 §4.4 (TCP-info).
#pragma once

#include <string>
#include <vector>

#include "auth/received.h"

namespace mailprobe::auth {

/// Fills helo, client_name and client; `received.from` is known.
void read_client(const std::vector<std::string>& comments, Received& received);

}  // namespace mailprobe::auth
