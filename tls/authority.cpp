#include "tls/authority.h"

#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include "tls/certificate.h"
#include "tls/openssl.h"

namespace mailprobe::tls {

struct Authority::Impl {
  X509Ptr certificate;
  KeyPtr key;
};

namespace {

using NamesPtr = Owned<GENERAL_NAMES, GENERAL_NAMES_free>;

KeyPtr make_key(KeyType type) {
  switch (type) {
    case KeyType::rsa_2048: return KeyPtr(EVP_RSA_gen(2048U));
    case KeyType::ed25519: return KeyPtr(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
    case KeyType::ec_p256: break;
  }
  return KeyPtr(EVP_EC_gen("P-256"));
}

bool set_serial(X509* certificate) {
  unsigned char bytes[8];
  if (RAND_bytes(bytes, sizeof bytes) != 1) return false;
  std::uint64_t serial = 1;  // RFC 5280 §4.1.2.2: positive
  for (const auto byte : bytes) serial = serial << 7 | (byte & 0x7fU);
  return ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate), serial) == 1;
}

bool set_subject(X509* certificate, const std::string& name) {
  return X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_UTF8,
                                    reinterpret_cast<const unsigned char*>(name.data()), static_cast<int>(name.size()),
                                    -1, 0) == 1;
}

bool set_times(X509* certificate, Time from, Time to) {
  return ASN1_TIME_set(X509_getm_notBefore(certificate), std::chrono::system_clock::to_time_t(from)) != nullptr &&
         ASN1_TIME_set(X509_getm_notAfter(certificate), std::chrono::system_clock::to_time_t(to)) != nullptr;
}

bool extend(X509* certificate, X509* issuer, int nid, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const Owned<X509_EXTENSION, X509_EXTENSION_free> extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value));
  return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

bool add_name(GENERAL_NAMES* names, int type, std::string_view bytes) {
  Owned<GENERAL_NAME, GENERAL_NAME_free> name(GENERAL_NAME_new());
  Owned<ASN1_STRING, ASN1_STRING_free> value(
      ASN1_STRING_type_new(type == GEN_DNS ? V_ASN1_IA5STRING : V_ASN1_OCTET_STRING));
  if (!name || !value || ASN1_STRING_set(value.get(), bytes.data(), static_cast<int>(bytes.size())) != 1) return false;
  GENERAL_NAME_set0_value(name.get(), type, value.release());
  return sk_GENERAL_NAME_push(names, name.release()) > 0;
}

bool set_names(X509* certificate, const IssueOptions& options) {
  const NamesPtr names(GENERAL_NAMES_new());
  bool good = names != nullptr;
  for (const auto& name : options.names) good = good && add_name(names.get(), GEN_DNS, name);
  for (const auto& address : options.addresses)
    good = good && add_name(names.get(), GEN_IPADD,
                            {reinterpret_cast<const char*>(address.bytes.data()), address.v6 ? 16U : 4U});
  if (options.names.empty() && options.addresses.empty()) return good;
  return good && X509_add1_ext_i2d(certificate, NID_subject_alt_name, names.get(), 0, X509V3_ADD_DEFAULT) == 1;
}

bool sign(X509* certificate, EVP_PKEY* key) {
  const bool own_digest = EVP_PKEY_is_a(key, "ED25519") == 1;
  return X509_sign(certificate, key, own_digest ? nullptr : EVP_sha256()) > 0;
}

/// A certificate with all but its extensions and its signature.
X509Ptr draft(const std::string& subject, EVP_PKEY* key, Time from, Time to) {
  X509Ptr certificate(X509_new());
  if (!certificate || key == nullptr || X509_set_version(certificate.get(), X509_VERSION_3) != 1) return nullptr;
  const bool good = set_serial(certificate.get()) && set_subject(certificate.get(), subject) &&
                    set_times(certificate.get(), from, to) && X509_set_pubkey(certificate.get(), key) == 1;
  return good ? std::move(certificate) : nullptr;
}

std::string pem_of(X509* certificate) {
  const BioPtr out(BIO_new(BIO_s_mem()));
  PEM_write_bio_X509(out.get(), certificate);
  return bio_text(out.get());
}

Secret pem_of(EVP_PKEY* key) {
  const BioPtr out(BIO_new(BIO_s_mem()));
  PEM_write_bio_PrivateKey(out.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
  return Secret(bio_text(out.get()));
}

std::string subject_of(const IssueOptions& options) {
  if (!options.subject.empty()) return options.subject;
  const bool fits = !options.names.empty() && options.names.front().size() <= ub_common_name;  // RFC 5280 appendix A.1
  return fits ? options.names.front() : "mailprobe";
}

}  // namespace

Result<Authority> Authority::make(std::string name) {
  auto key = make_key(KeyType::ec_p256);
  auto own = draft(name, key.get(), now() - std::chrono::days(400), now() + std::chrono::days(400));
  X509* raw = own.get();
  const bool good = own && X509_set_issuer_name(raw, X509_get_subject_name(raw)) == 1 &&
                    extend(raw, raw, NID_basic_constraints, "critical,CA:TRUE") &&
                    extend(raw, raw, NID_key_usage, "critical,keyCertSign,cRLSign") &&
                    extend(raw, raw, NID_subject_key_identifier, "hash") && sign(raw, key.get());
  if (!good) return fail(Failure::ours, "making a certificate authority: " + openssl_error());
  return Authority(std::make_shared<const Impl>(Impl{std::move(own), std::move(key)}));
}

Result<Issued> Authority::issue(IssueOptions options) const {
  const auto key = make_key(options.key);
  const auto leaf = draft(subject_of(options), key.get(), options.not_before, options.not_after);
  X509* raw = leaf.get();
  X509* issuer = options.self_signed ? raw : impl_->certificate.get();
  const bool good = leaf && X509_set_issuer_name(raw, X509_get_subject_name(issuer)) == 1 &&
                    extend(raw, issuer, NID_basic_constraints, "critical,CA:FALSE") &&
                    extend(raw, issuer, NID_ext_key_usage, "serverAuth,clientAuth") &&
                    extend(raw, issuer, NID_subject_key_identifier, "hash") &&
                    extend(raw, issuer, NID_authority_key_identifier, "keyid") && set_names(raw, options) &&
                    sign(raw, options.self_signed ? key.get() : impl_->key.get());
  if (!good) return fail(Failure::ours, "issuing a certificate: " + openssl_error());
  return Issued{pem_of(raw) + (options.self_signed ? "" : ca_pem()), pem_of(key.get()), describe(raw).spki_sha256};
}

std::string Authority::ca_pem() const { return pem_of(impl_->certificate.get()); }

}  // namespace mailprobe::tls
