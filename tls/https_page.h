// One page by HTTPS: all that a policy host serves. Faults are in what the page is; not a web server. RFC 9112.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/error.h"
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

/// What became of one who called.
struct PageVisit {
  std::optional<std::string> name;  // SNI, where the handshake came to its end
  std::optional<Error> error;       // of the handshake, or what was not read or written of the rest
  std::string target;               // that was asked for; empty: nothing that can be answered
  bool found = false;               // it is the page
};

/// Answers one request and closes. The query of a target is nothing to a page (RFC 3986 §3.4).
Task<PageVisit> serve_page(std::unique_ptr<Stream> stream, Handshake handshake, HttpsPage page);

}  // namespace mailprobe::tls
