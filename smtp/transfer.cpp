#include "smtp/transfer.h"

#include <algorithm>

#include "base/text.h"
#include "smtp/dot_stuffing.h"
#include "smtp/limits.h"

namespace mailprobe::smtp {

namespace {

bool has_eight_bit(std::string_view bytes) {
  return std::ranges::any_of(bytes, [](char c) { return static_cast<unsigned char>(c) > 0x7f; });
}

std::unexpected<Error> lacking(std::string_view what, std::string_view keyword) {
  return fail(Failure::unsupported, std::string(what) + ", and the server does not announce " + std::string(keyword),
              Cause::unsupported);
}

}  // namespace

MessageShape shape_of(std::string_view message) {
  MessageShape shape;
  shape.eight_bit = has_eight_bit(message);
  shape.utf8_header = shape.eight_bit && has_eight_bit(message.substr(0, message.find("\r\n\r\n")));
  shape.binary = message.find('\0') != std::string_view::npos || has_bare_newline(message) ||
                 (!message.empty() && !message.ends_with("\r\n"));
  for (auto line : split(message, '\n')) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    shape.long_line = shape.long_line || line.size() > max_text_line;
  }
  return shape;
}

Result<Transfer> plan_transfer(std::string_view message, const Path& reverse_path, const Path& recipient,
                               const Capabilities& capabilities, Method method) {
  const auto limit = capabilities.size_limit();
  if (limit && message.size() > *limit)  // RFC 1870 §6.1
    return fail(Failure::refused,
                "the message has " + std::to_string(message.size()) + " bytes and the server takes at most " +
                    std::to_string(*limit) + " (SIZE)",
                Cause::refused);
  const auto shape = shape_of(message);
  Transfer transfer;
  if (capabilities.has("SIZE")) transfer.parameters.size = message.size();
  if (shape.utf8_header || reverse_path.needs_smtputf8() || recipient.needs_smtputf8()) {  // RFC 6531 §3.1
    if (!capabilities.has("SMTPUTF8")) return lacking("an address or a header is in UTF-8", "SMTPUTF8");
    transfer.parameters.smtputf8 = true;
  }
  if (shape.eight_bit) {
    if (!capabilities.has("8BITMIME")) return lacking("the message has 8-bit bytes", "8BITMIME");
    transfer.parameters.body = Body::eight_bit;
  }
  if (method == Method::verbatim) return transfer;
  // RFC 5321 §4.5.3.1.6: without an extension no line of DATA is longer.
  transfer.bdat = shape.long_line || shape.binary || method == Method::chunking;
  if (transfer.bdat && !capabilities.has("CHUNKING"))
    return lacking(shape.binary      ? "the message is binary"
                   : shape.long_line ? "the message has a line of over 998 bytes"
                                     : "the message was to go by BDAT",
                   "CHUNKING");
  if (shape.binary) {  // RFC 3030 §3
    if (!capabilities.has("BINARYMIME")) return lacking("the message is binary", "BINARYMIME");
    transfer.parameters.body = Body::binary;
  }
  return transfer;
}

}  // namespace mailprobe::smtp
