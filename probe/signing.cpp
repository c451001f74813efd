#include "probe/signing.h"

namespace mailprobe::probe {

Result<std::string> sign_with_all(const std::string& message, const Identity& identity, Time time) {
  std::string signatures;
  for (const auto& key : identity.dkim) {
    for (const auto& [header, body] : key.canonicalizations) {
      const auth::SignOptions options{.domain = identity.domain,
                                      .selector = key.selector,
                                      .header = header,
                                      .body = body,
                                      .headers = {},
                                      .time = time};
      const auto field = auth::sign(message, key.key, options);
      if (!field) return std::unexpected(field.error());
      signatures += *field;
    }
  }
  return signatures + message;
}

}  // namespace mailprobe::probe
