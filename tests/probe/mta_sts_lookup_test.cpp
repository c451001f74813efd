// A domain's MTA-STS policy, from the TXT record to the evidence: what is fetched, from where, and what holds when that
// fails.
#include <gtest/gtest.h>

#include "probe/mta_sts_lookup.h"
#include "tests/probe/fixture.h"
#include "tests/support/conformance.h"
#include "tests/support/run.h"

namespace mailprobe::probe {
namespace {

using test::FakeNetwork;
using test::FakeResolver;

constexpr auto address = "198.51.100.80";
constexpr std::string_view request =
    "tls\n> GET /.well-known/mta-sts.txt HTTP/1.1\n> Host: mta-sts.target.test\n> User-Agent: mailprobe\n"
    "> Accept: text/plain\n> Connection: close\n> \n";

std::string page(std::string_view body) {
  return std::string(request) +
         "< HTTP/1.1 200 OK\n< Content-Type: text/plain\n< Content-Length: " + std::to_string(body.size()) +
         "\n< \n<= " + std::string(body) + "\n";
}
std::string enforce(std::string_view mx = "mx.target.test") {
  // The dialogue spells a line feed out: its four characters are one byte.
  const std::string text = "version: STSv1\nmode: enforce\nmx: " + std::string(mx) + "\nmax_age: 86400\n";
  std::string spelt;
  for (const char c : text) spelt += c == '\n' ? "\\n" : std::string(1, c);
  return std::string(request) +
         "< HTTP/1.1 200 OK\n< Content-Type: text/plain\n< Content-Length: " + std::to_string(text.size()) +
         "\n< \n<= " + spelt + "\n";
}

class Lookup : public testing::Test {
 protected:
  Lookup() {
    resolver_.txt("_mta-sts.target.test", "v=STSv1; id=1");
    resolver_.a("mta-sts.target.test", address);
    progress_.step = [this](const std::string& line) { steps_.push_back(line); };
  }

  StsFound look_up(std::chrono::milliseconds patience = std::chrono::minutes(1)) {
    StsMeans means{.settings = settings_,
                   .resolver = resolver_,
                   .network = network_.network(),
                   .context = nullptr,
                   .cache = &cache_,
                   .fresh = fresh_,
                   .progress = &progress_,
                   .patience = patience};
    auto found = test::run(look_up_mta_sts("target.test", std::move(means)));
    for (const auto& stream : network_.streams) EXPECT_EQ(stream->problem(), "");
    return found;
  }

  void republish(const std::string& record) {
    resolver_ = {};
    resolver_.txt("_mta-sts.target.test", record);
    resolver_.a("mta-sts.target.test", address);
  }

  /// Something to fall back on.
  void keep_one(std::string id = "0", std::chrono::hours age = std::chrono::hours(1), std::uint32_t max_age = 86400) {
    ASSERT_TRUE(cache_.keep("target.test", {.id = std::move(id),
                                            .policy = {StsMode::enforce, {"old.target.test"}, max_age},
                                            .fetched = now() - age,
                                            .from = "198.51.100.81"}));
  }

  test::TemporaryFolder folder_;
  FakeResolver resolver_;
  FakeNetwork network_;
  Settings settings_ = test::settings(folder_.path());
  PolicyCache cache_{policy_folder(settings_)};
  Progress progress_;
  std::vector<std::string> steps_;
  bool fresh_ = false;
};

TEST_F(Lookup, FetchesAndKeeps) {
  network_.plays(address, enforce());
  const auto found = look_up();
  EXPECT_EQ(found.sts.id, "1");
  EXPECT_EQ(found.sts.mode, StsMode::enforce);
  EXPECT_EQ(found.sts.mx, std::vector<std::string>{"mx.target.test"});
  EXPECT_EQ(found.sts.max_age, 86400);
  EXPECT_EQ(found.sts.source, "fetched");
  EXPECT_EQ(found.sts.fetched_from, address);
  EXPECT_TRUE(found.sts.tls);
  EXPECT_FALSE(found.sts.problem);
  EXPECT_EQ(found.record, std::optional<std::string>("v=STSv1; id=1"));
  EXPECT_EQ(network_.connected, std::vector<std::string>{std::string(address) + ":443"});

  const auto again = look_up();
  EXPECT_EQ(again.sts.source, "cache");
  EXPECT_EQ(again.sts.mode, StsMode::enforce);
  EXPECT_EQ(again.sts.fetched, found.sts.fetched);
  EXPECT_EQ(network_.connected.size(), 1U) << "the id is the same";

  republish("v=STSv1; id=2");
  const auto renewed = look_up();
  EXPECT_EQ(renewed.sts.source, "fetched");
  EXPECT_FALSE(renewed.sts.changed_under_id);
  EXPECT_EQ(network_.connected.size(), 2U);
}

TEST_F(Lookup, OnRequestItIsFetchedWhateverIsKept) {
  network_.plays(address, enforce());
  keep_one("1");
  EXPECT_EQ(look_up().sts.source, "cache");
  fresh_ = true;
  const auto found = look_up();
  EXPECT_EQ(found.sts.source, "fetched");
  EXPECT_EQ(found.sts.mx, std::vector<std::string>{"mx.target.test"});
}

// RFC 8461 §10.2: older than a day, or than half its time.
TEST_F(Lookup, AnOldPolicyIsRefreshedAheadOfItsEnd) {
  constexpr std::uint32_t weeks = 14 * 86400;
  network_.plays(address, enforce());
  keep_one("1", std::chrono::hours(23), weeks);
  EXPECT_EQ(look_up().sts.source, "cache");
  keep_one("1", std::chrono::hours(11));
  EXPECT_EQ(look_up().sts.source, "cache");
  EXPECT_TRUE(network_.connected.empty());
  keep_one("1", std::chrono::hours(25), weeks);
  EXPECT_EQ(look_up().sts.mx, std::vector<std::string>{"mx.target.test"});
  keep_one("1", std::chrono::hours(13));
  const auto refreshed = look_up();
  EXPECT_EQ(refreshed.sts.source, "fetched");
  EXPECT_TRUE(refreshed.sts.changed_under_id) << "the kept one lists another host";
  EXPECT_EQ(look_up().sts.source, "cache") << "it is new again";
  EXPECT_EQ(network_.connected.size(), 2U);
}

TEST_F(Lookup, ARefreshThatFailsKeepsTheOldPolicy) {
  keep_one("1", std::chrono::hours(13));
  network_.refuses(address);
  for (int run = 0; run < 2; ++run) {
    const auto found = look_up();
    EXPECT_EQ(found.sts.source, "cache");
    EXPECT_EQ(found.sts.mx, std::vector<std::string>{"old.target.test"});
    EXPECT_EQ(found.sts.cause, Cause::refused);
  }
}

TEST_F(Lookup, WithoutARecordNothingIsFetched) {
  resolver_ = {};
  const auto found = look_up();
  EXPECT_FALSE(found.sts.id || found.sts.mode || found.sts.problem);
  ASSERT_TRUE(found.record);
  EXPECT_FALSE(*found.record);
  EXPECT_TRUE(network_.connected.empty());
}

TEST_F(Lookup, SeveralRecordsAreNone) {
  resolver_.txt("_mta-sts.target.test", "v=STSv1; id=2");
  resolver_.txt("_mta-sts.target.test", "another text");
  const auto found = look_up();
  EXPECT_FALSE(found.sts.id);
  EXPECT_NE(found.sts.problem.value_or("").find("2 MTA-STS records"), std::string::npos);
  EXPECT_EQ(found.record, std::optional<std::string>("v=STSv1; id=1\nv=STSv1; id=2"));
  EXPECT_TRUE(network_.connected.empty());
}

TEST_F(Lookup, AFailedLookUpIsNoAbsence) {
  resolver_.fail("_mta-sts.target.test");
  const auto found = look_up();
  EXPECT_FALSE(found.record);
  EXPECT_EQ(found.sts.cause, Cause::dns_failure);
}

struct Fault {
  const char* name;
  std::string dialogue;
  Cause cause;
};

void PrintTo(const Fault& row, std::ostream* out) { *out << row.name; }

const std::vector<Fault>& faults() {
  static const std::vector<Fault> rows{
      {"redirect",
       std::string(request) + "< HTTP/1.1 301 Moved\n< Location: https://x.test/\n< Content-Length: 0\n< \n",
       Cause::protocol_error},
      {"not_found", std::string(request) + "< HTTP/1.1 404 No\n< Content-Length: 0\n< \n", Cause::refused},
      {"bad_certificate", "tls wrong-name\n", Cause::wrong_name},
      {"expired_certificate", "tls expired\n", Cause::expired},
      {"too_large",
       std::string(request) + "< HTTP/1.1 200 OK\n< Content-Type: text/plain\n< Content-Length: 70000\n< \n",
       Cause::protocol_error},
      {"trickle",
       std::string(request) +
           "< HTTP/1.1 200 OK\n< Content-Type: text/plain\n< Content-Length: 90\n< \n<= v\ntimeout\n",
       Cause::timed_out},
      {"no_policy", page("hello"), Cause::protocol_error},
  };
  return rows;
}

class LookupFault : public Lookup, public testing::WithParamInterface<Fault> {};

TEST_P(LookupFault, IsToldAndThereIsNoPolicy) {
  network_.plays(address, GetParam().dialogue);
  const auto found = look_up();
  EXPECT_FALSE(found.sts.mode);
  EXPECT_EQ(found.sts.cause, GetParam().cause) << found.sts.problem.value_or("");
  EXPECT_TRUE(found.sts.problem);
  EXPECT_EQ(found.sts.fetched_from, address);
}

TEST_P(LookupFault, ModeEnforceHolds) {  // RFC 8461 §5.1
  keep_one();
  network_.plays(address, GetParam().dialogue);
  const auto found = look_up();
  EXPECT_EQ(found.sts.mode, StsMode::enforce);
  EXPECT_EQ(found.sts.mx, std::vector<std::string>{"old.target.test"});
  EXPECT_EQ(found.sts.source, "cache");
  EXPECT_EQ(found.sts.cause, GetParam().cause) << "what went wrong is told all the same";
}

INSTANTIATE_TEST_SUITE_P(All, LookupFault, testing::ValuesIn(faults()),
                         [](const auto& info) { return std::string(info.param.name); });

TEST_F(Lookup, AKeptPolicyHoldsWithoutItsRecord) {
  keep_one();
  resolver_ = {};
  const auto found = look_up();
  EXPECT_EQ(found.sts.mode, StsMode::enforce);
  EXPECT_FALSE(found.sts.id);
  EXPECT_TRUE(found.sts.problem);
}

TEST_F(Lookup, ADamagedCacheIsAWarningAndNoMore) {
  keep_one();
  for (const auto& file : test::files_below(policy_folder(settings_), ".json")) test::write_file(file, "{");
  network_.plays(address, enforce());
  EXPECT_EQ(look_up().sts.source, "fetched");
  ASSERT_EQ(steps_.size(), 1U);
  EXPECT_TRUE(steps_[0].starts_with("warning: ")) << steps_[0];
}

TEST_F(Lookup, TheNextAddressIsTried) {
  resolver_.a("mta-sts.target.test", "198.51.100.81");
  network_.refuses(address);
  network_.plays("198.51.100.81", enforce());
  const auto found = look_up();
  EXPECT_EQ(found.sts.fetched_from, "198.51.100.81");
  EXPECT_FALSE(found.sts.problem);
}

/// By the fake clock, which stands still: how long the nth stream has for TLS and the answer.
std::chrono::milliseconds time_of(const FakeNetwork& network, std::size_t n, Steady begun) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(network.streams.at(n)->last_deadline().value() - begun);
}

// One that takes the connection and then says nothing takes no more than its share.
TEST_F(Lookup, SeveralAddressesShareTheTime) {
  const auto begun = network_.network().steady();
  resolver_.a("mta-sts.target.test", "198.51.100.81");
  network_.plays(address, std::string(request) + "timeout\n");
  network_.plays("198.51.100.81", enforce());
  const auto found = look_up(std::chrono::seconds(6));
  EXPECT_EQ(found.sts.fetched_from, "198.51.100.81");
  EXPECT_EQ(found.sts.mode, StsMode::enforce);
  EXPECT_EQ(time_of(network_, 0, begun), std::chrono::seconds(3)) << "of 6, for two";
  EXPECT_EQ(time_of(network_, 1, begun), std::chrono::seconds(6)) << "the last has what is left";
}

TEST_F(Lookup, TheFirstAddressHasWhatTheOthersNeedNot) {
  const auto begun = network_.network().steady();
  resolver_.a("mta-sts.target.test", "198.51.100.81");
  network_.plays(address, enforce());
  look_up();
  EXPECT_EQ(time_of(network_, 0, begun), std::chrono::seconds(52));
}

struct Several {
  const char* name;
  std::vector<void (*)(FakeNetwork&, const std::string&)> addresses;
  Cause cause;
  std::size_t told;  // which of them
};

void PrintTo(const Several& row, std::ostream* out) { *out << row.name; }

void shows_wrong_name(FakeNetwork& network, const std::string& at) { network.plays(at, "tls wrong-name\n"); }
void has_no_file(FakeNetwork& network, const std::string& at) {
  network.plays(at, std::string(request) + "< HTTP/1.1 404 No\n< Content-Length: 0\n< \n");
}
void says_nothing(FakeNetwork& network, const std::string& at) {
  network.plays(at, std::string(request) + "timeout\n");
}
void refuses(FakeNetwork& network, const std::string& at) { network.refuses(at); }
void is_unreachable(FakeNetwork& network, const std::string& at) { network.is_unreachable(at); }
void is_beyond_us(FakeNetwork& network, const std::string& at) { network.is_unreachable(at, Cause::no_ipv6); }

const Several several[] = {
    {"a_certificate_before_silence", {shows_wrong_name, says_nothing}, Cause::wrong_name, 0},
    {"a_certificate_after_silence", {says_nothing, shows_wrong_name}, Cause::wrong_name, 1},
    {"a_certificate_before_a_refusal", {shows_wrong_name, refuses}, Cause::wrong_name, 0},
    {"a_certificate_before_an_answer", {has_no_file, shows_wrong_name}, Cause::wrong_name, 1},
    {"an_answer_before_a_refusal", {has_no_file, refuses}, Cause::refused, 0},
    {"an_answer_after_a_refusal", {refuses, has_no_file}, Cause::refused, 1},
    {"a_refusal_before_silence", {refuses, is_unreachable}, Cause::refused, 0},
    {"a_certificate_before_our_want_of_ipv6", {shows_wrong_name, is_beyond_us}, Cause::wrong_name, 0},
    {"silence_before_our_want_of_ipv6", {is_beyond_us, says_nothing}, Cause::timed_out, 1},
    {"the_first_of_equals", {says_nothing, says_nothing}, Cause::timed_out, 0},
};

class SeveralAddresses : public Lookup, public testing::WithParamInterface<Several> {};

TEST_P(SeveralAddresses, TellTheMostTelling) {
  const auto& row = GetParam();
  const std::vector<std::string> known{address, "198.51.100.81"};
  resolver_.a("mta-sts.target.test", known[1]);
  for (std::size_t i = 0; i < known.size(); ++i) row.addresses[i](network_, known[i]);
  const auto found = look_up();
  EXPECT_EQ(found.sts.cause, row.cause) << found.sts.problem.value_or("");
  EXPECT_EQ(found.sts.fetched_from, known[row.told]);
  EXPECT_EQ(network_.connected.size(), known.size()) << "every one of them was tried";
}

INSTANTIATE_TEST_SUITE_P(All, SeveralAddresses, testing::ValuesIn(several),
                         [](const auto& info) { return std::string(info.param.name); });

TEST_F(Lookup, NothingIsFetchedFromAPrivateAddress) {
  for (const auto* inside :
       {"10.0.0.1", "127.0.0.1", "169.254.169.254", "192.168.1.1", "172.31.0.1", "100.64.0.1", "0.0.0.0",
        "255.255.255.255", "224.0.0.1", "::1", "::", "fe80::1", "fd00::1", "::ffff:10.0.0.1", "ff02::1"}) {
    resolver_ = {};
    resolver_.txt("_mta-sts.target.test", "v=STSv1; id=1");
    resolver_.a("mta-sts.target.test", inside);
    const auto found = look_up();
    EXPECT_EQ(found.sts.cause, Cause::own_limit) << inside;
    EXPECT_TRUE(network_.connected.empty()) << inside;
  }
}

TEST_F(Lookup, UnlessTheSettingsSaySo) {
  settings_.private_policy_hosts = true;
  EXPECT_TRUE(may_fetch_from(test::ip("10.0.0.1"), settings_));
  EXPECT_FALSE(may_fetch_from(test::ip("127.0.0.1"), settings_)) << "that is for `ports` to say";
  settings_.private_policy_hosts = false;
  settings_.ports[443] = 8443;
  EXPECT_TRUE(may_fetch_from(test::ip("127.0.0.1"), settings_));
  EXPECT_TRUE(may_fetch_from(test::ip("::1"), settings_));
  EXPECT_FALSE(may_fetch_from(test::ip("10.0.0.1"), settings_));
}

TEST(KeepMtaSts, NamesTheHostsThatAreNotListed) {
  evidence::Target target;
  for (const auto* name : {"mx1.target.test", "mx.other.test"}) target.mx.emplace_back().host = name;
  evidence::MtaSts sts;
  sts.mode = StsMode::enforce;
  sts.mx = {"*.target.test"};
  keep_mta_sts(target, sts);
  EXPECT_EQ(target.mta_sts->unlisted, std::vector<std::string>{"mx.other.test"});
}

}  // namespace
}  // namespace mailprobe::probe
