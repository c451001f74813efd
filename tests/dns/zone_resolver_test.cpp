#include "dns/zone_resolver.h"

#include <gtest/gtest.h>

#include "dns/records.h"
#include "tests/support/run.h"

namespace mailprobe::dns {
namespace {

constexpr std::string_view file = R"($ORIGIN example.org.
$TTL 600
@       IN NS    ns.example.net.
        IN TXT   ( "v=spf1 "      ; in two
                   "-all" )
        IN MX    0 .
www     IN CNAME host.example.net.
*.w     IN A     192.0.2.7
a.b.w   IN TXT   "exists"
deep.sub IN TXT  "below"
l1      IN CNAME l2
l2      IN CNAME l1
$ORIGIN example.net.
host 60 IN A     192.0.2.1
     60 IN A     192.0.2.2
)";

Answer ask(std::string name, Type type) {
  auto resolver = zone_resolver(file);
  if (!resolver) throw std::runtime_error(resolver.error().message);
  return test::run((*resolver)->query(std::move(name), type));
}

TEST(ZoneResolver, ReadsAMasterFile) {
  EXPECT_EQ(txt(ask("example.org", Type::txt)), std::vector<std::string>{"v=spf1 -all"});
  EXPECT_EQ(ask("Example.ORG.", Type::txt).ttl, 600U);
  EXPECT_EQ(mx(ask("example.org", Type::mx)).at(0).exchange, "");
  EXPECT_EQ(word(ask("example.org", Type::txt).dnssec), "insecure");
}

TEST(ZoneResolver, FollowsAliases) {
  const auto answer = ask("www.example.org", Type::a);
  EXPECT_EQ(answer.canonical, "host.example.net");
  EXPECT_EQ(addresses(answer).size(), 2U);
  EXPECT_EQ(ask("www.example.org", Type::aaaa).status, Status::nodata);
  EXPECT_EQ(names(ask("www.example.org", Type::cname)), std::vector<std::string>{"host.example.net"});
  EXPECT_EQ(ask("l1.example.org", Type::a).status, Status::servfail);
}

TEST(ZoneResolver, KnowsWildcards) {
  EXPECT_TRUE(ask("x.w.example.org", Type::a).found());
  EXPECT_TRUE(ask("x.y.w.example.org", Type::a).found());
  EXPECT_EQ(ask("x.w.example.org", Type::txt).status, Status::nodata);
  EXPECT_EQ(ask("b.w.example.org", Type::a).status, Status::nodata);      // an empty non-terminal stops it
  EXPECT_EQ(ask("x.b.w.example.org", Type::a).status, Status::nxdomain);  // RFC 4592 §2.2.1
}

TEST(ZoneResolver, TellsAbsenceApart) {
  EXPECT_EQ(ask("sub.example.org", Type::txt).status, Status::nodata);
  EXPECT_EQ(ask("no.example.org", Type::txt).status, Status::nxdomain);
  EXPECT_EQ(ask("other.test", Type::txt).status, Status::nxdomain);
  EXPECT_EQ(ask("bad..name", Type::txt).status, Status::servfail);
}

struct Broken {
  const char* name;
  const char* text;
  const char* says;
};

void PrintTo(const Broken& row, std::ostream* out) { *out << row.name; }

class BrokenFile : public testing::TestWithParam<Broken> {};

TEST_P(BrokenFile, NamesTheLine) {
  const auto resolver = zone_resolver(GetParam().text);
  ASSERT_FALSE(resolver);
  EXPECT_EQ(resolver.error().kind, Failure::usage);
  EXPECT_NE(resolver.error().message.find(GetParam().says), std::string::npos) << resolver.error().message;
}

INSTANTIATE_TEST_SUITE_P(
    All, BrokenFile,
    testing::Values(Broken{"address", "a.test. IN A 192.0.2.1\nb.test. IN A nonsense\n", "line 2"},
                    Broken{"type", "\n\na.test. IN NOTHING x\n", "line 3"},
                    Broken{"include", "$INCLUDE /etc/passwd\n", "line 1"},
                    Broken{"label",
                           "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa. IN A 192.0.2.1\n",
                           "line 1"}),
    [](const auto& info) { return std::string(info.param.name); });

TEST(ZoneResolver, AnEmptyFileHasNoNames) {
  auto resolver = zone_resolver("");
  ASSERT_TRUE(resolver);
  EXPECT_EQ(test::run((*resolver)->query("a.test", Type::a)).status, Status::nxdomain);
}

}  // namespace
}  // namespace mailprobe::dns
