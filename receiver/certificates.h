// The server's side of STARTTLS out of the files that are configured; read anew at each call. Judges no certificate:
// whether it has the right name is for `doctor` to say. RFC 3207, RFC 6066 §3.
#pragma once

#include <optional>

#include "base/error.h"
#include "receiver/settings.h"
#include "tls/context.h"
#include "tls/stream.h"

namespace mailprobe::receiver {

/// nullopt: none is configured. Failure::usage names the file.
Result<std::optional<tls::Handshake>> read_certificates(const Settings& settings);
/// The same before there is a context: for hosts that show them in another manner.
Result<std::optional<tls::ServerOptions>> certificate_options(const Settings& settings);

}  // namespace mailprobe::receiver
