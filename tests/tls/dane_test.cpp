// DANE: OpenSSL's own cases over chains, and handshakes between our two ends with records that match and do not.
#include <gtest/gtest.h>

#include <sstream>

#include <openssl/pem.h>

#include "base/encoding.h"
#include "base/text.h"
#include "tests/support/conformance.h"
#include "tests/support/run.h"
#include "tests/tls/pair.h"
#include "tls/dane.h"

namespace mailprobe::tls {
namespace {

// --- OpenSSL's cases ------------------------------------------------------------------------------------------------

struct Case {
  std::string name;
  int records = 0, certificates = 0, no_name_check = 0, result = 0, depth = 0;
  std::vector<Tlsa> tlsa;
  std::string chain_pem;
};

/// The format is told in the head of the file.
std::vector<Case> parse_cases(const std::string& text) {
  std::vector<Case> cases;
  std::istringstream lines(text);
  std::string name;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("# ")) name = line.substr(2);
    if (line.empty() || line[0] == '#') continue;
    Case one{.name = name, .tlsa = {}, .chain_pem = {}};
    std::istringstream head(line);
    head >> one.records >> one.certificates >> one.no_name_check >> one.result >> one.depth;
    for (int i = 0; i < one.records && std::getline(lines, line); ++i) one.tlsa.push_back(need(tlsa_from_text(line)));
    for (int ends = 0; ends < one.certificates && std::getline(lines, line);) {
      one.chain_pem += line + "\n";
      ends += line == "-----END CERTIFICATE-----" ? 1 : 0;
    }
    cases.push_back(std::move(one));
  }
  return cases;
}

using Stack = Owned<STACK_OF(X509), [](STACK_OF(X509) * all) { sk_X509_pop_free(all, X509_free); }>;

Stack chain_of(const std::string& pem) {
  Stack chain(sk_X509_new_null());
  const auto bio = memory_bio(pem);
  for (X509Ptr one; one.reset(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)), one;)
    sk_X509_push(chain.get(), one.release());
  return chain;
}

TEST(DaneConformance, OpenSslsCases) {
  MAILPROBE_CONFORMANCE(folder, "dane-openssl");
  const auto cases = parse_cases(test::read_file(folder / "danetest-open.in"));
  ASSERT_EQ(cases.size(), 18U);  // usages 2 and 3 all of them: none that SMTP cannot use
  const auto context = need(Context::client({"", test::read_file(folder / "danetest-roots.pem")}));
  for (const auto& each : cases) {
    SCOPED_TRACE(each.name);
    // Where a case has the name of an end entity checked too it fits: RFC 7672 §3.1.1 asks for no check.
    EXPECT_NE(each.result, X509_V_ERR_HOSTNAME_MISMATCH);
    for (const auto& record : each.tlsa) EXPECT_TRUE(usable_for_smtp(record));
    const SslPtr ssl(SSL_new(context->impl().ctx.get()));
    need(enable_dane(ssl.get(), each.tlsa, {"example.com"}));
    SSL_set_connect_state(ssl.get());
    const auto chain = chain_of(each.chain_pem);
    ASSERT_EQ(sk_X509_num(chain.get()), each.certificates);
    verify_with_dane(ssl.get(), chain.get());
    EXPECT_EQ(SSL_get_verify_result(ssl.get()), each.result);
    const auto facts = dane_facts(ssl.get());
    EXPECT_EQ(facts.result, each.depth >= 0 ? "pass" : "fail") << facts.detail;
    EXPECT_EQ(facts.depth.value_or(-1), each.depth);
    if (each.depth >= 0) EXPECT_EQ(facts.matched, each.tlsa.front().text());
  }
}

// --- handshakes -----------------------------------------------------------------------------------------------------

struct Shown {
  Handshake server;
  std::string spki;
};

Shown shown(void (*change)(IssueOptions&) = [](IssueOptions&) {}) {
  IssueOptions options;
  options.names = {"mx.target.test"};
  change(options);
  const auto issued = need(authority().issue(std::move(options)));
  Handshake server;
  server.context = need(Context::server({issued.chain_pem, issued.key_pem}));
  server.server = true;
  return {std::move(server), issued.spki_sha256};
}

Task<Handshaken> both(Handshake client, Handshake server) {
  auto pair = co_await make_pair();
  co_return co_await shake_hands(pair, std::move(client), std::move(server));
}

TlsFacts shake(const Shown& shown, std::vector<Tlsa> records, std::vector<std::string> names = {"mx.target.test"}) {
  auto client = client_side("mx.target.test");
  client.tlsa = std::move(records);
  client.dane_names = std::move(names);
  auto done = test::run(both(std::move(client), shown.server));
  return need(std::move(done.client));
}

Tlsa key_record(const std::string& spki_hex) { return {3, 1, 1, *from_hex(spki_hex)}; }
Tlsa other_record() { return {3, 1, 1, sha256("another key")}; }

TEST(Dane, TheKeysRecordMatches) {
  const auto server = shown();
  const auto facts = shake(server, {key_record(server.spki)});
  ASSERT_TRUE(facts.dane);
  EXPECT_EQ(facts.dane->result, "pass") << facts.dane->detail;
  EXPECT_EQ(facts.dane->matched, key_record(server.spki).text());
  EXPECT_EQ(facts.dane->depth, 0);
  EXPECT_EQ(facts.verified->result, "pass") << facts.verified->detail;
  EXPECT_EQ(facts.sni, "mx.target.test");
}

TEST(Dane, AnotherKeysRecordDoesNot) {
  const auto facts = shake(shown(), {other_record()});
  EXPECT_EQ(facts.dane->result, "fail");
  EXPECT_EQ(facts.dane->cause, Cause::policy);
  EXPECT_FALSE(facts.dane->matched);
  EXPECT_EQ(facts.dane->detail, "no TLSA record matches what the server shows");
  EXPECT_EQ(facts.verified->result, "pass") << "the certificate itself is good";
}

TEST(Dane, OneOfARolloverPairIsEnough) {
  const auto server = shown();
  const auto facts = shake(server, {other_record(), key_record(server.spki)});
  EXPECT_EQ(facts.dane->result, "pass");
  EXPECT_EQ(facts.dane->matched, key_record(server.spki).text());
}

TEST(Dane, EndEntityRecordsLookAtNeitherNameNorDateNorCa) {  // RFC 7672 §3.1.1
  const auto expired = shown([](IssueOptions& options) { options.not_after = now() - std::chrono::hours(1); });
  EXPECT_EQ(shake(expired, {key_record(expired.spki)}).dane->result, "pass");
  const auto elsewhere = shown([](IssueOptions& options) { options.names = {"www.elsewhere.test"}; });
  const auto facts = shake(elsewhere, {key_record(elsewhere.spki)});
  EXPECT_EQ(facts.dane->result, "pass");
  EXPECT_EQ(facts.verified->cause, Cause::wrong_name) << "told apart from DANE";
  const auto own = shown([](IssueOptions& options) { options.self_signed = true; });
  EXPECT_EQ(shake(own, {key_record(own.spki)}).dane->result, "pass");
}

Tlsa ca_record() {
  const auto server = shown();
  const auto facts = shake(server, {key_record(server.spki)});
  return {2, 0, 1, *from_hex(facts.certificates.at(1).sha256)};
}

TEST(Dane, ACasRecordMatchesAtItsDepth) {
  const auto facts = shake(shown(), {ca_record()});
  EXPECT_EQ(facts.dane->result, "pass") << facts.dane->detail;
  EXPECT_EQ(facts.dane->depth, 1);
}

/// RFC 7671 §5.2.3: of a CA whose certificate the server does not show. It is told by the depth of what that has
/// signed.
TEST(Dane, TheWholeKeyOfACaThatIsNotShownMatches) {
  auto server = shown();
  const auto ca = chain_of(authority().ca_pem());
  unsigned char* der = nullptr;
  const auto size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(sk_X509_value(ca.get(), 0)), &der);
  ASSERT_GT(size, 0);
  const Tlsa record{2, 1, 0, std::string(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size))};
  OPENSSL_free(der);
  const auto issued = need(authority().issue({.subject = "mx", .names = {"mx.target.test"}, .addresses = {}}));
  const std::string end = "-----END CERTIFICATE-----\n";
  const auto leaf = issued.chain_pem.substr(0, issued.chain_pem.find(end) + end.size());
  server.server.context = need(Context::server({leaf, issued.key_pem}));
  const auto facts = shake(server, {record});
  EXPECT_EQ(facts.certificates.size(), 1U);
  EXPECT_EQ(facts.dane->result, "pass") << facts.dane->detail;
  EXPECT_EQ(facts.dane->depth, 0);
  EXPECT_EQ(facts.dane->matched, record.text());
}

TEST(Dane, ACasRecordLooksAtTheName) {  // RFC 7672 §3.2.2
  const auto elsewhere = shown([](IssueOptions& options) { options.names = {"www.elsewhere.test"}; });
  const auto facts = shake(elsewhere, {ca_record()});
  EXPECT_EQ(facts.dane->result, "fail");
  EXPECT_EQ(facts.dane->cause, Cause::wrong_name) << facts.dane->detail;
  const std::vector<std::string> with_next_hop{"mx.target.test", "www.elsewhere.test"};
  EXPECT_EQ(shake(elsewhere, {ca_record()}, with_next_hop).dane->result, "pass");
}

TEST(Dane, ACasRecordLooksAtTheDates) {
  const auto expired = shown([](IssueOptions& options) { options.not_after = now() - std::chrono::hours(1); });
  const auto facts = shake(expired, {ca_record()});
  EXPECT_EQ(facts.dane->result, "fail");
  EXPECT_EQ(facts.dane->cause, Cause::expired) << facts.dane->detail;
}

TEST(Dane, TheNameAskedForIsTheBaseDomain) {  // RFC 7672 §8.1
  const auto server = shown();
  EXPECT_EQ(shake(server, {key_record(server.spki)}, {"real.target.test", "mx.target.test"}).sni, "real.target.test");
}

TEST(Dane, WithoutRecordsThereIsNone) { EXPECT_FALSE(shake(shown(), {}).dane); }

}  // namespace
}  // namespace mailprobe::tls
