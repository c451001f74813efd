#include "auth/key_cache.h"

#include <algorithm>
#include <string>
#include <vector>

#include "auth/limits.h"

namespace mailprobe::auth {

namespace {

struct Decoded {
  KeyType type;
  std::string bytes;
  PublicKey key;
};

}  // namespace

Result<PublicKey> decoded_key(KeyType type, std::string_view bytes) {
  thread_local std::vector<Decoded> recent;  // the last used in front: shards share nothing
  const auto known =
      std::ranges::find_if(recent, [&](const Decoded& each) { return each.type == type && each.bytes == bytes; });
  if (known != recent.end()) {
    std::rotate(recent.begin(), known, known + 1);
    return recent.front().key;
  }
  auto key = PublicKey::parse(type, bytes);
  if (!key) return key;
  if (recent.size() == limits::decoded_keys) recent.pop_back();
  recent.insert(recent.begin(), {type, std::string(bytes), *key});
  return key;
}

}  // namespace mailprobe::auth
