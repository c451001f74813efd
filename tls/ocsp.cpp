#include "tls/ocsp.h"

#include <openssl/err.h>
#include <openssl/ocsp.h>
#include <openssl/x509v3.h>

#include <algorithm>

#include "tls/certificate.h"
#include "tls/openssl.h"

namespace mailprobe::tls {

namespace {

using ResponsePtr = Owned<OCSP_RESPONSE, OCSP_RESPONSE_free>;
using BasicPtr = Owned<OCSP_BASICRESP, OCSP_BASICRESP_free>;
using IdPtr = Owned<OCSP_CERTID, OCSP_CERTID_free>;
using StorePtr = Owned<X509_STORE, X509_STORE_free>;
using VerifyingPtr = Owned<X509_STORE_CTX, X509_STORE_CTX_free>;
using BorrowedStack = Owned<STACK_OF(X509), [](STACK_OF(X509) * all) { sk_X509_free(all); }>;

OcspFacts useless(std::string why) {
  ERR_clear_error();
  OcspFacts facts;
  facts.problem = std::move(why);
  return facts;
}

/// The next one of the chain, else one of the trusted.
X509Ptr issuer_of(X509* leaf, const std::vector<X509Ptr>& chain, const Context& trust) {
  for (std::size_t i = 1; i < chain.size(); ++i)
    if (X509_check_issued(chain[i].get(), leaf) == X509_V_OK) {
      X509_up_ref(chain[i].get());
      return X509Ptr(chain[i].get());
    }
  const VerifyingPtr verifying(X509_STORE_CTX_new());
  X509* found = nullptr;
  auto* roots = SSL_CTX_get_cert_store(trust.impl().ctx.get());
  if (verifying && X509_STORE_CTX_init(verifying.get(), roots, leaf, nullptr) == 1)
    (void)X509_STORE_CTX_get1_issuer(&found, verifying.get(), leaf);
  return X509Ptr(found);
}

/// RFC 6960 §4.2.2.2: the issuer signed it, or somebody whom it issued a certificate for OCSP signing.
bool signed_by(OCSP_BASICRESP* basic, X509* issuer) {
  const BorrowedStack known(sk_X509_new_null());
  const StorePtr store(X509_STORE_new());
  if (!known || !store || sk_X509_push(known.get(), issuer) == 0 || X509_STORE_add_cert(store.get(), issuer) != 1)
    return false;
  X509_STORE_set_flags(store.get(), X509_V_FLAG_PARTIAL_CHAIN);  // an intermediate CA is enough to end in
  const bool good = OCSP_basic_verify(basic, known.get(), store.get(), OCSP_TRUSTOTHER) == 1;
  ERR_clear_error();
  return good;
}

/// Whether the answer is about `leaf`: its CertID is made anew with the answer's own hash.
bool is_about(OCSP_SINGLERESP* single, X509* leaf, X509* issuer) {
  const auto* theirs = OCSP_SINGLERESP_get0_id(single);
  const Owned<OCSP_CERTID, OCSP_CERTID_free> copy(OCSP_CERTID_dup(theirs));
  ASN1_OBJECT* hash = nullptr;
  if (!copy || OCSP_id_get0_info(nullptr, &hash, nullptr, nullptr, copy.get()) != 1) return false;
  const auto* digest = EVP_get_digestbyobj(hash);
  const IdPtr ours(digest != nullptr ? OCSP_cert_to_id(digest, leaf, issuer) : nullptr);
  return ours && OCSP_id_cmp(ours.get(), theirs) == 0;
}

OCSP_SINGLERESP* answer_about(OCSP_BASICRESP* basic, X509* leaf, X509* issuer) {
  const int count = std::min(OCSP_resp_count(basic), max_ocsp_answers);
  for (int i = 0; i < count; ++i)
    if (auto* single = OCSP_resp_get0(basic, i); is_about(single, leaf, issuer)) return single;
  return nullptr;
}

std::optional<Time> time_if(const ASN1_GENERALIZEDTIME* time) {
  return time == nullptr ? std::nullopt : std::optional(time_of(time));
}

OcspFacts read_answer(OCSP_SINGLERESP* single) {
  int reason = -1;
  ASN1_GENERALIZEDTIME *revoked = nullptr, *from = nullptr, *until = nullptr;
  const int status = OCSP_single_get0_status(single, &reason, &revoked, &from, &until);
  if (status < 0) return useless("it has no status");
  OcspFacts facts;
  facts.status = OCSP_cert_status_str(status);
  facts.this_update = time_if(from);
  facts.next_update = time_if(until);
  facts.revoked = time_if(revoked);
  if (reason >= 0) facts.reason = OCSP_crl_reason_str(reason);
  return facts;
}

}  // namespace

/// 1. small enough; 2. an answer at all; 3. about this certificate; 4. by its issuer.
OcspFacts read_ocsp(std::string_view response, const std::vector<std::string>& certificates, const Context& trust) {
  if (response.size() > max_ocsp_response) return useless("it is larger than 64 KiB");
  const auto* bytes = reinterpret_cast<const unsigned char*>(response.data());
  const ResponsePtr read(d2i_OCSP_RESPONSE(nullptr, &bytes, static_cast<long>(response.size())));
  if (!read) return useless("it is no OCSP response");
  if (const int status = OCSP_response_status(read.get()); status != OCSP_RESPONSE_STATUS_SUCCESSFUL)
    return useless(std::string("the responder had no answer: ") + OCSP_response_status_str(status));
  const BasicPtr basic(OCSP_response_get1_basic(read.get()));
  if (!basic) return useless("it is of an unknown kind");
  const auto chain = parse_certificates(certificates);
  if (chain.empty()) return useless("there is no certificate that it could be about");
  const auto issuer = issuer_of(chain.front().get(), chain, trust);
  if (!issuer) return useless("the certificate's issuer is not known, so that nobody can have signed it");
  auto* answer = answer_about(basic.get(), chain.front().get(), issuer.get());
  if (answer == nullptr) return useless("it is about another certificate");
  if (!signed_by(basic.get(), issuer.get())) return useless("it is not signed by the certificate's issuer");
  return read_answer(answer);
}

}  // namespace mailprobe::tls
