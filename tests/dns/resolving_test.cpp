// The validating resolver against our own responder, over loopback.
#include <gtest/gtest.h>

#include <csignal>
#include <fstream>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/this_coro.hpp>

#include "base/encoding.h"
#include "dns/records.h"
#include "dns/responder.h"
#include "dns/unbound_resolver.h"
#include "tests/support/run.h"

namespace mailprobe::dns {
namespace {

namespace asio = boost::asio;

const IpAddress host = IpAddress::v4({127, 53, 0, 9});

constexpr std::string_view signed_records = R"($TTL 300
@        IN SOA ns hostmaster 1 7200 3600 86400 60
@        IN NS  ns
ns       IN A   127.53.0.9
@        IN MX  10 mx
@        IN MX  5  mx2.Target.test.
@        IN TXT "v=spf1 " "-all"
mx       IN A   127.0.0.10
mx       IN AAAA ::1
mx2      IN A   127.0.0.11
_25._tcp.mx IN TLSA 3 1 1 ( 00112233445566778899aabbccddeeff
                            00112233445566778899aabbccddeeff )
alias    IN CNAME mx
far      IN CNAME www.other.test.
chain    IN CNAME alias
dangling IN CNAME nowhere
loop     IN CNAME loop2
loop2    IN CNAME loop
*.wild   IN TXT "from the wildcard"
a.ent    IN TXT "below an empty non-terminal"
)";

std::string target_records() {
  std::string text(signed_records);
  text += "big IN TXT";
  for (int i = 0; i < 12; ++i) text += " \"" + std::string(250, static_cast<char>('a' + i)) + "\"";
  return text + "\n";
}

std::vector<ZoneText> zones() {
  return {{"target.test", target_records(), true},
          {"other.test", "@ 60 IN SOA ns h 1 2 3 4 5\n@ IN NS ns\nwww IN A 127.0.0.12\n", true},
          {"plain.test", "@ 60 IN SOA ns h 1 2 3 4 5\n@ IN NS ns\nmx IN A 127.0.0.13\n", false}};
}

ResolverOptions options_for(const Responder& responder) {
  ResolverOptions options;
  for (const char* zone : {"target.test", "other.test", "plain.test"})
    options.stubs[zone] = host.text() + "@" + std::to_string(responder.port());
  options.trust_anchors = responder.anchors();
  options.timeout_seconds = 5;
  return options;
}

struct Case {
  const char* name;
  const char* query;
  Type type;
  Status status;
  Dnssec dnssec;
  std::size_t records;
  const char* canonical;
};

void PrintTo(const Case& row, std::ostream* out) { *out << row.name; }

constexpr auto cases = std::to_array<Case>({
    {"address", "mx.target.test", Type::a, Status::ok, Dnssec::secure, 1, "mx.target.test"},
    {"mixed_case", "MX.Target.TEST", Type::aaaa, Status::ok, Dnssec::secure, 1, "mx.target.test"},
    {"mx", "target.test", Type::mx, Status::ok, Dnssec::secure, 2, "target.test"},
    {"txt", "target.test", Type::txt, Status::ok, Dnssec::secure, 1, "target.test"},
    {"tlsa", "_25._tcp.mx.target.test", Type::tlsa, Status::ok, Dnssec::secure, 1, "_25._tcp.mx.target.test"},
    {"dnskey", "target.test", Type::dnskey, Status::ok, Dnssec::secure, 1, "target.test"},
    {"cname", "alias.target.test", Type::a, Status::ok, Dnssec::secure, 1, "mx.target.test"},
    {"cname_chain", "chain.target.test", Type::aaaa, Status::ok, Dnssec::secure, 1, "mx.target.test"},
    {"cname_to_other_zone", "far.target.test", Type::a, Status::ok, Dnssec::secure, 1, "www.other.test"},
    {"cname_dangling", "dangling.target.test", Type::a, Status::nxdomain, Dnssec::secure, 0, "nowhere.target.test"},
    {"nodata", "mx2.target.test", Type::aaaa, Status::nodata, Dnssec::secure, 0, "mx2.target.test"},
    {"nodata_apex", "target.test", Type::tlsa, Status::nodata, Dnssec::secure, 0, "target.test"},
    {"nxdomain", "no.target.test", Type::a, Status::nxdomain, Dnssec::secure, 0, "no.target.test"},
    {"nxdomain_deep", "a.b.c.mx.target.test", Type::a, Status::nxdomain, Dnssec::secure, 0, "a.b.c.mx.target.test"},
    {"nxdomain_last", "zzz.target.test", Type::txt, Status::nxdomain, Dnssec::secure, 0, "zzz.target.test"},
    {"wildcard", "any.wild.target.test", Type::txt, Status::ok, Dnssec::secure, 1, "any.wild.target.test"},
    {"wildcard_deep", "a.b.wild.target.test", Type::txt, Status::ok, Dnssec::secure, 1, "a.b.wild.target.test"},
    {"wildcard_nodata", "any.wild.target.test", Type::a, Status::nodata, Dnssec::secure, 0, "any.wild.target.test"},
    {"empty_non_terminal", "ent.target.test", Type::txt, Status::nodata, Dnssec::secure, 0, "ent.target.test"},
    {"below_it", "a.ent.target.test", Type::txt, Status::ok, Dnssec::secure, 1, "a.ent.target.test"},
    {"over_tcp", "big.target.test", Type::txt, Status::ok, Dnssec::secure, 1, "big.target.test"},
    {"insecure", "mx.plain.test", Type::a, Status::ok, Dnssec::insecure, 1, "mx.plain.test"},
    {"insecure_nxdomain", "no.plain.test", Type::a, Status::nxdomain, Dnssec::insecure, 0, "no.plain.test"},
});

Task<Answer> ask(std::string name, Type type) {
  auto responder = co_await Responder::start(host, 0, zones());
  if (!responder) throw std::runtime_error(responder.error().message);
  const auto options = options_for(**responder);
  auto resolver = unbound_resolver(co_await asio::this_coro::executor, options);
  if (!resolver) throw std::runtime_error(resolver.error().message);
  co_return co_await (*resolver)->query(std::move(name), type);
}

class Resolving : public testing::TestWithParam<Case> {};

TEST_P(Resolving, Answers) {
  const auto& row = GetParam();
  const auto answer = test::run(ask(row.query, row.type));
  EXPECT_EQ(answer.status, row.status) << answer.why;
  EXPECT_EQ(word(answer.dnssec), word(row.dnssec)) << answer.why;
  EXPECT_EQ(answer.rdata.size(), row.records);
  EXPECT_EQ(answer.canonical, row.canonical);
}

INSTANTIATE_TEST_SUITE_P(All, Resolving, testing::ValuesIn(cases),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(ResolvingData, IsReadable) {
  EXPECT_EQ(txt(test::run(ask("target.test", Type::txt))), std::vector<std::string>{"v=spf1 -all"});
  const auto servers = mx(test::run(ask("target.test", Type::mx)));
  ASSERT_EQ(servers.size(), 2U);
  EXPECT_EQ(servers[0].exchange, "mx2.target.test");
  EXPECT_EQ(servers[1].preference, 10U);
  EXPECT_EQ(addresses(test::run(ask("mx.target.test", Type::aaaa))).at(0).text(), "::1");
  EXPECT_EQ(hex(test::run(ask("_25._tcp.mx.target.test", Type::tlsa)).rdata.at(0)).substr(0, 10), "0301010011");
  EXPECT_EQ(txt(test::run(ask("big.target.test", Type::txt))).at(0).size(), 3000U);
  EXPECT_EQ(test::run(ask("target.test", Type::txt)).ttl, 300U);
}

TEST(Resolving, LoopOfAliasesIsNoAnswer) {
  const auto answer = test::run(ask("loop.target.test", Type::a));
  EXPECT_FALSE(answer.found());
}

Task<Answer> ask_with_wrong_anchor() {
  auto responder = co_await Responder::start(host, 0, zones());
  auto options = options_for(**responder);
  for (auto& anchor : options.trust_anchors) {
    const auto last = anchor.find_last_of("0123456789abcdef");
    anchor[last] = anchor[last] == '0' ? '1' : '0';
  }
  auto resolver = unbound_resolver(co_await asio::this_coro::executor, options);
  co_return co_await (*resolver)->query("mx.target.test", Type::a);
}

TEST(Resolving, WrongAnchorIsBogusAndSaysWhy) {
  const auto answer = test::run(ask_with_wrong_anchor());
  EXPECT_EQ(answer.status, Status::servfail);
  EXPECT_EQ(word(answer.dnssec), "bogus");
  EXPECT_FALSE(answer.absent());
  EXPECT_TRUE(answer.rdata.empty());
  EXPECT_NE(answer.why.find("target.test"), std::string::npos) << answer.why;
}

Task<Answer> ask_silence(int seconds) {
  auto executor = co_await asio::this_coro::executor;
  asio::ip::udp::socket silent(executor, {asio::ip::make_address("127.0.0.1"), 0});
  const auto port = silent.local_endpoint().port();
  ResolverOptions options;
  options.stubs["target.test"] = "127.0.0.1@" + std::to_string(port);
  options.timeout_seconds = seconds;
  auto resolver = unbound_resolver(executor, options);
  co_return co_await (*resolver)->query("mx.target.test", Type::a);
}

TEST(Resolving, SilenceEndsAtTheDeadline) {
  const auto answer = test::run(ask_silence(0));
  EXPECT_EQ(answer.status, Status::timeout);
  EXPECT_EQ(answer.why, "no answer within 0 s");
}

TEST(Resolving, CancellationEndsIt) {
  asio::io_context context(1);
  asio::cancellation_signal signal;
  std::optional<Answer> answer;
  asio::co_spawn(context, ask_silence(20),
                 asio::bind_cancellation_slot(signal.slot(), [&](std::exception_ptr error, Answer got) {
                   if (!error) answer = std::move(got);
                 }));
  context.poll();
  signal.emit(asio::cancellation_type::all);
  context.run();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, Status::timeout);
  EXPECT_EQ(answer->why, "interrupted");
}

/// Our children, by /proc: the workers.
std::vector<pid_t> children() {
  std::ifstream file("/proc/self/task/" + std::to_string(getpid()) + "/children");
  std::vector<pid_t> out;
  for (pid_t pid = 0; file >> pid;) out.push_back(pid);
  return out;
}

Task<std::vector<Answer>> ask_and_kill(int deaths) {
  auto responder = co_await Responder::start(host, 0, zones());
  const auto options = options_for(**responder);
  auto resolver = unbound_resolver(co_await asio::this_coro::executor, options);
  std::vector<Answer> answers;
  for (int i = 0; i <= deaths; ++i) {
    answers.push_back(co_await (*resolver)->query("mx.target.test", Type::a));
    for (const auto pid : children()) kill(pid, SIGKILL);
    answers.push_back(co_await (*resolver)->query("mx2.target.test", Type::a));
  }
  co_return answers;
}

TEST(Resolving, WorkerKilledIsAFailureAndStartedOnceMore) {
  const auto answers = test::run(ask_and_kill(2));
  ASSERT_EQ(answers.size(), 6U);
  EXPECT_TRUE(answers[0].found());
  EXPECT_EQ(answers[1].status, Status::servfail);
  EXPECT_NE(answers[1].why.find("process has ended"), std::string::npos) << answers[1].why;
  EXPECT_TRUE(answers[2].found()) << answers[2].why;
  EXPECT_EQ(answers[2].dnssec, Dnssec::secure);
  for (const std::size_t later : {3U, 4U, 5U}) EXPECT_EQ(answers[later].status, Status::servfail) << later;
}

struct BadOptions {
  const char* name;
  void (*spoil)(ResolverOptions&);
};

void PrintTo(const BadOptions& row, std::ostream* out) { *out << row.name; }

class Misconfigured : public testing::TestWithParam<BadOptions> {};

TEST_P(Misconfigured, IsAUsageError) {
  asio::io_context context(1);
  ResolverOptions options;
  GetParam().spoil(options);
  const auto resolver = unbound_resolver(context.get_executor(), options);
  ASSERT_FALSE(resolver);
  EXPECT_EQ(resolver.error().kind, Failure::usage);
}

constexpr auto bad_options = std::to_array<BadOptions>({
    {"forward", [](ResolverOptions& options) { options.forward = {"nonsense"}; }},
    {"stub", [](ResolverOptions& options) { options.stubs = {{"a.test", "x@y"}}; }},
    {"trust_anchor_file", [](ResolverOptions& options) { options.trust_anchor_file = "/nowhere/root.key"; }},
    {"trust_anchor", [](ResolverOptions& options) { options.trust_anchors = {"a.test. IN DS not one"}; }},
});

INSTANTIATE_TEST_SUITE_P(All, Misconfigured, testing::ValuesIn(bad_options),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(Unbound, HasAVersion) { EXPECT_TRUE(unbound_version().starts_with("1.")); }

}  // namespace
}  // namespace mailprobe::dns
