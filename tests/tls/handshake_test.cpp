// Handshakes between our own two ends: what verification comes to, what the facts say, how failure reads.
#include <gtest/gtest.h>

#include "tests/support/run.h"
#include "tests/tls/pair.h"
#include "tls/openssl.h"

namespace mailprobe::tls {
namespace {

Task<Handshaken> handshake(Handshake client, Handshake server) {
  auto pair = co_await make_pair();
  co_return co_await shake_hands(pair, std::move(client), std::move(server));
}

TlsFacts facts(Handshake client, Handshake server) {
  auto both = test::run(handshake(std::move(client), std::move(server)));
  need(std::move(both.server));
  return need(std::move(both.client));
}

IssueOptions for_host() {
  IssueOptions options;
  options.names = {"mx.target.test", "*.wild.test"};
  options.addresses = {here, *IpAddress::parse("2001:db8::1")};
  return options;
}

struct Outcome {
  const char* name;
  const char* server_name;
  void (*spoil)(IssueOptions&);
  const char* result;
  std::optional<Cause> cause;
};

void PrintTo(const Outcome& row, std::ostream* out) { *out << row.name; }

void keep(IssueOptions&) {}
void expire(IssueOptions& options) { options.not_after = now() - std::chrono::minutes(5); }
void postpone(IssueOptions& options) { options.not_before = now() + std::chrono::hours(5); }
void sign_itself(IssueOptions& options) { options.self_signed = true; }

constexpr auto outcomes = std::to_array<Outcome>({
    {"good", "mx.target.test", keep, "pass", {}},
    {"good_in_other_case", "MX.Target.TEST.", keep, "pass", {}},
    {"wildcard", "a.wild.test", keep, "pass", {}},
    {"wildcard_covers_one_label", "a.b.wild.test", keep, "fail", Cause::wrong_name},
    {"address", "127.0.0.1", keep, "pass", {}},
    {"address_literal", "[2001:db8::1]", keep, "pass", {}},
    {"no_name_to_check", "", keep, "pass", {}},
    {"wrong_name", "mx.other.test", keep, "fail", Cause::wrong_name},
    {"wrong_address", "127.0.0.2", keep, "fail", Cause::wrong_name},
    {"common_name_does_not_count", "Common.test", [](IssueOptions& options) { options.subject = "common.test"; },
     "fail", Cause::wrong_name},
    {"expired", "mx.target.test", expire, "fail", Cause::expired},
    {"not_yet_valid", "mx.target.test", postpone, "fail", Cause::expired},
    {"self_signed", "mx.target.test", sign_itself, "fail", Cause::self_signed},
});

class Verifying : public testing::TestWithParam<Outcome> {};

TEST_P(Verifying, IsRecordedAndDoesNotEndTheHandshake) {
  const auto& row = GetParam();
  auto options = for_host();
  row.spoil(options);
  const auto got = facts(client_side(row.server_name), server_side(options));
  ASSERT_TRUE(got.verified);
  EXPECT_EQ(got.verified->result, row.result) << got.verified->detail;
  EXPECT_EQ(got.verified->cause, row.cause) << got.verified->detail;
  EXPECT_EQ(got.verified->detail.empty(), got.verified->result == "pass");
}

INSTANTIATE_TEST_SUITE_P(All, Verifying, testing::ValuesIn(outcomes),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(Verifying, AnUnknownAuthority) {
  const auto other = need(Authority::make("Another CA"));
  const auto got = facts(client_side("mx.target.test", other.ca_pem()), server_side(for_host()));
  EXPECT_EQ(got.verified->cause, Cause::unknown_ca) << got.verified->detail;
}

TEST(Verifying, AgainstTheSystemsStore) {
  const auto got = facts(client_side("mx.target.test", ""), server_side(for_host()));
  EXPECT_EQ(got.verified->cause, Cause::unknown_ca) << got.verified->detail;
}

TEST(Verifying, WrongNamesAreListed) {
  const auto got = facts(client_side("mx.other.test"), server_side(for_host()));
  EXPECT_EQ(got.verified->detail,
            "mx.other.test is not among the certificate's names: mx.target.test *.wild.test 127.0.0.1 2001:db8::1");
}

TEST(Facts, OfTls13) {
  auto options = for_host();
  options.subject = "Ünïcode, “mx”";
  const auto got = facts(client_side("mx.target.test"), server_side(options));
  EXPECT_EQ(got.version, "TLSv1.3");
  EXPECT_TRUE(got.cipher.starts_with("TLS_")) << got.cipher;
  EXPECT_EQ(got.group, "x25519");
  EXPECT_EQ(got.sni, "mx.target.test");
  EXPECT_EQ(got.peer_signature, "ecdsa_secp256r1_sha256");
  EXPECT_FALSE(got.dane);
  ASSERT_EQ(got.certificates.size(), 2U);
  const auto& leaf = got.certificates[0];
  EXPECT_EQ(leaf.subject, "CN=Ünïcode\\, “mx”");
  EXPECT_EQ(leaf.issuer, "CN=Test CA");
  EXPECT_EQ(leaf.names, (std::vector<std::string>{"mx.target.test", "*.wild.test", "127.0.0.1", "2001:db8::1"}));
  EXPECT_EQ(leaf.not_before, std::chrono::floor<std::chrono::seconds>(options.not_before));
  EXPECT_EQ(leaf.not_after, std::chrono::floor<std::chrono::seconds>(options.not_after));
  EXPECT_EQ(leaf.key, "EC P-256");
  EXPECT_EQ(leaf.signature, "ecdsa-with-SHA256");
  EXPECT_EQ(leaf.sha256.size(), 64U);
  EXPECT_EQ(leaf.spki_sha256.size(), 64U);
  EXPECT_NE(leaf.sha256, leaf.spki_sha256);
}

struct KeyCase {
  const char* name;
  KeyType type;
  Version max;
  const char *key, *signature, *version;
};

void PrintTo(const KeyCase& row, std::ostream* out) { *out << row.name; }

class Keys : public testing::TestWithParam<KeyCase> {};

TEST_P(Keys, AreNamed) {
  const auto& row = GetParam();
  auto options = for_host();
  options.key = row.type;
  const auto got = facts(client_side("mx.target.test"), server_side(options, Version::tls1_2, row.max));
  EXPECT_EQ(got.version, row.version);
  EXPECT_EQ(got.certificates.at(0).key, row.key);
  EXPECT_EQ(got.peer_signature, row.signature);
  EXPECT_EQ(got.group, "x25519");
  EXPECT_TRUE(got.cipher.starts_with("TLS_")) << got.cipher;
}

INSTANTIATE_TEST_SUITE_P(
    All, Keys,
    testing::Values(KeyCase{"rsa_13", KeyType::rsa_2048, Version::tls1_3, "RSA 2048", "rsa_pss_rsae_sha256", "TLSv1.3"},
                    KeyCase{"rsa_12", KeyType::rsa_2048, Version::tls1_2, "RSA 2048", "rsa_pss_rsae_sha256", "TLSv1.2"},
                    KeyCase{"ec_12", KeyType::ec_p256, Version::tls1_2, "EC P-256", "ecdsa_secp256r1_sha256",
                            "TLSv1.2"},
                    KeyCase{"ed25519_13", KeyType::ed25519, Version::tls1_3, "Ed25519", "ed25519", "TLSv1.3"}),
    [](const auto& info) { return std::string(info.param.name); });

TEST(Facts, OfTheServersSide) {
  const auto both = test::run(handshake(client_side("mx.target.test"), server_side(for_host())));
  ASSERT_TRUE(both.server);
  EXPECT_EQ(both.server->sni, "mx.target.test");
  EXPECT_EQ(both.server->version, "TLSv1.3");
  EXPECT_FALSE(both.server->verified);
  EXPECT_TRUE(both.server->certificates.empty());
}

TEST(Facts, NoSniForAnAddress) {
  const auto both = test::run(handshake(client_side("127.0.0.1"), server_side(for_host())));
  EXPECT_FALSE(both.client->sni);
  EXPECT_FALSE(both.server->sni);
}

class OldServer : public testing::TestWithParam<Version> {};

TEST_P(OldServer, IsUnsupportedAndTheAlertIsNamed) {
  const auto both =
      test::run(handshake(client_side("mx.target.test"), server_side(for_host(), GetParam(), GetParam())));
  ASSERT_FALSE(both.client);
  EXPECT_EQ(both.client.error().kind, Failure::unsupported);
  EXPECT_EQ(both.client.error().cause, Cause::unsupported);
  EXPECT_EQ(both.client.error().message, "TLS handshake: alert protocol_version");
  ASSERT_FALSE(both.server);
}

INSTANTIATE_TEST_SUITE_P(All, OldServer, testing::Values(Version::tls1_0, Version::tls1_1),
                         [](const auto& info) { return info.param == Version::tls1_0 ? "tls1_0" : "tls1_1"; });

/// RFC 8446 §4.4.2.4: in TLS 1.3 the client is through with its handshake when the server objects.
Task<std::string> without_client_certificate() {
  auto pair = co_await make_pair();
  const auto server = server_side(for_host());
  SSL_CTX_set_verify(server.context->impl().ctx.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  const auto client = client_side("mx.target.test");
  const auto both = co_await shake_hands(pair, client, server);
  if (!both.client) co_return both.client.error().message;
  pair.client->deadline(soon());
  char buffer[8];
  const auto got = co_await pair.client->read_some(buffer, sizeof buffer);
  co_return got ? "" : got.error().message;
}

TEST(Handshake, ACertificateThatTheServerMissesIsNamedWithItsAlert) {
  EXPECT_EQ(test::run(without_client_certificate()), "TLS: alert certificate_required");
}

Task<Result<TlsFacts>> against(std::string bytes, bool then_close) {
  auto pair = co_await make_pair();
  need(co_await pair.server->write(bytes));
  if (then_close) pair.server->close();
  if (!then_close) pair.client->deadline(bytes.empty() ? in_a_moment() : in_a_moment() + std::chrono::seconds(10));
  co_return co_await pair.client->handshake(client_side("mx.target.test"));
}

TEST(Handshake, OfAPlainTextPeerIsAProtocolError) {
  const auto got = test::run(against("500 what?\r\n", false));
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().kind, Failure::protocol);
  EXPECT_EQ(got.error().message, "TLS handshake: wrong version number");
}

TEST(Handshake, OfAServerThatOnlyDoesTls10WithoutAnAlert) {
  // A ServerHello of TLS 1.0: ours is the refusal.
  std::string hello =
      std::string("\x16\x03\x01\0\x2a\2\0\0\x26\x03\x01", 11) + std::string(32, 'r') + std::string("\0\0\x2f\0", 4);
  const auto got = test::run(against(hello, false));
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().cause, Cause::unsupported);
  EXPECT_EQ(got.error().message, "TLS handshake: unsupported protocol");
}

TEST(Handshake, ClosedByThePeer) {
  const auto got = test::run(against("", true));
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().kind, Failure::connection);
  EXPECT_TRUE(got.error().message.starts_with("TLS handshake: ")) << got.error().message;
}

TEST(Handshake, StalledEndsAtTheDeadline) {
  const auto got = test::run(against("", false));
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().kind, Failure::timeout);
  EXPECT_EQ(got.error().message, "TLS handshake timed out");
}

Task<Result<TlsFacts>> twice() {
  auto pair = co_await make_pair();
  need((co_await shake_hands(pair, client_side("mx.target.test"), server_side(for_host()))).client);
  co_return co_await pair.client->handshake(client_side("mx.target.test"));
}

TEST(Handshake, OnlyOnce) { EXPECT_EQ(test::run(twice()).error().kind, Failure::ours); }

struct BadContext {
  const char* name;
  Result<std::shared_ptr<const Context>> (*make)();
};

void PrintTo(const BadContext& row, std::ostream* out) { *out << row.name; }

class Misconfigured : public testing::TestWithParam<BadContext> {};

TEST_P(Misconfigured, IsAUsageError) {
  const auto made = GetParam().make();
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().kind, Failure::usage);
  EXPECT_EQ(made.error().message.find("BEGIN"), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(
    All, Misconfigured,
    testing::Values(BadContext{"no_ca_file", [] { return Context::client({"/nowhere/ca.pem", ""}); }},
                    BadContext{"no_ca_in_the_text", [] { return Context::client({"", "nothing"}); }},
                    BadContext{"no_chain", [] { return Context::server({"", Secret("nothing")}); }},
                    BadContext{"key_of_another",
                               [] {
                                 const auto one = need(authority().issue(for_host()));
                                 const auto other = need(authority().issue(for_host()));
                                 return Context::server({one.chain_pem, other.key_pem});
                               }}),
    [](const auto& info) { return std::string(info.param.name); });

TEST(ServerCertificate, OfAKeyOfAnotherTypeIsRefused) {
  auto of = for_host();
  of.key = KeyType::ec_p256;
  const auto one = need(authority().issue(of));
  of.key = KeyType::rsa_2048;
  const auto other = need(authority().issue(of));
  const auto made = Context::server({.chain_pem = one.chain_pem, .key_pem = other.key_pem});
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().kind, Failure::usage);
  EXPECT_TRUE(made.error().message.starts_with("the key is not that of the server certificate"))
      << made.error().message;
}

TEST(Authority, LongNamesFit) {
  IssueOptions options;
  options.names = {std::string(60, 'a') + ".target.test"};
  EXPECT_TRUE(authority().issue(options));
}

}  // namespace
}  // namespace mailprobe::tls
