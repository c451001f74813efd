// One page by HTTPS: all that a policy host serves. Faults are in what the page is; not a web server. RFC 9112.
#pragma once

#include <memory>
#include <string>

#include "base/task.h"
#include "tls/stream.h"

namespace mailprobe::tls {

struct HttpsPage {
  std::string path;  // of the page; anything else is 404
  unsigned status = 200;
  std::string type = "text/plain";
  std::string location;  // of a redirect
  std::string body;
};

/// Answers one request and closes.
Task<void> serve_page(std::unique_ptr<Stream> stream, Handshake handshake, HttpsPage page);

}  // namespace mailprobe::tls
