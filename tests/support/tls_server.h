// A TLS server of OpenSSL's, over memory: what it answers to a ClientHello, byte for byte.
#pragma once

#include <string>
#include <string_view>

#include "tls/context.h"

namespace mailprobe::test {

/// Everything that the server sends until it waits for the client again; an alert where it refuses.
std::string answer_to(std::string_view client_hello, const tls::Context& server);

}  // namespace mailprobe::test
