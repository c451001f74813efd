// OpenSSL's way to a non-blocking socket that is not its own. Like BIO_s_socket, but a peer that is gone is an error
// and no SIGPIPE, and the closure alert goes in one segment with the end that follows it.
#pragma once

#include "tls/openssl.h"

namespace mailprobe::tls {

/// nullptr where memory is short. Does not close the socket. `ssl` outlives it.
BioPtr socket_bio(int socket, SSL* ssl);

}  // namespace mailprobe::tls
