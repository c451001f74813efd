// Stapled OCSP responses: made here by a CA of the test's own, in every state that a verdict tells apart, read, and
// sent through a handshake.
#include <gtest/gtest.h>

#include <openssl/ocsp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "tests/support/run.h"
#include "tests/tls/pair.h"
#include "tls/certificate.h"
#include "tls/ocsp.h"

namespace mailprobe::tls {
namespace {

struct Signer {
  X509Ptr certificate;
  KeyPtr key;
};

void extend(X509* certificate, X509* issuer, int nid, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const Owned<X509_EXTENSION, X509_EXTENSION_free> extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value));
  ASSERT_TRUE(extension);
  X509_add_ext(certificate, extension.get(), -1);
}

using Extensions = std::vector<std::pair<int, const char*>>;

/// `issuer` null: its own.
Signer make(const char* name, const Signer* issuer, const Extensions& extensions) {
  static long serial = 1;
  Signer made{X509Ptr(X509_new()), KeyPtr(EVP_EC_gen("P-256"))};
  auto* raw = made.certificate.get();
  X509_set_version(raw, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(raw), serial++);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(raw), "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(name), -1, -1, 0);
  X509_gmtime_adj(X509_getm_notBefore(raw), -3600);
  X509_gmtime_adj(X509_getm_notAfter(raw), 86400);
  X509_set_pubkey(raw, made.key.get());
  auto* by = issuer != nullptr ? issuer->certificate.get() : raw;
  X509_set_issuer_name(raw, X509_get_subject_name(by));
  for (const auto& [nid, value] : extensions) extend(raw, by, nid, value);
  X509_sign(raw, issuer != nullptr ? issuer->key.get() : made.key.get(), EVP_sha256());
  return made;
}

const Extensions of_a_ca{{NID_basic_constraints, "critical,CA:TRUE"}, {NID_key_usage, "critical,keyCertSign,cRLSign"}};
const Extensions of_a_server{{NID_ext_key_usage, "serverAuth"}, {NID_subject_alt_name, "DNS:mx.test"}};

const Signer& root() {
  static const auto made = make("Root", nullptr, of_a_ca);
  return made;
}
const Signer& ca() {
  static const auto made = make("CA", &root(), of_a_ca);
  return made;
}
const Signer& leaf() {
  static const auto made = make("mx.test", &ca(), of_a_server);
  return made;
}

std::string der_of(const Signer& signer) {
  unsigned char* bytes = nullptr;
  const int size = i2d_X509(signer.certificate.get(), &bytes);
  std::string out(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
  OPENSSL_free(bytes);
  return out;
}

std::string pem_of(const Signer& signer) {
  const BioPtr out(BIO_new(BIO_s_mem()));
  PEM_write_bio_X509(out.get(), signer.certificate.get());
  return bio_text(out.get());
}

struct Answer {
  int status = V_OCSP_CERTSTATUS_GOOD, reason = -1;
  const Signer* about = &leaf();
  const Signer* issuer = &ca();
  const Signer* signer = &ca();
  bool sha256 = false;
  int response = OCSP_RESPONSE_STATUS_SUCCESSFUL;
};

using TimePtr = Owned<ASN1_TIME, ASN1_TIME_free>;

std::string response(const Answer& answer = {}) {
  const Owned<OCSP_BASICRESP, OCSP_BASICRESP_free> basic(OCSP_BASICRESP_new());
  const Owned<OCSP_CERTID, OCSP_CERTID_free> id(OCSP_cert_to_id(
      answer.sha256 ? EVP_sha256() : EVP_sha1(), answer.about->certificate.get(), answer.issuer->certificate.get()));
  const TimePtr from(X509_gmtime_adj(nullptr, -3600)), until(X509_gmtime_adj(nullptr, 3600));
  const bool revoked = answer.status == V_OCSP_CERTSTATUS_REVOKED;
  OCSP_basic_add1_status(basic.get(), id.get(), answer.status, answer.reason, revoked ? from.get() : nullptr,
                         from.get(), until.get());
  OCSP_basic_sign(basic.get(), answer.signer->certificate.get(), answer.signer->key.get(), EVP_sha256(), nullptr, 0);
  const Owned<OCSP_RESPONSE, OCSP_RESPONSE_free> whole(OCSP_response_create(answer.response, basic.get()));
  unsigned char* bytes = nullptr;
  const int size = i2d_OCSP_RESPONSE(whole.get(), &bytes);
  std::string out(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
  OPENSSL_free(bytes);
  return out;
}

const Context& trust() {
  static const auto made = need(Context::client({"", pem_of(root())}));
  return *made;
}

OcspFacts read(const std::string& bytes) { return read_ocsp(bytes, {der_of(leaf()), der_of(ca())}, trust()); }

TEST(Ocsp, GoodIsRead) {
  const auto facts = read(response());
  EXPECT_FALSE(facts.problem) << *facts.problem;
  EXPECT_EQ(facts.status, "good");
  ASSERT_TRUE(facts.this_update && facts.next_update);
  EXPECT_EQ(*facts.next_update - *facts.this_update, std::chrono::hours(2));
  EXPECT_FALSE(facts.revoked);
}

TEST(Ocsp, RevokedIsReadWithItsReason) {
  const auto facts = read(response({.status = V_OCSP_CERTSTATUS_REVOKED, .reason = OCSP_REVOKED_STATUS_KEYCOMPROMISE}));
  EXPECT_FALSE(facts.problem) << *facts.problem;
  EXPECT_EQ(facts.status, "revoked");
  EXPECT_EQ(facts.reason, "keyCompromise");
  EXPECT_EQ(facts.revoked, facts.this_update);
}

TEST(Ocsp, UnknownIsRead) { EXPECT_EQ(read(response({.status = V_OCSP_CERTSTATUS_UNKNOWN})).status, "unknown"); }

TEST(Ocsp, TheIdMayBeMadeWithAnotherHash) { EXPECT_EQ(read(response({.sha256 = true})).status, "good"); }

/// RFC 6960 §4.2.2.2: id-kp-OCSPSigning in a certificate of the CA itself.
TEST(Ocsp, TheCaMayDelegate) {
  const auto delegate = make("Responder", &ca(), {{NID_ext_key_usage, "OCSPSigning"}});
  EXPECT_EQ(read(response({.signer = &delegate})).status, "good");
  const auto somebody = make("Server", &ca(), of_a_server);
  EXPECT_EQ(read(response({.signer = &somebody})).problem, "it is not signed by the certificate's issuer");
}

TEST(Ocsp, AStrangersIsNone) {
  const auto stranger = make("CA", nullptr, of_a_ca);
  const auto facts = read(response({.signer = &stranger}));
  EXPECT_EQ(facts.problem, "it is not signed by the certificate's issuer");
  EXPECT_EQ(facts.status, "");
}

TEST(Ocsp, AnotherCertificatesIsNone) {
  const auto other = make("other.test", &ca(), of_a_server);
  EXPECT_EQ(read(response({.about = &other})).problem, "it is about another certificate");
}

TEST(Ocsp, AResponderThatHasNoAnswerIsQuoted) {
  EXPECT_EQ(read(response({.response = OCSP_RESPONSE_STATUS_TRYLATER})).problem,
            "the responder had no answer: trylater");
}

TEST(Ocsp, TheIssuerMayBeAmongTheTrusted) {
  const auto direct = make("mx.test", &root(), of_a_server);
  const Answer answer{.about = &direct, .issuer = &root(), .signer = &root()};
  EXPECT_EQ(read_ocsp(response(answer), {der_of(direct)}, trust()).status, "good");
  EXPECT_TRUE(read_ocsp(response(), {der_of(leaf())}, trust()).problem) << "the CA between them was not sent";
}

TEST(Ocsp, NonsenseAndTooMuchIsNone) {
  EXPECT_EQ(read("nonsense").problem, "it is no OCSP response");
  EXPECT_EQ(read("").problem, "it is no OCSP response");
  EXPECT_EQ(read(std::string(max_ocsp_response + 1, '0')).problem, "it is larger than 64 KiB");
  EXPECT_TRUE(read_ocsp(response(), {}, trust()).problem);
  EXPECT_TRUE(read_ocsp(response(), {"no DER"}, trust()).problem);
}

/// Cut anywhere, or with any byte changed: never a revocation that the CA did not sign.
TEST(Ocsp, DamagedIsNone) {
  const auto whole = response();
  for (std::size_t i = 0; i < whole.size(); ++i) {
    EXPECT_TRUE(read(whole.substr(0, i)).problem) << i;
    auto changed = whole;
    changed[i] = static_cast<char>(changed[i] ^ 0x01);
    EXPECT_NE(read(changed).status, "revoked") << i;
  }
}

TEST(Ocsp, MustStapleIsSeen) {  // RFC 7633 §4
  auto with = of_a_server;
  with.emplace_back(NID_tlsfeature, "status_request");
  EXPECT_TRUE(describe(make("mx.test", &ca(), with).certificate.get()).must_staple);
  auto other = of_a_server;
  other.emplace_back(NID_tlsfeature, "17");  // status_request_v2 (RFC 6961), which nobody offers
  EXPECT_FALSE(describe(make("mx.test", &ca(), other).certificate.get()).must_staple);
  EXPECT_FALSE(describe(leaf().certificate.get()).must_staple);
}

// --- handshakes -----------------------------------------------------------------------------------------------------

int staple(SSL* ssl, void* text) {
  const auto& bytes = *static_cast<const std::string*>(text);
  auto* copy = static_cast<unsigned char*>(OPENSSL_memdup(bytes.data(), bytes.size()));
  SSL_set_tlsext_status_ocsp_resp(ssl, copy, static_cast<long>(bytes.size()));
  return SSL_TLSEXT_ERR_OK;
}

Task<Handshaken> both(Handshake client, Handshake server) {
  auto pair = co_await make_pair();
  co_return co_await shake_hands(pair, std::move(client), std::move(server));
}

Extras extras_of(std::string* stapled) {
  ClientOptions survey;
  survey.ca_pem = authority().ca_pem();
  survey.survey = true;
  survey.only = Version::tls1_3;
  Handshake client;
  client.context = need(Context::client(survey));
  client.server_name = "mx.test";
  client.extras = std::make_shared<Extras>();
  const auto extras = client.extras;
  IssueOptions options;
  options.names = {"mx.test"};
  auto server = server_side(std::move(options));
  auto* ctx = server.context->impl().ctx.get();
  if (stapled != nullptr) {
    SSL_CTX_set_tlsext_status_cb(ctx, staple);
    SSL_CTX_set_tlsext_status_arg(ctx, stapled);
  }
  auto done = test::run(both(std::move(client), std::move(server)));
  need(std::move(done.client));
  return *extras;
}

TEST(Ocsp, AHandshakeHandsOverWhatIsStapled) {
  std::string bytes = "not looked at here";
  const auto with = extras_of(&bytes);
  EXPECT_EQ(with.ocsp, bytes);
  ASSERT_EQ(with.certificates.size(), 2U);
  EXPECT_EQ(parse_certificates(with.certificates).size(), 2U);
  EXPECT_EQ(extras_of(nullptr).ocsp, "");
}

}  // namespace
}  // namespace mailprobe::tls
