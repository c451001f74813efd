#include "auth/key_cache.h"

#include <vector>

#include <gtest/gtest.h>

#include "auth/limits.h"

namespace mailprobe::auth {
namespace {

std::string new_key() { return PrivateKey::from_pem(PrivateKey::generate(KeyType::ed25519).value())->public_bytes(); }

TEST(KeyCache, GivesTheKeyOfTheBytes) {
  std::vector<PrivateKey> keys;
  keys.reserve(limits::decoded_keys + 10);
  for (std::size_t i = 0; i < limits::decoded_keys + 10; ++i)  // more than it keeps
    keys.push_back(PrivateKey::from_pem(PrivateKey::generate(KeyType::ed25519).value()).value());
  for (int turn = 0; turn < 2; ++turn)
    for (const auto& key : keys) {
      const auto found = decoded_key(KeyType::ed25519, key.public_bytes());
      ASSERT_TRUE(found);
      EXPECT_TRUE(found->verify("text", key.sign("text")));
    }
}

TEST(KeyCache, KeepsTypesApartAndRefusesWhatIsNoKey) {
  const auto bytes = new_key();
  EXPECT_TRUE(decoded_key(KeyType::ed25519, bytes));
  EXPECT_FALSE(decoded_key(KeyType::rsa, bytes));
  EXPECT_FALSE(decoded_key(KeyType::ed25519, "short"));
  EXPECT_FALSE(decoded_key(KeyType::ed25519, "short"));
}

}  // namespace
}  // namespace mailprobe::auth
