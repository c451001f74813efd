#include "probe/tls_questions.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "base/tls_rating.h"
#include "base/tls_registry.h"
#include "probe/tls_known.h"

namespace mailprobe::probe {
namespace {

using Names = std::vector<std::string>;

/// A server in a few lists: it answers questions as a real one would, without a byte.
struct Model {
  std::uint16_t lowest = 0x0303, highest = 0x0304;
  Names suites{"TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
               "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_AES_128_GCM_SHA256"};
  Names groups{"x25519", "secp256r1"};
  Names keys{"rsa"};
  Names hashes{"sha256", "sha384"};
  bool own_order = true, compression = false, renegotiation = true, master_secret = true, encrypt_then_mac = true,
       tickets = false, stapled = false;
  std::size_t dh_bits = 2048;
  std::int64_t early_data = 0;

  [[nodiscard]] TlsReply reply(const TlsQuestion& question) const;

 private:
  [[nodiscard]] TlsReply refuse(std::uint8_t description) const;
  [[nodiscard]] bool can(const TlsSuiteTraits& suite, std::uint16_t version, const tls::ClientHello& hello) const;
  [[nodiscard]] std::optional<std::uint16_t> choose(std::uint16_t version, const tls::ClientHello& hello) const;
  [[nodiscard]] std::optional<std::uint16_t> group(const tls::ClientHello& hello) const;
  [[nodiscard]] TlsReply handshake(const std::string& signatures) const;
};

bool has(const Names& names, std::string_view name) { return std::ranges::find(names, name) != names.end(); }

Certificate leaf(std::string_view key) {
  Certificate certificate;
  certificate.key = key == "rsa" ? "RSA 2048" : "EC P-256";
  return certificate;
}

tls::Chain shown(std::string_view key) {
  return {.certificates = {leaf(key)}, .verified = Verification{"pass", {}, {}}};
}

TlsReply Model::refuse(std::uint8_t description) const {
  TlsReply reply;
  reply.flight.alerts.push_back({.fatal = true, .description = description});
  return reply;
}

std::optional<std::uint16_t> Model::group(const tls::ClientHello& hello) const {
  for (const auto& mine : groups)
    for (const auto code : hello.groups)
      if (tls_name_of(tls_groups(), code) == mine) return code;
  return std::nullopt;
}

bool Model::can(const TlsSuiteTraits& suite, std::uint16_t version, const tls::ClientHello& hello) const {
  using enum TlsExchange;
  if ((suite.exchange == tls13) != (version == 0x0304)) return false;
  if (version < 0x0303 && (suite.aead || suite.mac == "SHA256" || suite.mac == "SHA384")) return false;
  if ((suite.exchange == ecdhe || suite.exchange == tls13) && !group(hello)) return false;
  if (suite.authentication == TlsAuthentication::ecdsa && !has(keys, "ecdsa")) return false;
  return suite.authentication != TlsAuthentication::rsa || has(keys, "rsa");
}

std::optional<std::uint16_t> Model::choose(std::uint16_t version, const tls::ClientHello& hello) const {
  Names theirs;
  for (const auto code : hello.suites) theirs.push_back(tls_name_of(tls_suites(), code));
  const auto& order = own_order ? suites : theirs;
  for (const auto& name : order)
    if (has(suites, name) && has(theirs, name) && can(tls_suite_traits(name), version, hello))
      return tls_code_of(tls_suites(), name);
  return std::nullopt;
}

TlsReply Model::handshake(const std::string& signatures) const {
  TlsReply reply;
  const bool rsa = signatures.empty() ? has(keys, "rsa") : signatures.starts_with("RSA");
  if (highest < 0x0304 || !has(keys, rsa ? "rsa" : "ecdsa")) {
    reply.error = Error{Failure::unsupported, "alert handshake_failure", Cause::unsupported, {}};
    return reply;
  }
  TlsFacts facts;
  facts.version = "TLSv1.3";
  facts.cipher = "TLS_AES_256_GCM_SHA384";
  facts.certificates = {leaf(rsa ? "rsa" : "ecdsa")};
  facts.verified = Verification{"pass", {}, {}};
  reply.facts = facts;
  reply.chain = shown(rsa ? "rsa" : "ecdsa");
  reply.settled = true;
  reply.extras = {
      .certificates = {}, .ocsp = stapled ? "ocsp" : "", .tickets = tickets ? 2 : 0, .early_data = early_data};
  return reply;
}

TlsReply Model::reply(const TlsQuestion& question) const {
  if (question.handshake) return handshake(*question.handshake);
  const auto& hello = question.hello;
  const auto version = hello.versions.empty() ? std::min(hello.version, std::min<std::uint16_t>(highest, 0x0303))
                                              : std::min(highest, hello.versions.front());
  if (version < lowest || (version > hello.version && hello.versions.empty())) return refuse(70);
  const auto suite = choose(version, hello);
  if (!suite) return refuse(40);
  const auto traits = tls_suite_traits(tls_name_of(tls_suites(), *suite));
  TlsReply reply;
  auto& answer = reply.flight.hello.emplace();
  answer.version = version;
  answer.suite = *suite;
  if (version == 0x0304) {
    answer.group = group(hello);
    return reply;
  }
  answer.compression = compression && hello.deflate ? 1 : 0;
  if (renegotiation) answer.extensions.push_back(0xff01);
  if (master_secret) answer.extensions.push_back(23);
  if (encrypt_then_mac && hello.encrypt_then_mac) answer.extensions.push_back(22);
  if (tickets) answer.extensions.push_back(35);
  if (stapled) reply.flight.ocsp = "ocsp";
  reply.flight.done = true;
  auto& exchange = reply.flight.exchange.emplace();
  if (traits.exchange == TlsExchange::ecdhe) exchange.group = group(hello);
  if (traits.exchange == TlsExchange::dhe) exchange.dh_bits = dh_bits;
  for (const auto code : hello.signature_schemes) {
    const auto name = tls_name_of(tls_signature_schemes(), code);
    if (version == 0x0303 && !exchange.scheme && has(hashes, tls_hash_of(name))) exchange.scheme = code;
  }
  if (!exchange.scheme && version == 0x0303) return refuse(40);
  if (traits.authentication != TlsAuthentication::anonymous)
    reply.chain = shown(traits.authentication == TlsAuthentication::ecdsa ? "ecdsa" : "rsa");
  return reply;
}

struct Asked {
  TlsSurvey survey;
  Names questions;
};

Asked survey_of(const Model& model, bool full = false, std::size_t most = 400) {
  Asked all{blank_survey(full, {}), {}};
  while (auto question = next_question(all.survey)) {
    all.questions.push_back(question->name);
    if (all.questions.size() > most) ADD_FAILURE() << "does not end: " << question->name;
    if (all.questions.size() > most) break;
    learn(all.survey, *question, model.reply(*question));
  }
  return all;
}

Names with_answer(const std::vector<TlsOption>& options, TlsAnswer answer) {
  Names names;
  for (const auto& option : options)
    if (option.answer == answer) names.push_back(option.name);
  std::ranges::sort(names);
  return names;
}
Names accepted(const std::vector<TlsOption>& options) { return with_answer(options, TlsAnswer::accepted); }

TEST(TlsQuestions, AGoodServerTakesFourteenHandshakes) {
  Model model;
  model.keys = {"rsa", "ecdsa"};
  model.groups.insert(model.groups.begin(), "X25519MLKEM768");
  const auto all = survey_of(model);
  EXPECT_LE(all.questions.size(), 14U) << testing::PrintToString(all.questions);
  const auto& survey = all.survey;
  EXPECT_EQ(accepted(survey.versions), (Names{"TLSv1.2", "TLSv1.3"}));
  EXPECT_EQ(with_answer(survey.versions, TlsAnswer::refused), (Names{"SSLv3", "TLSv1", "TLSv1.1"}));
  EXPECT_EQ(accepted(survey.groups), (Names{"X25519MLKEM768", "x25519"}));
  EXPECT_EQ(accepted(survey.keys), (Names{"ecdsa", "rsa"}));
  EXPECT_EQ(survey.chains.size(), 2U);
  EXPECT_EQ(survey.preferred_suite, "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384");
  EXPECT_EQ(survey.preference, "server");
  EXPECT_EQ(survey.compression, false);
  EXPECT_EQ(survey.secure_renegotiation, true);
  EXPECT_EQ(survey.extended_master_secret, true);
  EXPECT_EQ(survey.early_data, false);
  EXPECT_EQ(with_answer(survey.hashes, TlsAnswer::refused), (Names{"md5", "sha1", "sha224"}));
  for (const auto& suite : accepted(survey.suites)) EXPECT_LE(rate_tls_suite(suite).ncsc, TlsLevel::sufficient);
}

/// Hangs up on whatever is offered.
TlsSurvey silent_survey() {
  auto survey = blank_survey(false, {});
  while (auto question = next_question(survey)) learn(survey, *question, {});
  return survey;
}

TEST(TlsQuestions, AServerThatHangsUpOnEverythingHasRefusedNothing) {
  auto survey = silent_survey();
  ASSERT_FALSE(with_answer(survey.versions, TlsAnswer::refused).empty());
  doubt_refusals(survey, "");
  EXPECT_TRUE(with_answer(survey.versions, TlsAnswer::refused).empty());
  EXPECT_TRUE(with_answer(survey.suites, TlsAnswer::refused).empty());
  EXPECT_EQ(survey.omitted.back().cause, Cause::refused);
}

TEST(TlsQuestions, ARefusalOfWhatWasJustNegotiatedIsNone) {
  Model model;
  auto survey = survey_of(model).survey;
  auto believed = survey;
  doubt_refusals(believed, "TLSv1.3");
  EXPECT_EQ(with_answer(believed.versions, TlsAnswer::refused), with_answer(survey.versions, TlsAnswer::refused));
  doubt_refusals(survey, "TLSv1.1");
  EXPECT_TRUE(with_answer(survey.versions, TlsAnswer::refused).empty());
}

TEST(TlsQuestions, WhoseOrderDecidesIsNotSaidOfAServerWithoutAChoice) {
  Model model;
  model.suites = {"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"};
  const auto lone = survey_of(model);
  EXPECT_EQ(lone.survey.preference, std::nullopt);
  EXPECT_TRUE(has(lone.questions, "a second suite"));
  EXPECT_TRUE(has(with_answer(lone.survey.suites, TlsAnswer::refused), "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"));
  model.suites.emplace_back("TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384");
  EXPECT_EQ(survey_of(model).survey.preference, "server");
  model.own_order = false;
  EXPECT_EQ(survey_of(model).survey.preference, "client");
}

TEST(TlsQuestions, WhoseOrderDecidesIsSeenOfSuitesToPhaseOutToo) {
  Model model;
  model.highest = 0x0303;
  model.suites = {"TLS_RSA_WITH_AES_256_CBC_SHA", "TLS_RSA_WITH_AES_128_CBC_SHA"};
  const auto theirs = survey_of(model).survey;
  EXPECT_EQ(theirs.preference, "server");
  EXPECT_EQ(theirs.preferred_suite, "TLS_RSA_WITH_AES_256_CBC_SHA");
  model.own_order = false;
  EXPECT_EQ(survey_of(model).survey.preference, "client");
  model.suites.emplace_back("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256");
  model.own_order = true;
  const auto mixed = survey_of(model);
  EXPECT_EQ(mixed.survey.preferred_suite, "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256");
  EXPECT_EQ(mixed.survey.preference, "client") << "it takes another one before the last";
  EXPECT_FALSE(has(mixed.questions, "a second suite")) << "others are known";
}

TEST(TlsQuestions, AHandshakeThatTheServerBreaksOffProvesNothing) {
  Model model;
  auto survey = blank_survey(false, {});
  auto question = next_question(survey).value();
  while (question.name != "recommended suites") {
    learn(survey, question, model.reply(question));
    question = next_question(survey).value();
  }
  auto reply = model.reply(question);
  reply.flight.alerts.push_back({.fatal = true, .description = 80});
  learn(survey, question, reply);
  EXPECT_TRUE(accepted(survey.versions).empty());
  EXPECT_TRUE(accepted(survey.suites).empty());
  ASSERT_EQ(survey.omitted.size(), 1U);
  EXPECT_EQ(survey.omitted[0].cause, Cause::protocol_error);
  EXPECT_TRUE(survey.omitted[0].why.ends_with("then alert internal_error")) << survey.omitted[0].why;
}

TEST(TlsQuestions, FullListsEverySuiteAndGroup) {
  Model model;
  model.suites.emplace_back("TLS_RSA_WITH_AES_128_CBC_SHA");
  model.suites.emplace_back("TLS_DHE_RSA_WITH_CAMELLIA_256_CBC_SHA");
  model.suites.emplace_back("TLS_RSA_WITH_RC4_128_SHA");
  model.keys = {"rsa", "ecdsa"};
  const auto survey = survey_of(model, true).survey;
  auto expected = model.suites;
  std::ranges::sort(expected);
  EXPECT_EQ(accepted(survey.suites), expected);
  EXPECT_TRUE(with_answer(survey.suites, TlsAnswer::not_tested).empty());
  EXPECT_EQ(accepted(survey.groups), (Names{"secp256r1", "x25519"}));
  EXPECT_TRUE(with_answer(survey.groups, TlsAnswer::not_tested).empty());
}

TEST(TlsQuestions, BadSuitesAreListedWithoutFullToo) {
  Model model;
  model.suites = {"TLS_RSA_WITH_RC4_128_SHA",          "TLS_RSA_WITH_RC4_128_MD5",
                  "TLS_RSA_EXPORT_WITH_DES40_CBC_SHA", "TLS_RSA_WITH_3DES_EDE_CBC_SHA",
                  "TLS_RSA_WITH_AES_128_CBC_SHA",      "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"};
  model.highest = 0x0303;
  const auto survey = survey_of(model).survey;
  auto expected = model.suites;
  std::ranges::sort(expected);
  EXPECT_EQ(accepted(survey.suites), expected);
  EXPECT_EQ(accepted(survey.versions), (Names{"TLSv1.2"}));
  EXPECT_TRUE(has(with_answer(survey.versions, TlsAnswer::refused), "TLSv1.3"));
}

TEST(TlsQuestions, OldVersionsAreToldApart) {
  Model model;
  model.lowest = 0x0300;
  model.highest = 0x0302;
  model.suites = {"TLS_RSA_WITH_AES_128_CBC_SHA"};
  const auto survey = survey_of(model).survey;
  EXPECT_EQ(accepted(survey.versions), (Names{"SSLv3", "TLSv1", "TLSv1.1"}));
  EXPECT_EQ(with_answer(survey.versions, TlsAnswer::refused), (Names{"TLSv1.2", "TLSv1.3"}));
  model.lowest = model.highest = 0x0301;
  EXPECT_EQ(accepted(survey_of(model).survey.versions), (Names{"TLSv1"}));
}

TEST(TlsQuestions, Tls13AloneIsAskedForItsCertificatesByHandshakes) {
  Model model;
  model.lowest = 0x0304;
  model.keys = {"rsa", "ecdsa"};
  model.tickets = true;
  model.early_data = 16384;
  model.stapled = true;
  const auto all = survey_of(model);
  EXPECT_EQ(accepted(all.survey.versions), (Names{"TLSv1.3"}));
  EXPECT_TRUE(has(with_answer(all.survey.versions, TlsAnswer::refused), "TLSv1.2"));
  EXPECT_EQ(accepted(all.survey.keys), (Names{"ecdsa", "rsa"}));
  EXPECT_EQ(all.survey.early_data, true);
  EXPECT_EQ(all.survey.session_tickets, true);
  EXPECT_EQ(all.survey.ocsp_stapling, true);
  EXPECT_EQ(all.survey.compression, std::nullopt);
  EXPECT_LE(all.questions.size(), 9U) << testing::PrintToString(all.questions);
}

TEST(TlsQuestions, FaultsOfHygieneAreSeen) {
  Model model;
  model.compression = true;
  model.renegotiation = model.master_secret = model.encrypt_then_mac = false;
  model.suites.emplace_back("TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256");
  model.own_order = false;
  model.dh_bits = 1024;
  model.suites.emplace_back("TLS_DHE_RSA_WITH_AES_128_GCM_SHA256");
  model.groups = {"sect233k1", "secp192r1", "x25519"};
  model.hashes = {"sha1", "sha256"};
  const auto survey = survey_of(model).survey;
  EXPECT_EQ(survey.compression, true);
  EXPECT_EQ(survey.secure_renegotiation, false);
  EXPECT_EQ(survey.extended_master_secret, false);
  EXPECT_EQ(survey.encrypt_then_mac, false);
  EXPECT_EQ(survey.preference, "client");
  EXPECT_EQ(survey.dh_bits, 1024);
  EXPECT_EQ(accepted(survey.groups), (Names{"secp192r1", "sect233k1", "x25519"}));
  EXPECT_TRUE(has(accepted(survey.hashes), "sha1"));
}

TEST(TlsQuestions, AnotherAlertOrSilenceTeachesNothing) {
  auto survey = blank_survey(false, {});
  const auto question = next_question(survey).value();
  TlsReply reply;
  reply.flight.alerts.push_back({.fatal = true, .description = 112});
  learn(survey, question, reply);
  EXPECT_TRUE(accepted(survey.suites).empty());
  EXPECT_TRUE(with_answer(survey.suites, TlsAnswer::refused).empty());
  ASSERT_EQ(survey.omitted.size(), 1U);
  EXPECT_EQ(survey.omitted[0].what, question.name);
  const auto second = next_question(survey).value();
  EXPECT_NE(second.name, question.name);
  TlsReply silence;
  silence.error = Error{Failure::timeout, "no answer", Cause::timed_out, {}};
  learn(survey, second, silence);
  EXPECT_EQ(survey.omitted[1].cause, Cause::timed_out);
  take_up(survey, false);
  EXPECT_EQ(next_question(survey)->name, question.name);
}

/// One answer of a good server is lost, or says something else: of what it was asked nothing is known.
TEST(TlsQuestions, AVersionIsNotRefusedWhereItsQuestionWasLeftOut) {
  const Model model;
  TlsReply silence, beside;
  silence.error = Error{Failure::timeout, "reading timed out", Cause::timed_out, {}};
  beside.flight.alerts.push_back({.fatal = true, .description = 112});
  for (const auto& lost : {silence, beside}) {
    for (const auto* name : {"forbidden suites", "suites to phase out", "recommended suites", "TLS 1.3"}) {
      auto survey = blank_survey(false, {});
      while (auto question = next_question(survey))
        learn(survey, *question, question->name == name ? lost : model.reply(*question));
      EXPECT_NE(answer_of(survey.versions, "TLSv1.2"), TlsAnswer::refused) << name;
      EXPECT_NE(answer_of(survey.versions, "TLSv1.3"), TlsAnswer::refused) << name;
      EXPECT_EQ(survey.omitted.size(), 1U) << name;
    }
  }
}

TEST(TlsQuestions, AClosedConnectionIsARefusal) {
  auto survey = blank_survey(false, {});
  learn(survey, next_question(survey).value(), {});
  EXPECT_FALSE(with_answer(survey.suites, TlsAnswer::refused).empty());
  EXPECT_EQ(survey.steps[0].answered, "closes the connection");
}

TEST(TlsQuestions, EveryHelloCanBeWrittenAndIsNotTooLong) {
  for (const bool rich : {false, true}) {
    Model model;
    model.lowest = rich ? 0x0300 : 0x0303;
    model.keys = {"rsa", "ecdsa"};
    auto survey = blank_survey(true, {});
    while (auto question = next_question(survey)) {
      if (!question->handshake) {
        auto hello = question->hello;
        hello.random = std::string(32, 'r');
        EXPECT_TRUE(tls::write(hello)) << question->name;
        EXPECT_LE(hello.suites.size(), max_suites_offered) << question->name;
        std::set<std::uint16_t> once(hello.suites.begin(), hello.suites.end());
        EXPECT_EQ(once.size(), hello.suites.size()) << question->name;
      }
      learn(survey, *question, model.reply(*question));
    }
  }
}

TEST(TlsQuestions, GoOnFromWhereverTheyWereCutOff) {
  Model model;
  model.keys = {"rsa", "ecdsa"};
  model.suites.emplace_back("TLS_RSA_WITH_RC4_128_SHA");
  const auto whole = survey_of(model);
  for (std::size_t cut = 0; cut < whole.questions.size(); ++cut) {
    auto survey = blank_survey(false, {});
    for (std::size_t i = 0; i < cut; ++i)
      learn(survey, next_question(survey).value(), model.reply(*next_question(survey)));
    survey.omitted.push_back({"the rest", Cause::own_limit, "cut"});
    take_up(survey, false);
    while (auto question = next_question(survey)) learn(survey, *question, model.reply(*question));
    EXPECT_EQ(accepted(survey.suites), accepted(whole.survey.suites)) << cut;
    EXPECT_EQ(survey.steps.size(), whole.survey.steps.size()) << cut;
  }
}

TEST(TlsQuestions, FullGoesOnFromADefaultSurvey) {
  const Model model;
  auto survey = survey_of(model).survey;
  survey.finished = true;
  take_up(survey, true);
  EXPECT_FALSE(survey.finished);
  while (auto question = next_question(survey)) learn(survey, *question, model.reply(*question));
  EXPECT_TRUE(with_answer(survey.suites, TlsAnswer::not_tested).empty());
}

}  // namespace
}  // namespace mailprobe::probe
