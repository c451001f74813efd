// Our DNS as a witness over real sockets: it answers for the names of one probe, says who asked, and keeps its keys.
#include "receiver/witness.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fstream>

#include "dns/records.h"
#include "dns/system_resolver.h"
#include "dns/wire.h"
#include "receiver/questions.h"
#include "receiver/weak_keys.h"
#include "tests/support/run.h"
#include "tests/support/temporary_folder.h"

namespace mailprobe::receiver {
namespace {

namespace asio = boost::asio;

const std::string token = "abcdefghijklmnopqrstuvwxyz";
const std::string key_name = "probe._domainkey." + token + ".w.probe.test";

class WitnessTest : public testing::Test {
 public:
  WitnessTest() {
    std::ofstream(folder_.path() / "resolv.conf") << "nameserver 127.0.0.1\n";
    std::ofstream(folder_.path() / "probe.zone") << "@ 300 IN SOA ns h 1 2 3 4 5\n@ IN NS ns\nns IN A 127.0.0.1\n";
    settings.listen = {{IpAddress::v4({127, 0, 0, 1}), 0}};
  }

  Task<Result<std::unique_ptr<Witness>>> open() {
    auto with = settings;
    std::vector<Witnessed> identities{{"probe.test", "v=DKIM1; p=AAAA"}};
    co_return co_await Witness::open(std::move(with), "ns.probe.test", folder, std::move(identities),
                                     [this](const Error& error) { troubles.push_back(error.message); });
  }
  [[nodiscard]] std::unique_ptr<dns::Resolver> resolver(const Witness& witness) const {
    return dns::system_resolver((folder_.path() / "resolv.conf").string(), 5, witness.port(0)).value();
  }
  void serve_the_domain() { settings.zones["probe.test"] = (folder_.path() / "probe.zone").string(); }
  [[nodiscard]] std::vector<SeenQuery> seen(std::string_view word) const {
    return questions_with(word, folder.queries(), [](const SeenQuery&) { return true; }).queries;
  }

  [[nodiscard]] std::int64_t unanswered() const {
    std::int64_t count = 0;
    for (const auto& dropped : questions_with("probe", folder.queries(), [](const SeenQuery&) { return true; }).dropped)
      count += dropped.count;
    return count;
  }

  test::TemporaryFolder folder_;
  const Folder folder{folder_.path() / "receiver"};
  DnsSettings settings;
  std::vector<std::string> troubles;
};

Task<void> look_up_the_key(WitnessTest& test) {
  auto witness = co_await test.open();
  if (!witness) throw std::runtime_error(witness.error().message);
  const auto resolver = test.resolver(**witness);
  const auto key = co_await resolver->query(key_name, dns::Type::txt);
  EXPECT_EQ(dns::txt(key), std::vector<std::string>{"v=DKIM1; p=AAAA"});
  const auto elsewhere = co_await resolver->query("www.example.org", dns::Type::a);
  EXPECT_FALSE(elsewhere.found() || elsewhere.absent());  // REFUSED
  EXPECT_TRUE(is_witness_held(test.folder));
  const auto another = co_await test.open();
  EXPECT_FALSE(another) << "two serve for one configuration";
}

TEST_F(WitnessTest, AnswersAndSaysWhoAsked) {
  test::run(look_up_the_key(*this));
  ASSERT_EQ(seen(token).size(), 1U);
  EXPECT_EQ(seen(token)[0].name, key_name);
  EXPECT_EQ(seen(token)[0].type, "TXT");
  EXPECT_EQ(seen(token)[0].from, "127.0.0.1");
  EXPECT_EQ(seen(token)[0].transport, "udp");
  EXPECT_TRUE(seen("example").empty()) << "what is not ours fills no log";
  EXPECT_FALSE(is_witness_held(folder));
  EXPECT_TRUE(troubles.empty());
}

Task<void> look_up_a_weak_key(WitnessTest& test) {
  test.settings.weak_domain = "weak.test";
  auto witness = co_await test.open();
  if (!witness) throw std::runtime_error(witness.error().message);
  const auto resolver = test.resolver(**witness);
  const auto name = token + "._domainkey.weak.test";
  {
    const auto held = WeakKeys(test.folder.weak_keys()).publish(token, "v=DKIM1; p=BBBB");
    const auto key = co_await resolver->query(name, dns::Type::txt);
    EXPECT_EQ(dns::txt(key), std::vector<std::string>{"v=DKIM1; p=BBBB"});
  }
  const auto gone = co_await resolver->query(name, dns::Type::txt);
  EXPECT_TRUE(gone.absent());
}

TEST_F(WitnessTest, AnswersForAWeakKeyUntilItIsWithdrawn) { test::run(look_up_a_weak_key(*this)); }

Task<std::vector<std::string>> anchors_of(WitnessTest& test) {
  auto witness = co_await test.open();
  if (!witness) throw std::runtime_error(witness.error().message);
  const auto first = (*witness)->anchors();
  if (auto done = (*witness)->reload(); !done) throw std::runtime_error(done.error().message);
  EXPECT_EQ((*witness)->anchors(), first);
  co_return first;
}

TEST_F(WitnessTest, KeepsTheKeysOfSignedZones) {
  serve_the_domain();
  const auto first = test::run(anchors_of(*this));
  ASSERT_EQ(first.size(), 1U);
  EXPECT_EQ(test::run(anchors_of(*this)), first);
  const auto mode = std::filesystem::status(folder.dns().path / "probe.test.key").permissions();
  EXPECT_EQ(mode & std::filesystem::perms::all, std::filesystem::perms(0600));
}

Task<void> break_a_zone(WitnessTest& test) {
  auto witness = co_await test.open();
  if (!witness) throw std::runtime_error(witness.error().message);
  std::ofstream(test.folder_.path() / "probe.zone") << "@ IN NONSENSE\n";
  EXPECT_FALSE((*witness)->reload());
  const auto resolver = test.resolver(**witness);
  const auto answer = co_await resolver->query("ns.probe.test", dns::Type::a);
  EXPECT_TRUE(answer.found()) << "the old zone stays";
}

TEST_F(WitnessTest, AZoneThatBreaksLaterChangesNothing) {
  serve_the_domain();
  test::run(break_a_zone(*this));
}

Task<std::string> complaint(WitnessTest& test) {
  const auto witness = co_await test.open();
  co_return witness ? "" : witness.error().message;
}

TEST_F(WitnessTest, SaysWhatItCannotRead) {
  settings.zones["probe.test"] = (folder_.path() / "none.zone").string();
  EXPECT_NE(test::run(complaint(*this)).find("none.zone"), std::string::npos);
  serve_the_domain();
  std::ofstream(folder.dns().path / "probe.test.key") << "nonsense";
  EXPECT_NE(test::run(complaint(*this)).find("key cannot be read"), std::string::npos);
}

/// Until some of them have got no answer: how many it takes hangs on how fast they are asked.
Task<void> ask_too_much(WitnessTest& test) {
  test.settings.listen = {{IpAddress::v4({0, 0, 0, 0}), 0}};
  auto witness = co_await test.open();
  if (!witness) throw std::runtime_error(witness.error().message);
  asio::ip::udp::socket socket(co_await asio::this_coro::executor, asio::ip::udp::v4());
  const asio::ip::udp::endpoint at(asio::ip::make_address("127.0.0.1"), (*witness)->port(0));
  dns::Message query;
  query.questions.push_back({dns::name_to_wire(key_name), 16, dns::class_in});
  const auto bytes = dns::print_message(query, 512);
  while (test.unanswered() == 0) {
    for (int i = 0; i < 250; ++i) socket.send_to(asio::buffer(bytes), at);
    co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable);
  }
}

TEST_F(WitnessTest, SaysHowManyQuestionsItLeftUnanswered) {
  test::run(ask_too_much(*this));
  const auto read = questions_with("probe.test", folder.queries(), [](const SeenQuery&) { return true; });
  EXPECT_GE(read.queries.size(), 200U) << "a burst is answered";
  EXPECT_GT(unanswered(), 0);
  EXPECT_EQ(read.dropped.at(0).zone, "w.probe.test");
}

TEST(RateLimitAt, IsOnWhereStrangersCanAsk) {
  for (const auto* address : {"127.0.0.1", "127.0.0.53", "::1", "::ffff:127.0.0.1"})
    EXPECT_FALSE(rate_limit_at(*IpAddress::parse(address))) << address;
  for (const auto* address : {"192.0.2.1", "0.0.0.0", "2001:db8::1", "::"}) {
    const auto limit = rate_limit_at(*IpAddress::parse(address));
    ASSERT_TRUE(limit) << address;
    EXPECT_GT(limit->per_second, 0);
  }
}

}  // namespace
}  // namespace mailprobe::receiver
