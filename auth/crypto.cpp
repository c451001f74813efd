#include "auth/crypto.h"

#include <stdexcept>

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "base/encoding.h"

namespace mailprobe::auth {

namespace {

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Digest = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;

const unsigned char* octets(std::string_view bytes) { return reinterpret_cast<const unsigned char*>(bytes.data()); }
unsigned char* octets(std::string& bytes) { return reinterpret_cast<unsigned char*>(bytes.data()); }
Digest digest() { return {EVP_MD_CTX_new(), &EVP_MD_CTX_free}; }

/// Ed25519 signs the hash as its message, which goes into `storage`; RSA hashes by itself.
std::string_view signed_bytes(KeyType type, std::string_view data, std::string& storage) {
  if (type == KeyType::rsa) return data;
  return storage = sha256(data);
}
const EVP_MD* digest_of(KeyType type, Hash hash = Hash::sha256) {
  if (type == KeyType::ed25519) return nullptr;
  return hash == Hash::sha1 ? EVP_sha1() : EVP_sha256();
}

Key rsa_key(std::string_view bytes) {
  const auto* at = octets(bytes);
  Key key(d2i_PUBKEY(nullptr, &at, static_cast<long>(bytes.size())), &EVP_PKEY_free);
  if (key) return key;
  at = octets(bytes);
  return {d2i_PublicKey(EVP_PKEY_RSA, nullptr, &at, static_cast<long>(bytes.size())), &EVP_PKEY_free};
}

Key ed25519_key(std::string_view bytes) {
  return {EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, octets(bytes), bytes.size()), &EVP_PKEY_free};
}

/// Of RSA's public exponent; 0 of another key.
int exponent_bits_of(const Key& key) {
  BIGNUM* exponent = nullptr;
  if (EVP_PKEY_get_bn_param(key.get(), OSSL_PKEY_PARAM_RSA_E, &exponent) != 1) return 0;
  const int bits = BN_num_bits(exponent);
  BN_free(exponent);
  return bits;
}

}  // namespace

std::string hash_of(Hash which, std::string_view bytes) {
  if (which == Hash::sha256) return sha256(bytes);
  std::string out(static_cast<std::size_t>(EVP_MD_get_size(EVP_sha1())), '\0');
  EVP_Digest(bytes.data(), bytes.size(), octets(out), nullptr, EVP_sha1(), nullptr);
  return out;
}

struct PublicKey::Impl {
  Key key;
  KeyType type;
  int bits, exponent_bits;  // asked for with each signature, and dear to ask OpenSSL for
};

Result<PublicKey> PublicKey::parse(KeyType type, std::string_view bytes) {
  auto key = type == KeyType::rsa ? rsa_key(bytes) : ed25519_key(bytes);
  const int wanted = type == KeyType::rsa ? EVP_PKEY_RSA : EVP_PKEY_ED25519;
  if (!key || EVP_PKEY_get_base_id(key.get()) != wanted)
    return fail(Failure::protocol, "the key's p= is not a key of its type", Cause::protocol_error);
  PublicKey out;
  const int bits = EVP_PKEY_get_bits(key.get()), exponent_bits = exponent_bits_of(key);
  out.impl_ = std::make_shared<const Impl>(Impl{std::move(key), type, bits, exponent_bits});
  return out;
}

int PublicKey::bits() const { return impl_->bits; }
int PublicKey::exponent_bits() const { return impl_->exponent_bits; }

bool PublicKey::verify(std::string_view data, std::string_view signature) const {
  const auto context = digest();
  std::string storage;
  const auto bytes = signed_bytes(impl_->type, data, storage);
  return EVP_DigestVerifyInit(context.get(), nullptr, digest_of(impl_->type), nullptr, impl_->key.get()) == 1 &&
         EVP_DigestVerify(context.get(), octets(signature), signature.size(), octets(bytes), bytes.size()) == 1;
}

struct PrivateKey::Impl {
  Key key;
  KeyType type;
};

Result<PrivateKey> PrivateKey::from_pem(const Secret& pem) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> source(
      BIO_new_mem_buf(pem.reveal().data(), static_cast<int>(pem.reveal().size())), &BIO_free);
  const auto no_password = [](char*, int, int, void*) { return 0; };  // never asks on the terminal
  Key key(PEM_read_bio_PrivateKey(source.get(), nullptr, no_password, nullptr), &EVP_PKEY_free);
  if (!key) return fail(Failure::usage, "this is not an unencrypted private key in PEM");
  const int type = EVP_PKEY_get_base_id(key.get());
  if (type != EVP_PKEY_RSA && type != EVP_PKEY_ED25519)
    return fail(Failure::usage, "DKIM keys are RSA or Ed25519; this is another kind");
  PrivateKey out;
  out.impl_ =
      std::make_shared<const Impl>(Impl{std::move(key), type == EVP_PKEY_RSA ? KeyType::rsa : KeyType::ed25519});
  return out;
}

Result<Secret> PrivateKey::generate(KeyType type, unsigned rsa_bits) {
  const Key key(type == KeyType::rsa ? EVP_RSA_gen(rsa_bits) : EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"),
                &EVP_PKEY_free);
  // Secure memory where OpenSSL has it, and cleansed when freed in any case.
  const std::unique_ptr<BIO, decltype(&BIO_free)> out(BIO_new(BIO_s_secmem()), &BIO_free);
  if (!key || !out || PEM_write_bio_PKCS8PrivateKey(out.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1)
    return fail(Failure::ours, "OpenSSL could not make a key");
  char* bytes = nullptr;
  const auto size = BIO_get_mem_data(out.get(), &bytes);
  return Secret(std::string(bytes, static_cast<std::size_t>(size)));
}

KeyType PrivateKey::type() const { return impl_->type; }
int PrivateKey::bits() const { return EVP_PKEY_get_bits(impl_->key.get()); }

std::string PrivateKey::sign(std::string_view data, Hash hash) const {
  const auto context = digest();
  std::string storage;
  const auto bytes = signed_bytes(impl_->type, data, storage);
  std::size_t size = 0;
  std::string out;
  const auto* at = octets(bytes);
  if (EVP_DigestSignInit(context.get(), nullptr, digest_of(impl_->type, hash), nullptr, impl_->key.get()) == 1 &&
      EVP_DigestSign(context.get(), nullptr, &size, at, bytes.size()) == 1) {
    out.resize(size);
    if (EVP_DigestSign(context.get(), octets(out), &size, at, bytes.size()) == 1) {
      out.resize(size);
      return out;
    }
  }
  throw std::runtime_error("OpenSSL could not sign");
}

std::string PrivateKey::public_bytes() const {
  if (impl_->type == KeyType::ed25519) {
    std::string out(32, '\0');
    std::size_t size = out.size();
    if (EVP_PKEY_get_raw_public_key(impl_->key.get(), octets(out), &size) != 1)
      throw std::runtime_error("OpenSSL gives no public key");
    return out;
  }
  unsigned char* der = nullptr;
  const int size = i2d_PUBKEY(impl_->key.get(), &der);
  if (size <= 0) throw std::runtime_error("OpenSSL gives no public key");
  std::string out(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size));
  OPENSSL_free(der);
  return out;
}

}  // namespace mailprobe::auth
