// One small text file by HTTPS, as RFC 8461 §3.3 has it: a valid certificate, 200, text/plain, no redirect, 64 KiB.
// Over a stream that is connected already, so that the caller has chosen and checked the address. Not a browser.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "tls/context.h"
#include "tls/stream.h"

namespace mailprobe::tls {

constexpr std::size_t max_fetched = 64UL * 1024;  // RFC 8461 §3.3 suggests it

struct HttpsFetch {
  std::optional<TlsFacts> tls;  // null: the handshake failed
  unsigned status = 0;          // 0: no answer
  std::string body;             // whole, or empty where there is an error
  std::optional<Error> error;   // cause: refused (4xx, 5xx), protocol-error, timed-out, and those of a certificate
};

/// GET https://`host``path`. The stream's deadline holds for all of it. The certificate must be valid for `host`.
Task<HttpsFetch> https_get(Stream& stream, std::shared_ptr<const Context> context, std::string host, std::string path);

}  // namespace mailprobe::tls
