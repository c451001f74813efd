// The driver over servers of OpenSSL's in this process: what each was made to accept is what is found. And over streams
// that fail at every step: what was learnt stays.
#include "probe/tls_enumeration.h"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/this_coro.hpp>

#include "base/encoding.h"
#include "probe/survey_cache.h"
#include "probe/tls_known.h"
#include "probe/tls_opener.h"
#include "tests/probe/fixture.h"
#include "tests/support/run.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/tls_server.h"
#include "tests/tls/pair.h"

namespace mailprobe::probe {
namespace {

using tls::Version;
using Names = std::vector<std::string>;

Steady clock_now() { return std::chrono::steady_clock::now(); }
EnumerationOptions options(int budget = 1000) {
  EnumerationOptions out;
  out.host = "mx.test";
  out.contexts = std::make_shared<SurveyContexts>("", tls::authority().ca_pem());
  out.helo = "probe.test";
  out.budget = budget;
  return out;
}

Names accepted_of(const std::vector<TlsOption>& all) {
  Names names;
  for (const auto& option : all)
    if (option.answer == TlsAnswer::accepted) names.push_back(option.name);
  return names;
}

std::shared_ptr<const tls::Context> server(tls::ServerOptions wanted, Names keys = {"rsa"}) {
  Names chains;
  std::vector<Secret> secrets;
  for (const auto& key : keys) {
    tls::IssueOptions issue;
    issue.names = {"mx.test"};
    issue.key = key == "rsa" ? tls::KeyType::rsa_2048 : tls::KeyType::ec_p256;
    auto issued = tls::need(tls::authority().issue(issue));
    chains.push_back(issued.chain_pem);
    secrets.push_back(issued.key_pem);
  }
  wanted.chain_pem = chains[0];
  wanted.key_pem = secrets[0];
  if (keys.size() > 1) {
    wanted.second_chain_pem = chains[1];
    wanted.second_key_pem = secrets[1];
  }
  return tls::need(tls::Context::server(wanted));
}

// --- OpenSSL over sockets -------------------------------------------------------------------------------------------

Task<void> serve(std::unique_ptr<tls::Stream> stream, std::shared_ptr<const tls::Context> context) {
  tls::Handshake how;
  how.context = std::move(context);
  how.server = true;
  const auto facts = co_await stream->handshake(std::move(how));
  std::array<char, 512> buffer;
  if (facts && co_await stream->read_some(buffer.data(), buffer.size())) {
    const std::string answer = "250 mx.test\r\n";
    (void)co_await stream->write(answer);
  }
  stream->close();
}

Task<StreamResult> open_pair(std::shared_ptr<const tls::Context> context) {
  auto pair = co_await tls::make_pair();
  const auto executor = co_await boost::asio::this_coro::executor;
  boost::asio::co_spawn(executor, serve(std::move(pair.server), std::move(context)), boost::asio::detached);
  co_return std::move(pair.client);
}

TlsSurvey survey_of(std::shared_ptr<const tls::Context> context, bool full = false, int budget = 1000) {
  TlsOpener open = [context] { return open_pair(context); };
  return mailprobe::test::run(enumerate_tls(blank_survey(full, now()), options(budget), open, clock_now));
}

TEST(TlsEnumeration, OfAModernServer) {
  const auto survey = survey_of(server({.second_chain_pem = {}, .ciphers = "ECDHE+AESGCM"}, {"rsa", "ecdsa"}));
  EXPECT_TRUE(survey.finished);
  EXPECT_LE(survey.connections, 14);
  EXPECT_EQ(accepted_of(survey.versions), (Names{"TLSv1.2", "TLSv1.3"}));
  EXPECT_EQ(survey.chains.size(), 2U);
  for (const auto& chain : survey.chains) EXPECT_EQ(chain.verified->result, "pass") << chain.verified->detail;
  EXPECT_EQ(survey.compression, false);
  EXPECT_EQ(survey.secure_renegotiation, true);
  EXPECT_EQ(survey.extended_master_secret, true);
  EXPECT_EQ(survey.early_data, false);
  EXPECT_EQ(survey.dh_bits, std::nullopt);
  EXPECT_EQ(answer_of(survey.groups, "X25519MLKEM768"), TlsAnswer::refused);
  EXPECT_TRUE(accepted(survey.groups, "x25519"));
  EXPECT_EQ(answer_of(survey.hashes, "sha1"), TlsAnswer::refused);
  EXPECT_EQ(answer_of(survey.suites, "TLS_RSA_WITH_RC4_128_SHA"), TlsAnswer::refused);
}

TEST(TlsEnumeration, OfEachVersionAlone) {
  const std::pair<Version, const char*> versions[] = {{Version::tls1_0, "TLSv1"},
                                                      {Version::tls1_1, "TLSv1.1"},
                                                      {Version::tls1_2, "TLSv1.2"},
                                                      {Version::tls1_3, "TLSv1.3"}};
  for (const auto& [version, name] : versions) {
    const auto survey = survey_of(server({.min = version, .max = version, .second_chain_pem = {}, .ciphers = {}}));
    EXPECT_EQ(accepted_of(survey.versions), Names{name});
    EXPECT_TRUE(survey.finished) << name;
    EXPECT_EQ(survey.chains.size(), 1U) << name;
  }
}

TEST(TlsEnumeration, OfAWeakServerInFull) {
  const std::string ciphers = "ECDHE-RSA-AES128-GCM-SHA256:AES128-SHA:AECDH-AES256-SHA:NULL-SHA256:DHE-RSA-AES128-SHA";
  const auto survey = survey_of(
      server({.max = Version::tls1_2, .second_chain_pem = {}, .ciphers = ciphers + ":@SECLEVEL=0", .dh_bits = 1024}),
      true);
  EXPECT_EQ(accepted_of(survey.suites),
            (Names{"TLS_RSA_WITH_AES_128_CBC_SHA", "TLS_DHE_RSA_WITH_AES_128_CBC_SHA", "TLS_RSA_WITH_NULL_SHA256",
                   "TLS_ECDH_anon_WITH_AES_256_CBC_SHA", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"}));
  EXPECT_EQ(survey.dh_bits, 1024);
  EXPECT_TRUE(accepted(survey.hashes, "sha1"));
  EXPECT_TRUE(std::ranges::none_of(survey.suites, [](const auto& one) { return one.answer == TlsAnswer::not_tested; }));
}

TlsSurvey intrusive_survey_of(tls::ServerOptions wanted) {
  const auto context = server(std::move(wanted));
  auto how = options();
  how.intrusive = true;
  TlsOpener open = [context] { return open_pair(context); };
  return mailprobe::test::run(enumerate_tls(blank_survey(false, now()), how, open, clock_now));
}

TEST(TlsEnumeration, TriesToRenegotiateWhereItIsAskedFor) {
  EXPECT_EQ(intrusive_survey_of({.renegotiation = true}).client_renegotiation, true);
  EXPECT_EQ(intrusive_survey_of({.max = Version::tls1_2}).client_renegotiation, false);
  EXPECT_EQ(intrusive_survey_of({.min = Version::tls1_3}).client_renegotiation, std::nullopt) << "TLS 1.3 has none";
  EXPECT_EQ(survey_of(server({.renegotiation = true})).client_renegotiation, std::nullopt) << "opt-in";
}

const TlsChain& chain_of(const TlsSurvey& survey, std::string_view key) {
  const auto found = std::ranges::find(survey.chains, key, &TlsChain::key);
  if (found == survey.chains.end()) throw std::runtime_error("no chain of " + std::string(key));
  return *found;
}

/// Read off the wire up to TLS 1.2, out of handshakes where only TLS 1.3 is spoken: the records know one key of two.
TEST(TlsEnumeration, HoldsEachCertificateAgainstTheTlsaRecords) {
  for (const auto min : {Version::tls1_2, Version::tls1_3}) {
    tls::ServerOptions wanted;
    wanted.min = min;
    const auto context = server(wanted, {"rsa", "ecdsa"});
    const auto before = survey_of(context);
    const auto spki = from_hex(chain_of(before, "ecdsa").certificates.front().spki_sha256);
    ASSERT_TRUE(spki);
    EXPECT_FALSE(chain_of(before, "ecdsa").dane);
    auto how = options();
    how.tlsa = {tls::Tlsa{3, 1, 1, *spki}};
    how.dane_names = {"mx.test"};
    TlsOpener open = [context] { return open_pair(context); };
    const auto survey = mailprobe::test::run(enumerate_tls(blank_survey(false, now()), how, open, clock_now));
    ASSERT_TRUE(chain_of(survey, "ecdsa").dane && chain_of(survey, "rsa").dane);
    EXPECT_EQ(chain_of(survey, "ecdsa").dane->result, "pass");
    EXPECT_EQ(chain_of(survey, "ecdsa").dane->matched, how.tlsa.front().text());
    EXPECT_EQ(chain_of(survey, "rsa").dane->result, "fail");
    EXPECT_EQ(chain_of(survey, "rsa").dane->cause, Cause::policy);
    EXPECT_EQ(chain_of(survey, "rsa").stapled, false);
  }
}

TEST(TlsEnumeration, KeepsToItsBudgetAndGoesOn) {
  const auto context = server({.second_chain_pem = {}, .ciphers = "ECDHE+AESGCM"});
  const auto whole = survey_of(context);
  auto survey = survey_of(context, false, 3);
  EXPECT_EQ(survey.connections, 3);
  EXPECT_FALSE(survey.finished);
  ASSERT_EQ(survey.omitted.size(), 1U);
  EXPECT_EQ(survey.omitted[0].cause, Cause::own_limit);

  const mailprobe::test::TemporaryFolder folder;
  const SurveyCache cache(folder.path() / "surveys");
  const Place place{"mx.test", test::ip("127.0.0.1"), 25, false};
  EXPECT_FALSE(cache.take(place, now()));
  ASSERT_TRUE(cache.keep(place, survey));
  auto kept = cache.take(place, now());
  ASSERT_TRUE(kept);
  EXPECT_FALSE(cache.take(place, now() + std::chrono::hours(48)));
  EXPECT_FALSE(cache.take(Place{"mx.test", test::ip("127.0.0.2"), 25, false}, now()));
  take_up(*kept, false);
  TlsOpener open = [context] { return open_pair(context); };
  const auto rest = mailprobe::test::run(enumerate_tls(std::move(*kept), options(), open, clock_now));
  EXPECT_TRUE(rest.finished);
  EXPECT_EQ(rest.connections, whole.connections);
  EXPECT_EQ(accepted_of(rest.suites), accepted_of(whole.suites));
  ASSERT_TRUE(cache.keep(place, rest));
  EXPECT_FALSE(cache.take(place, now()));
}

TEST(TlsEnumeration, EndsAtItsDeadline) {
  auto late = options();
  late.deadline = Steady{};
  TlsOpener open = [] { return open_pair(nullptr); };
  const auto survey = mailprobe::test::run(enumerate_tls(blank_survey(false, now()), late, open, clock_now));
  EXPECT_EQ(survey.connections, 0);
  EXPECT_EQ(survey.omitted.at(0).cause, Cause::own_limit);
}

// --- streams that fail ----------------------------------------------------------------------------------------------

/// Gives a ClientHello to a server in memory, and fails at one operation of all that are counted together.
struct Failing {
  std::shared_ptr<const tls::Context> context;
  Failure kind = Failure::connection;
  std::size_t at = mailprobe::test::Fault::never, count = 0;
  bool farewell = false, too_late = false;  // QUIT was said; it failed after that, when all was known
  int answers = 1000, opened = 0;           // hangs up on the ClientHellos after so many
  int mute = 0;                             // hangs up on this one alone

  std::optional<Error> next() {
    if (count++ != at) return std::nullopt;
    too_late = farewell;
    const auto cause = kind == Failure::timeout       ? Cause::timed_out
                       : kind == Failure::interrupted ? Cause::interrupted
                                                      : Cause::unreachable;
    return Error{kind, "it fails here", cause, {}};
  }
};

class FailingStream final : public tls::Stream {
 public:
  explicit FailingStream(Failing& plan) : plan_(plan) {}

  Task<Result<std::size_t>> read_some(char* data, std::size_t size) override {
    if (auto error = plan_.next()) co_return std::unexpected(std::move(*error));
    const auto count = std::min({size, answer_.size(), std::size_t{700}});
    std::copy_n(answer_.begin(), count, data);
    answer_.erase(0, count);
    co_return count;
  }
  Task<Result<void>> write(std::string_view bytes) override {
    plan_.farewell = bytes.starts_with("QUIT");
    if (auto error = plan_.next()) co_return std::unexpected(std::move(*error));
    if (encrypted_)
      answer_ = "250 mx.test\r\n";
    else if (plan_.opened <= plan_.answers && plan_.opened != plan_.mute)
      answer_ = mailprobe::test::answer_to(bytes, *plan_.context);
    co_return Result<void>{};
  }
  Task<Result<TlsFacts>> handshake(tls::Handshake) override {
    if (auto error = plan_.next()) co_return std::unexpected(std::move(*error));
    if (plan_.opened > plan_.answers) co_return fail(Failure::connection, "it hangs up", Cause::unreachable);
    encrypted_ = true;
    auto facts = mailprobe::test::fake_facts();
    co_return facts;
  }
  void deadline(Steady) override {}
  void close() override {}
  [[nodiscard]] bool encrypted() const override { return encrypted_; }
  [[nodiscard]] std::string local_address() const override { return {}; }
  [[nodiscard]] std::string peer_address() const override { return {}; }

 private:
  Failing& plan_;
  std::string answer_;
  bool encrypted_ = false;
};

Task<StreamResult> open_failing(Failing& plan) {
  if (auto error = plan.next()) co_return std::unexpected(std::move(*error));
  ++plan.opened;
  co_return std::make_unique<FailingStream>(plan);
}

TlsSurvey with_fault(Failing& plan, int budget = 1000) {
  TlsOpener open = [&plan] { return open_failing(plan); };
  return mailprobe::test::run(enumerate_tls(blank_survey(false, now()), options(budget), open, clock_now));
}

TEST(TlsEnumeration, FailsAtEveryStepWithoutInventingAnything) {
  Failing clean{.context = server({.second_chain_pem = {}, .ciphers = "ECDHE+AESGCM"})};
  const auto whole = with_fault(clean);
  ASSERT_TRUE(whole.finished);
  for (const auto kind : {Failure::connection, Failure::timeout, Failure::interrupted, Failure::refused}) {
    for (std::size_t at = 0; at < clean.count; ++at) {
      Failing plan{.context = clean.context, .kind = kind, .at = at};
      const auto survey = with_fault(plan);
      for (const auto& name : accepted_of(survey.suites)) EXPECT_TRUE(accepted(whole.suites, name)) << at << name;
      for (const auto& name : accepted_of(survey.versions)) EXPECT_TRUE(accepted(whole.versions, name)) << at << name;
      if (plan.too_late) continue;
      if (kind == Failure::interrupted) EXPECT_FALSE(survey.finished) << at;
      if (kind != Failure::connection) EXPECT_TRUE(!survey.omitted.empty() || !survey.early_data) << at;
    }
  }
}

/// Takes what is said, and says nothing.
class Silent final : public tls::Stream {
 public:
  Task<Result<std::size_t>> read_some(char*, std::size_t) override {
    co_return fail(Failure::timeout, "no answer within 10 s", Cause::timed_out);
  }
  Task<Result<void>> write(std::string_view) override { co_return Result<void>{}; }
  Task<Result<TlsFacts>> handshake(tls::Handshake) override {
    co_return fail(Failure::timeout, "no answer", Cause::timed_out);
  }
  void deadline(Steady) override {}
  void close() override {}
  [[nodiscard]] bool encrypted() const override { return false; }
  [[nodiscard]] std::string local_address() const override { return {}; }
  [[nodiscard]] std::string peer_address() const override { return {}; }
};

TEST(TlsEnumeration, LeavesASilentServerAlone) {
  TlsOpener open = []() -> Task<StreamResult> { co_return std::make_unique<Silent>(); };
  const auto survey = mailprobe::test::run(enumerate_tls(blank_survey(false, now()), options(), open, clock_now));
  EXPECT_EQ(survey.connections, 2);
  EXPECT_EQ(survey.omitted.back().what, "the rest");
  EXPECT_EQ(survey.omitted.back().cause, Cause::timed_out);
  EXPECT_TRUE(accepted_of(survey.versions).empty());
}

/// The first connection takes so long, and then there is none, or nothing comes.
std::optional<Cause> end_of(std::chrono::milliseconds takes, bool connects) {
  Steady clock{};
  auto how = options();
  how.deadline = clock + std::chrono::seconds(5);
  TlsOpener open = [&clock, takes, connects]() -> Task<StreamResult> {
    clock += takes;
    if (!connects) co_return fail(Failure::timeout, "reading timed out", Cause::timed_out);
    co_return std::make_unique<Silent>();
  };
  const auto steady = [&clock] { return clock; };
  return mailprobe::test::run(enumerate_tls(blank_survey(false, now()), how, open, steady)).omitted.front().cause;
}

TEST(TlsEnumeration, ChargesItsOwnDeadlineToNobodyElse) {
  for (const bool connects : {false, true}) {
    EXPECT_EQ(end_of(std::chrono::milliseconds(2000), connects), Cause::timed_out) << connects;
    EXPECT_EQ(end_of(std::chrono::milliseconds(4100), connects), Cause::own_limit) << connects;
    EXPECT_EQ(end_of(std::chrono::milliseconds(5000), connects), Cause::own_limit) << connects;
  }
}

Failing without_tls13() {
  return {.context = server({.max = Version::tls1_2, .second_chain_pem = {}, .ciphers = "ECDHE+AESGCM"})};
}

TEST(TlsEnumeration, BelievesNoHangUpOfAServerThatHangsUpOnEverything) {
  auto patient = without_tls13();
  const auto whole = with_fault(patient);
  ASSERT_TRUE(whole.finished);
  for (const int answers : {3, 5, patient.opened - 1}) {
    auto plan = without_tls13();
    plan.answers = answers;
    const auto survey = with_fault(plan);
    EXPECT_FALSE(survey.finished) << answers;
    EXPECT_EQ(survey.steps.size(), static_cast<std::size_t>(answers));
    EXPECT_EQ(survey.connections, plan.opened);
    EXPECT_EQ(survey.omitted.back().cause, Cause::rate_limited);
    for (const auto& option : survey.suites)
      if (option.answer == TlsAnswer::refused) EXPECT_EQ(answer_of(whole.suites, option.name), TlsAnswer::refused);
  }
}

TEST(TlsEnumeration, BelievesNoHangUpWhereNoConnectionIsLeftToAskOnceMore) {
  auto plan = without_tls13();
  plan.answers = 5;
  const auto survey = with_fault(plan, 6);
  EXPECT_EQ(survey.steps.size(), 5U);
  EXPECT_EQ(survey.omitted.back().cause, Cause::own_limit);
}

TEST(TlsEnumeration, BelievesAServerThatHangsUpOnWhatItDoesNotTake) {
  auto patient = without_tls13();
  const auto whole = with_fault(patient);
  auto plan = without_tls13();
  plan.mute = patient.opened;
  const auto survey = with_fault(plan);
  EXPECT_TRUE(survey.finished);
  EXPECT_EQ(survey.steps.size(), whole.steps.size() + 1);
  EXPECT_EQ(accepted_of(survey.versions), Names{"TLSv1.2"});
  EXPECT_TRUE(survey.steps.back().asked.starts_with("once more: "))
      << survey.steps.back().asked << ": " << survey.steps.back().answered;
}

// --- the way to STARTTLS --------------------------------------------------------------------------------------------

struct Opened {
  bool good = false;
  std::optional<Cause> cause;
  std::string message;
};

Opened open_at(std::string_view dialogue) {
  test::FakeNetwork network;
  network.plays("192.0.2.1", dialogue);
  OpenerOptions how;
  how.place = {"mx.test", test::ip("192.0.2.1"), 25, false};
  how.helo = "probe.test";
  const auto open = starttls_opener(network.network(), how);
  const auto stream = mailprobe::test::run(open());
  if (stream) return {true, {}, {}};
  return {false, stream.error().cause, stream.error().message};
}

TEST(StarttlsOpener, BringsAStreamToTheClientHello) {
  EXPECT_TRUE(open_at("< 220 mx.test\n> EHLO probe.test\n< 250-mx.test\n< 250 STARTTLS\n> STARTTLS\n< 220 go\n").good);
}

TEST(StarttlsOpener, SaysWhatTheServerSaysInstead) {
  EXPECT_EQ(open_at("< 421 4.7.0 Too many connections, try again later\n").cause, Cause::rate_limited);
  EXPECT_EQ(open_at("< 450 4.2.0 Greylisted, see http://postgrey.schweikert.ch/\n").cause, Cause::greylisted);
  EXPECT_EQ(open_at("< 220 mx.test\n> EHLO probe.test\n< 250 mx.test\n").cause, Cause::unsupported);
  const auto refused =
      open_at("< 220 mx.test\n> EHLO probe.test\n< 250-mx.test\n< 250 STARTTLS\n> STARTTLS\n< 454 4.7.0 not now\n");
  EXPECT_FALSE(refused.good);
  EXPECT_NE(refused.message.find("454"), std::string::npos);
  const auto injected = open_at(
      "< 220 mx.test\n> EHLO probe.test\n< 250-mx.test\n< 250 STARTTLS\n> STARTTLS\n< 220 go\n< 250 injected\n");
  EXPECT_EQ(injected.cause, Cause::protocol_error);
  EXPECT_FALSE(open_at("close\n").good);
}

TEST(StarttlsOpener, WaitsForTheLimitsOrSaysThatTheyAreOurs) {
  const mailprobe::test::TemporaryFolder folder;
  const SendingLimits limits(folder.path(), Limits{});
  test::FakeNetwork network;
  network.plays("192.0.2.1", "< 220 mx.test\n> EHLO probe.test\n< 250-mx.test\n< 250 STARTTLS\n> STARTTLS\n< 220 go\n");
  OpenerOptions how;
  how.place = {"mx.example.org", test::ip("192.0.2.1"), 25, false};
  how.helo = "probe.test";
  how.limits = &limits;
  how.deadline = network.network().steady() + std::chrono::seconds(5);
  const auto open = starttls_opener(network.network(), how);
  std::size_t granted = 0;
  for (; granted < 50 && mailprobe::test::run(open()); ++granted) continue;
  EXPECT_EQ(granted, 10U);  // the burst
  EXPECT_EQ(mailprobe::test::run(open()).error().cause, Cause::own_limit);
}

}  // namespace
}  // namespace mailprobe::probe
