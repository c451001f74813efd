#include "auth/dkim_sign.h"

#include <algorithm>

#include "auth/canonical.h"
#include "auth/dkim_signature.h"
#include "auth/dkim_verify.h"
#include "auth/header_block.h"
#include "auth/limits.h"
#include "auth/signing_key.h"
#include "auth/tag_text.h"
#include "base/encoding.h"

namespace mailprobe::auth {

Result<SigningKey> SigningKey::from_pem(const Secret& pem) {
  auto key = PrivateKey::from_pem(pem);
  if (!key) return std::unexpected(key.error());
  const auto bits = static_cast<std::size_t>(key->bits());
  if (key->type() == KeyType::rsa && bits < limits::minimum_rsa_bits)  // RFC 8301 §3.2
    return fail(Failure::usage,
                "an RSA key of " + std::to_string(bits) + " bits is too short for DKIM: 1024 is the least, use 2048");
  SigningKey out;
  out.impl_ = std::make_shared<const Impl>(Impl{std::move(*key)});
  return out;
}

Result<SigningKey> SigningKey::make_weak() {
  constexpr unsigned bits = 512;  // the least that PKCS#1 with SHA-256 fits into, and OpenSSL makes
  auto pem = PrivateKey::generate(KeyType::rsa, bits);
  if (!pem) return std::unexpected(pem.error());
  auto key = PrivateKey::from_pem(*pem);
  if (!key) return std::unexpected(key.error());
  SigningKey out;
  out.impl_ = std::make_shared<const Impl>(Impl{std::move(*key)});
  return out;
}

std::string SigningKey::algorithm() const {
  return impl_->key.type() == KeyType::rsa ? "rsa-sha256" : "ed25519-sha256";
}

std::string SigningKey::dns_record() const {
  const auto* type = impl_->key.type() == KeyType::rsa ? "rsa" : "ed25519";
  return std::string("v=DKIM1; k=") + type + "; p=" + base64(impl_->key.public_bytes());
}

int SigningKey::bits() const { return impl_->key.bits(); }

namespace {

std::string unsigned_field(const SignOptions& options, const SigningKey& key, const std::vector<std::string>& names,
                           const std::string& body_hash) {
  const auto seconds = [](Time time) {
    return std::to_string(std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count());
  };
  std::string field = "DKIM-Signature: v=1";
  append_tag(field, "a=" + (options.sha1 ? std::string("rsa-sha1") : key.algorithm()));
  append_tag(field, "c=" + std::string(canon_word(options.header)) + "/" + std::string(canon_word(options.body)));
  append_tag(field, "d=" + options.domain);
  append_tag(field, "s=" + options.selector);
  append_tag(field, "t=" + seconds(options.time));
  if (options.expires) append_tag(field, "x=" + seconds(*options.expires));
  field += ";\r\n\th=";
  append_names(field, names);
  field += ";\r\n\tbh=";
  append_folded(field, body_hash);
  return field + ";\r\n\tb=";
}

}  // namespace

Result<std::string> sign(std::string_view raw, const SigningKey& key, const SignOptions& options) {
  const auto message = split_message(raw);
  const auto names = header_list(message, options);
  if (std::ranges::find(names, "from") == names.end() || message.first("From") == nullptr)
    return fail(Failure::ours, "a message without From cannot be signed");  // RFC 6376 §5.4
  if (message.truncated)
    return fail(Failure::usage, "the message has over " + std::to_string(limits::header_fields) + " header fields");
  if (options.sha1 && key.impl().key.type() != KeyType::rsa)
    return fail(Failure::usage, "only an RSA key signs with rsa-sha1");
  const auto hash = options.sha1 ? Hash::sha1 : Hash::sha256;
  std::string storage;
  const auto body_hash = base64(hash_of(hash, canonical_body(message.body, options.body, storage)));
  auto field = unsigned_field(options, key, names, body_hash);
  const auto data = signed_data(signed_fields(message, names), field, options.header);
  append_folded(field, base64(key.impl().key.sign(data, hash)));
  if (field.size() > limits::tag_list)
    return fail(Failure::usage, "the message has too many header fields to be signed: with " +
                                    std::to_string(names.size()) + " names in h= the signature would be over 16 KB");
  return field + "\r\n";
}

}  // namespace mailprobe::auth
