#include "probe/signing.h"

namespace mailprobe::probe {

Result<std::string> sign_with_keys(const std::string& message, const std::string& domain,
                                   const std::vector<DkimKey>& keys, Time time) {
  std::string signatures;
  for (const auto& key : keys) {
    for (const auto& [header, body] : key.canonicalizations) {
      const auth::SignOptions options{
          .domain = domain, .selector = key.selector, .header = header, .body = body, .headers = {}, .time = time};
      const auto field = auth::sign(message, key.key, options);
      if (!field) return std::unexpected(field.error());
      signatures += *field;
    }
  }
  return signatures + message;
}

Result<std::string> sign_with_all(const std::string& message, const Identity& identity, Time time) {
  return sign_with_keys(message, identity.domain, identity.dkim, time);
}

}  // namespace mailprobe::probe
