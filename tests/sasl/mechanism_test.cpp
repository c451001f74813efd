#include "sasl/mechanism.h"

#include <gtest/gtest.h>

#include "base/encoding.h"
#include "base/text.h"
#include "sasl/limits.h"
#include "sasl/mechanisms.h"

namespace mailprobe::sasl {
namespace {

using namespace std::string_literals;

Credentials pencil() { return {"user", Secret("pencil"), Proof::password}; }
Credentials token() { return {"user@example.org", Secret("ya29.token"), Proof::token}; }

PasswordOf passwords() {
  return [](std::string_view user) -> std::optional<Secret> {
    if (user == "user" || user == "a,b=c") return Secret("pencil");
    return std::nullopt;
  };
}

// --- choice ---------------------------------------------------------------------------------------------------------

struct Choice {
  std::string_view name, announced;
  Proof proof;
  std::string_view chosen;  // empty: none
};

class Choosing : public testing::TestWithParam<Choice> {};

TEST_P(Choosing, TakesTheStrongestThatFits) {
  std::vector<std::string> announced;
  for (const auto each : split(GetParam().announced, ' ')) announced.emplace_back(each);
  const auto chosen = choose(announced, GetParam().proof == Proof::token ? token() : pencil());
  if (GetParam().chosen.empty()) {
    ASSERT_FALSE(chosen);
    EXPECT_EQ(chosen.error().kind, Failure::unsupported);
  } else {
    ASSERT_TRUE(chosen);
    EXPECT_EQ((*chosen)->name(), GetParam().chosen);
  }
}

INSTANTIATE_TEST_SUITE_P(Sasl, Choosing,
                         testing::Values(Choice{"Scram", "LOGIN PLAIN SCRAM-SHA-256", Proof::password, "SCRAM-SHA-256"},
                                         Choice{"Plain", "login plain", Proof::password, "PLAIN"},
                                         Choice{"Login", "CRAM-MD5 LOGIN", Proof::password, "LOGIN"},
                                         Choice{"NothingKnown", "CRAM-MD5 NTLM", Proof::password, ""},
                                         Choice{"PasswordNeverAsToken", "XOAUTH2", Proof::password, ""},
                                         Choice{"TokenNeverAsPassword", "PLAIN LOGIN SCRAM-SHA-256", Proof::token, ""},
                                         Choice{"Token", "PLAIN XOAUTH2", Proof::token, "XOAUTH2"}),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(Choosing, RefusesWhatWouldBreakTheWire) {
  for (const auto& user : {""s, "a\0b"s, "a\r\nb"s, "a\x01"s})
    EXPECT_EQ(choose({"PLAIN"}, {user, Secret("x"), Proof::password}).error().kind, Failure::usage);
  EXPECT_EQ(choose({"PLAIN"}, {"a", Secret("x\0y"s), Proof::password}).error().kind, Failure::usage);
}

// --- the simple ones ------------------------------------------------------------------------------------------------

TEST(Plain, SendsOneMessage) {
  auto client = plain_client(pencil());
  EXPECT_FALSE(client->finish());
  EXPECT_EQ(client->initial(), "\0user\0pencil"s);
  EXPECT_TRUE(client->finish());
  EXPECT_FALSE(client->step(""));
}

TEST(Plain, AnswersAnEmptyChallengeOnce) {
  auto client = plain_client(pencil());
  EXPECT_FALSE(client->step("who are you"));
  EXPECT_EQ(client->step(""), "\0user\0pencil"s);
  EXPECT_FALSE(client->step(""));
}

TEST(Login, AnswersTwoPromptsOfAnyWords) {
  auto client = login_client(pencil());
  EXPECT_EQ(client->initial(), std::nullopt);
  EXPECT_FALSE(client->finish());
  EXPECT_EQ(client->step("User Name\0"s), "user");
  EXPECT_EQ(client->step(""), "pencil");
  EXPECT_FALSE(client->step("And your PIN:"));
}

TEST(Xoauth2, SendsTheTokenAndKeepsTheRefusal) {
  auto client = xoauth2_client(token());
  EXPECT_EQ(client->initial(), "user=user@example.org\x01"s + "auth=Bearer ya29.token\x01\x01");
  const auto json = R"({"status":"401","schemes":"bearer"})";
  EXPECT_EQ(client->step(json), "");
  EXPECT_EQ(client->refusal(), json);
  EXPECT_FALSE(client->step("more"));
  EXPECT_FALSE(client->finish());
}

// --- SCRAM ----------------------------------------------------------------------------------------------------------

constexpr auto nonce = "rOprNGfwEbeRWgbNEkqO";
constexpr auto server_nonce = "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
constexpr auto server_first = "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";
constexpr auto client_final =
    "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";
constexpr auto server_final = "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=";

TEST(Scram, TheClientKeepsToTheExampleOfRfc7677) {
  auto client = scram_client(pencil(), nonce);
  EXPECT_EQ(client->initial(), "n,,n=user,r=rOprNGfwEbeRWgbNEkqO");
  EXPECT_EQ(client->step(server_first), client_final);
  EXPECT_EQ(client->step(server_final), "");
  EXPECT_TRUE(client->finish());
}

TEST(Scram, TheServerKeepsToTheExampleOfRfc7677) {
  auto server = scram_server(passwords(), server_nonce, *from_base64("W22ZaJ0SNY7soEsUEjb6gQ=="));
  EXPECT_EQ(server->step(std::nullopt).challenge, "");
  EXPECT_EQ(server->step("n,,n=user,r=rOprNGfwEbeRWgbNEkqO").challenge, server_first);
  EXPECT_EQ(server->step(client_final).challenge, server_final);
  EXPECT_EQ(server->user(), "");
  EXPECT_EQ(server->step("").kind, ServerStep::Kind::success);
  EXPECT_EQ(server->user(), "user");
}

TEST(Scram, ProofInTheFinalReplyCounts) {
  auto client = scram_client(pencil(), nonce);
  client->initial();
  ASSERT_TRUE(client->step(server_first));
  EXPECT_TRUE(client->finish(server_final));
}

TEST(Scram, SuccessWithoutTheServersProofIsNone) {
  auto client = scram_client(pencil(), nonce);
  EXPECT_FALSE(client->finish());
  client->initial();
  EXPECT_FALSE(client->finish());
  ASSERT_TRUE(client->step(server_first));
  EXPECT_FALSE(client->finish());
  EXPECT_FALSE(client->finish("v=AAAA"));
}

TEST(Scram, TheServersErrorIsARefusal) {
  auto client = scram_client(pencil(), nonce);
  client->initial();
  ASSERT_TRUE(client->step(server_first));
  const auto refused = client->step("e=invalid-proof");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, Failure::refused);
  EXPECT_EQ(refused.error().peer, "invalid-proof");
}

struct BadFirst {
  std::string_view name;
  std::string message;
};
class ScramServerFirst : public testing::TestWithParam<BadFirst> {};

TEST_P(ScramServerFirst, IsRefused) {
  auto client = scram_client(pencil(), nonce);
  client->initial();
  const auto answer = client->step(GetParam().message);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, Failure::protocol);
}

INSTANTIATE_TEST_SUITE_P(
    Sasl, ScramServerFirst,
    testing::Values(BadFirst{"Empty", ""}, BadFirst{"OtherNonce", "r=somebody-elses,s=W22Z,i=4096"},
                    BadFirst{"OurNonceAlone", "r=rOprNGfwEbeRWgbNEkqO,s=W22Z,i=4096"},
                    BadFirst{"NonceWithControl", "r=rOprNGfwEbeRWgbNEkqO\x01,s=W22Z,i=4096"},
                    BadFirst{"NoSalt", "r=rOprNGfwEbeRWgbNEkqOx,s=,i=4096"},
                    BadFirst{"SaltNotBase64", "r=rOprNGfwEbeRWgbNEkqOx,s=!!!,i=4096"},
                    BadFirst{"FewIterations", "r=rOprNGfwEbeRWgbNEkqOx,s=W22Z,i=1"},
                    BadFirst{"ManyIterations", "r=rOprNGfwEbeRWgbNEkqOx,s=W22Z,i=4000000000"},
                    BadFirst{"OverflowingIterations", "r=rOprNGfwEbeRWgbNEkqOx,s=W22Z,i=99999999999999999999999"},
                    BadFirst{"NegativeIterations", "r=rOprNGfwEbeRWgbNEkqOx,s=W22Z,i=-4096"},
                    BadFirst{"MandatoryExtension", "m=x,r=rOprNGfwEbeRWgbNEkqOx,s=W22Z,i=4096"},
                    BadFirst{"Giant", std::string(max_message + 1, 'r')}),
    [](const auto& row) { return std::string(row.param.name); });

// --- both ends ------------------------------------------------------------------------------------------------------

ServerStep::Kind converse(ClientMechanism& client, ServerMechanism& server) {
  std::optional<std::string> response = client.initial();
  for (int turn = 0; turn < 10; ++turn) {
    const auto said =
        server.step(response ? std::optional<std::string_view>(*response) : std::optional<std::string_view>{});
    if (said.kind != ServerStep::Kind::challenge) return said.kind;
    auto answer = client.step(said.challenge);
    if (!answer) return ServerStep::Kind::failure;
    response = *answer;
  }
  return ServerStep::Kind::failure;
}

class BothEnds : public testing::TestWithParam<std::string_view> {};

TEST_P(BothEnds, AgreeOnTheRightPassword) {
  for (const auto* user : {"user", "a,b=c"}) {
    auto client = client_mechanism(GetParam(), {user, Secret("pencil"), Proof::password});
    auto server = server_mechanism(GetParam(), passwords());
    EXPECT_EQ(converse(*client, *server), ServerStep::Kind::success);
    EXPECT_EQ(server->user(), user);
    EXPECT_TRUE(client->finish());
  }
}

TEST_P(BothEnds, DisagreeOnAWrongPasswordOrUser) {
  for (const auto& [user, password] : {std::pair{"user", "pen"}, {"user", ""}, {"nobody", "pencil"}}) {
    auto client = client_mechanism(GetParam(), {user, Secret(password), Proof::password});
    auto server = server_mechanism(GetParam(), passwords());
    EXPECT_EQ(converse(*client, *server), ServerStep::Kind::failure);
    EXPECT_EQ(server->user(), "");
  }
}

INSTANTIATE_TEST_SUITE_P(Sasl, BothEnds, testing::Values("SCRAM-SHA-256", "PLAIN", "LOGIN"), [](const auto& row) {
  std::string name(row.param);
  std::erase(name, '-');
  return name;
});

TEST(Servers, RefuseMalformedMessages) {
  for (const auto& message : {""s, "user"s, "\0\0"s, "\0user"s, "admin\0user\0pencil"s, "\0user\0pencil\0"s})
    EXPECT_EQ(plain_server(passwords())->step(message).kind, ServerStep::Kind::failure);
  for (const auto& message : {""s, "n,,"s, "p=tls-unique,,n=user,r=x"s, "n,,n=user"s, "n,,n=a=b,r=x"s, "n,,n=user,r="s})
    EXPECT_EQ(scram_server(passwords(), "n", "s")->step(message).kind, ServerStep::Kind::failure);
  EXPECT_EQ(server_mechanism("CRAM-MD5", passwords()), nullptr);
}

TEST(Servers, ScramLetsNobodyActForAnother) {
  for (const auto* message : {"n,a=user,n=user,r=c", "y,a=user,n=user,r=c", "n,a=a=2Cb,n=a=2Cb,r=c"})
    EXPECT_EQ(scram_server(passwords(), "n", "s")->step(message).kind, ServerStep::Kind::challenge) << message;
  for (const auto* message : {"n,a=admin,n=user,r=c", "n,admin,n=user,r=c", "n,a=,n=user,r=c", "n,a==,n=user,r=c"})
    EXPECT_EQ(scram_server(passwords(), "n", "s")->step(message).kind, ServerStep::Kind::failure) << message;
}

TEST(Servers, ScramRefusesOtherNonceOrBinding) {
  for (const auto* message : {"c=biws,r=abc,p=AAAA", "c=eSws,r=cn,p=AAAA", "c=biws,r=cn", ""}) {
    auto server = scram_server(passwords(), "n", "salt");
    ASSERT_EQ(server->step("n,,n=user,r=c").kind, ServerStep::Kind::challenge);
    EXPECT_EQ(server->step(message).kind, ServerStep::Kind::failure);
  }
}

}  // namespace
}  // namespace mailprobe::sasl
