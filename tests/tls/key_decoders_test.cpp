// The clients' own library context: that it is there, and does what the default one does. Handshakes by every kind of
// key go through it in handshake_test.cpp.
#include <openssl/evp.h>
#include <openssl/provider.h>

#include <gtest/gtest.h>

#include "tls/key_decoders.h"
#include "tls/openssl.h"

namespace mailprobe::tls {
namespace {

TEST(KeyDecoders, OfTheClientsAreOfTheirOwnContext) {
  if (OSSL_PROVIDER_available(nullptr, "fips") == 1) GTEST_SKIP() << "FIPS is set up here";
  ASSERT_NE(client_library(), nullptr);
  EXPECT_EQ(client_library(), client_library());
}

TEST(KeyDecoders, LeaveEverythingElseAsItIs) {
  for (const auto* name : {"SHA2-256", "MD5", "SHA1"}) {
    const Owned<EVP_MD, EVP_MD_free> digest(EVP_MD_fetch(client_library(), name, nullptr));
    EXPECT_TRUE(digest) << name;
  }
  for (const auto* name : {"X25519", "EC", "RSA", "DH"}) {
    const Owned<EVP_KEYMGMT, EVP_KEYMGMT_free> keys(EVP_KEYMGMT_fetch(client_library(), name, nullptr));
    EXPECT_TRUE(keys) << name;
  }
}

}  // namespace
}  // namespace mailprobe::tls
