// DKIM key records, and the key in them.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "auth/dkim_key.h"

using namespace mailprobe::auth;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto record = parse_dkim_key(text);
  if (!record || record->revoked()) return 0;
  const auto key = PublicKey::parse(record->type, record->key);
  if (!key) return 0;
  // A signature of the wrong length never verifies; a long key is not worked with (limits.h).
  if (key->bits() <= 4096 && key->verify("data", "signature")) std::abort();
  return 0;
}
