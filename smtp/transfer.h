// How one message is to go to one server: what its bytes and addresses need, and what the server announces.
// Pure. RFC 1870, 3030, 6152, 6531.
#pragma once

#include "base/address.h"
#include "smtp/capabilities.h"
#include "smtp/commands.h"

namespace mailprobe::smtp {

struct MessageShape {
  bool eight_bit = false;    // a byte over 127
  bool utf8_header = false;  // … in the header block
  bool long_line = false;    // over 998 octets
  bool binary = false;       // NUL, a bare CR or LF, or a last line without its end
};
MessageShape shape_of(std::string_view message);

enum class Method {
  automatic,  // DATA, which every server has; BDAT for what DATA cannot carry
  chunking,   // BDAT
  verbatim,   // DATA, its bytes as they are, whatever a server may take for their end: tests of just that
};

struct Transfer {
  MailParameters parameters;
  bool bdat = false;  // else DATA
};

/// Failure::unsupported where the server lacks what is needed; Failure::refused where the message is over its SIZE.
Result<Transfer> plan_transfer(std::string_view message, const Path& reverse_path, const Path& recipient,
                               const Capabilities& capabilities, Method method = Method::automatic);

}  // namespace mailprobe::smtp
