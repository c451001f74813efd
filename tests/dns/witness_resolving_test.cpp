// A delegated witness zone over loopback: Unbound validates down to it, SPF's macro and the key's name get there, and
// every question is told with where it came from.
#include <gtest/gtest.h>

#include <boost/asio/ip/udp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "dns/master_file.h"
#include "dns/records.h"
#include "dns/responder.h"
#include "dns/unbound_resolver.h"
#include "dns/witness_names.h"
#include "tests/support/run.h"

namespace mailprobe::dns {
namespace {

namespace asio = boost::asio;

const IpAddress host = IpAddress::v4({127, 53, 0, 9});
const std::string own = "abcdefghijklmnopqrstuvwxyz.w.probe.test";
const std::string key = "v=DKIM1; k=rsa; p=" + std::string(392, 'A');

std::vector<ZoneText> zones(const Secret& signing_key = {}) {
  return {{.origin = "probe.test",
           .records = "@ 300 IN SOA ns h 1 2 3 4 5\n@ IN NS ns\nns IN A 127.53.0.9\nw IN NS ns\n",
           .sign = true,
           .key = signing_key,
           .made = {}},
          {.origin = "w.probe.test",
           .records = witness_records("ns.probe.test"),
           .sign = false,
           .key = {},
           .made = witness_names(key)}};
}

struct Seen {
  std::vector<std::string> questions;  // "NAME TYPE FROM"
  std::vector<Answer> answers;
};

Task<Seen> ask(std::vector<std::pair<std::string, Type>> questions, std::vector<std::string> sources = {}) {
  Seen seen;
  ResponderOptions hooks;
  hooks.asked = [&](const Asked& asked, const IpAddress& from, Transport transport) {
    seen.questions.push_back(asked.name + " " + type_text(asked.type) + " " + from.text() +
                             (transport == Transport::tcp ? " tcp" : ""));
  };
  auto responder = co_await Responder::start(host, 0, zones(), std::move(hooks));
  if (!responder) throw std::runtime_error(responder.error().message);
  ResolverOptions options;
  options.stubs["probe.test"] = host.text() + "@" + std::to_string((*responder)->port());
  options.trust_anchors = (*responder)->anchors();
  options.timeout_seconds = 5;
  options.source_ips = std::move(sources);
  auto resolver = unbound_resolver(co_await asio::this_coro::executor, options);
  if (!resolver) throw std::runtime_error(resolver.error().message);
  for (const auto& [name, type] : questions) {
    auto answer = co_await (*resolver)->query(name, type);
    seen.answers.push_back(std::move(answer));
  }
  co_return seen;
}

std::size_t count(const Seen& seen, const std::string& question) {
  return static_cast<std::size_t>(std::ranges::count(seen.questions, question));
}

TEST(WitnessResolving, FindsTheKeyAndIsTold) {
  const auto seen = test::run(ask({{"probe._domainkey." + own, Type::txt}}));
  ASSERT_EQ(seen.answers.at(0).status, Status::ok) << seen.answers[0].why;
  EXPECT_EQ(word(seen.answers[0].dnssec), "insecure");
  EXPECT_EQ(txt(seen.answers[0]), std::vector<std::string>{key});
  EXPECT_GE(count(seen, "probe._domainkey." + own + " TXT 127.0.0.1"), 1U) << testing::PrintToString(seen.questions);
}

TEST(WitnessResolving, SeesTheAddressThatTheResolverIsToAskFrom) {
  const auto seen = test::run(ask({{"probe._domainkey." + own, Type::txt}}, {"127.53.0.8"}));
  ASSERT_EQ(seen.answers.at(0).status, Status::ok) << seen.answers[0].why;
  for (const auto& question : seen.questions) EXPECT_TRUE(question.ends_with(" 127.53.0.8")) << question;
  EXPECT_FALSE(seen.questions.empty());
}

TEST(WitnessResolving, DeniesWhatSpfAsksFor) {
  const auto name = "192.0.2.1.in-addr._spf." + own;
  const auto seen = test::run(ask({{name, Type::a}, {"_dmarc." + own, Type::txt}}));
  EXPECT_EQ(seen.answers.at(0).status, Status::nxdomain) << seen.answers[0].why;
  EXPECT_EQ(seen.answers.at(1).status, Status::nxdomain) << seen.answers[1].why;
  EXPECT_GE(count(seen, name + " A 127.0.0.1"), 1U);
}

struct Told {
  std::vector<std::string> asked, dropped;
};

Task<std::vector<std::size_t>> sizes_of_many(std::size_t number, Told& told) {
  ResponderOptions options;
  options.asked = [&](const Asked& asked, const IpAddress&, Transport) { told.asked.push_back(asked.name); };
  options.dropped = [&](const Asked& asked) { told.dropped.push_back(asked.name); };
  options.limit = RateLimit{.per_second = 0.001, .burst = 2, .clients = 10};
  auto responder = co_await Responder::start(host, 0, zones(), std::move(options));
  if (!responder) throw std::runtime_error(responder.error().message);
  const auto executor = co_await asio::this_coro::executor;
  asio::ip::udp::socket socket(executor, {asio::ip::make_address("127.0.0.1"), 0});
  socket.connect({asio::ip::make_address(host.text()), (*responder)->port()});
  Message query;
  query.edns = Edns{.udp_size = 1232};
  query.questions.push_back({name_to_wire("probe._domainkey." + own), 16, class_in});
  const auto bytes = print_message(query, 1232);
  std::vector<std::size_t> sizes;
  sizes.reserve(number);
  std::array<char, 2048> buffer{};
  for (std::size_t i = 0; i < number; ++i) socket.send(asio::buffer(bytes));
  for (std::size_t i = 0; i < number - 1; ++i)  // the last one is dropped
    sizes.push_back(co_await socket.async_receive(asio::buffer(buffer), asio::use_awaitable));
  while (told.asked.size() + told.dropped.size() < number) co_await asio::post(executor, asio::use_awaitable);
  co_return sizes;
}

TEST(WitnessResolving, OverTheLimitOnlyTruncatedRepliesGoOut) {
  Told told;
  const auto sizes = test::run(sizes_of_many(4, told));
  EXPECT_GT(sizes.at(0), key.size());
  EXPECT_GT(sizes.at(1), key.size());
  EXPECT_LT(sizes.at(2), 200U);
  EXPECT_EQ(told.asked.size(), 2U);
  EXPECT_EQ(told.dropped.size(), 2U) << "who is told to come by TCP is written down when it does";
  EXPECT_EQ(told.dropped.at(0), "probe._domainkey." + own);
}

Task<std::vector<std::string>> anchors_with(Secret signing_key) {
  auto responder = co_await Responder::start(host, 0, zones(signing_key));
  if (!responder) throw std::runtime_error(responder.error().message);
  if (auto done = (*responder)->replace(zones(signing_key)); !done) throw std::runtime_error(done.error().message);
  co_return (*responder)->anchors();
}

TEST(WitnessResolving, AKeptKeyKeepsItsAnchor) {
  const auto signing_key = make_zone_key();
  ASSERT_TRUE(signing_key) << signing_key.error().message;
  const auto first = test::run(anchors_with(*signing_key)), second = test::run(anchors_with(*signing_key));
  EXPECT_EQ(first.size(), 1U);
  EXPECT_EQ(first, second);
  EXPECT_NE(first, test::run(anchors_with({})));
  const auto records = parse_master_file("@ 300 IN SOA ns h 1 2 3 4 5\n", "probe.test");
  EXPECT_TRUE(sign_zone(records.value(), "probe.test", *signing_key));
  EXPECT_FALSE(sign_zone(records.value(), "probe.test", Secret("Private-key-format: v9")));
  EXPECT_FALSE(sign_zone({}, "probe.test", *signing_key)) << "without SOA";
}

}  // namespace
}  // namespace mailprobe::dns
