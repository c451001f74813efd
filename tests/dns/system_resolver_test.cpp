#include "dns/system_resolver.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "dns/records.h"
#include "dns/responder.h"
#include "tests/support/run.h"

namespace mailprobe::dns {
namespace {

/// A resolv.conf of its own, removed again.
class ResolvConf {
 public:
  explicit ResolvConf(std::string_view text) : path_(testing::TempDir() + "resolv-" + std::to_string(getpid())) {
    std::ofstream(path_) << text;
  }
  ResolvConf(const ResolvConf&) = delete;
  ResolvConf& operator=(const ResolvConf&) = delete;
  ~ResolvConf() { std::filesystem::remove(path_); }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

Task<Answer> ask(std::string name, Type type) {
  const ResolvConf conf("# ours\nsearch test\nnameserver 127.0.0.1\n");
  std::string text = "@ 60 IN SOA ns h 1 2 3 4 5\nmx IN A 127.0.0.1\nwww IN CNAME mx\nbig IN TXT";
  for (int i = 0; i < 8; ++i) text += " \"" + std::string(250, 'x') + "\"";
  std::vector<ZoneText> zones{{"target.test", text + "\n", false}};
  auto responder = co_await Responder::start(IpAddress::v4({127, 0, 0, 1}), 0, zones);
  auto resolver = system_resolver(conf.path(), 10, (*responder)->port());
  co_return co_await (*resolver)->query(std::move(name), type);
}

TEST(SystemResolver, AsksOverUdpAndTcp) {
  const auto answer = test::run(ask("WWW.target.test", Type::a));
  EXPECT_EQ(answer.status, Status::ok) << answer.why;
  EXPECT_EQ(answer.canonical, "mx.target.test");
  EXPECT_EQ(word(answer.dnssec), "insecure");  // nobody set AD
  EXPECT_EQ(answer.rdata.size(), 1U);
  EXPECT_EQ(txt(test::run(ask("big.target.test", Type::txt))).at(0).size(), 2000U);
}

TEST(SystemResolver, TellsAbsenceApart) {
  EXPECT_EQ(test::run(ask("mx.target.test", Type::mx)).status, Status::nodata);
  EXPECT_EQ(test::run(ask("no.target.test", Type::mx)).status, Status::nxdomain);
  EXPECT_EQ(test::run(ask("example.org", Type::mx)).status, Status::servfail);
}

TEST(SystemResolver, NobodyListensIsAFailure) {
  const ResolvConf conf("nameserver 127.0.0.1\n");
  auto resolver = system_resolver(conf.path(), 10, 1);
  EXPECT_EQ(test::run((*resolver)->query("a.test", Type::a)).status, Status::servfail);
}

TEST(SystemResolver, NeedsAServer) {
  const ResolvConf empty("search test\n");
  EXPECT_FALSE(system_resolver(empty.path(), 10));
  EXPECT_FALSE(system_resolver("/nowhere/resolv.conf", 10));
}

TEST(SystemResolver, TrustsLoopbackOnly) {
  const ResolvConf far("nameserver 127.0.0.1\nnameserver 192.0.2.53\n");
  const auto refused = system_resolver(far.path(), 10);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, Failure::usage);
  EXPECT_NE(refused.error().message.find("192.0.2.53"), std::string::npos);
}

}  // namespace
}  // namespace mailprobe::dns
