#include "base/address.h"

#include <gtest/gtest.h>

#include "base/ip.h"

namespace mailprobe {
namespace {

TEST(DomainName, IsNormalised) {
  EXPECT_EQ(DomainName::parse("Example.ORG.")->text(), "example.org");
  EXPECT_EQ(DomainName::parse("bücher.example")->text(), "xn--bcher-kva.example");
  EXPECT_EQ(DomainName::parse("_dmarc.example.org")->text(), "_dmarc.example.org");
}

TEST(DomainName, CannotBeWrong) {
  for (const auto* bad : {"", ".", "a..b", "-a.b", "a b", "a\r\nb", "a_b-.c"})
    EXPECT_FALSE(DomainName::parse(bad)) << bad;
  EXPECT_FALSE(DomainName::parse(std::string(64, 'a')));
  EXPECT_FALSE(DomainName::parse(std::string("a\0b", 3)));
  std::string longest;
  for (int i = 0; i < 64; ++i) longest += "abc.";
  EXPECT_FALSE(DomainName::parse(longest));
}

TEST(Mailbox, KeepsTheLocalPart) {
  const auto box = Mailbox::parse("Reflector+X@Target.Test");
  ASSERT_TRUE(box);
  EXPECT_EQ(box->text(), "Reflector+X@target.test");
  EXPECT_EQ(Mailbox::parse("\"a b\\\"@\"@x.test")->local_part(), "\"a b\\\"@\"");
  EXPECT_EQ(Mailbox::parse("a@[IPv6:2001:db8::1]")->domain(), "[IPv6:2001:db8::1]");
  EXPECT_TRUE(Mailbox::parse("grüße@x.test")->needs_smtputf8());
  EXPECT_FALSE(box->needs_smtputf8());
}

TEST(Mailbox, CannotBeWrong) {
  for (const auto* bad :
       {"", "a", "@x.test", "a@", "a b@x.test", "a@x.test>", "a\r\nRCPT TO:<b>@x.test", "a..b@x.test", ".a@x.test",
        "\"a@x.test", "\"a\nb\"@x.test", "a@[192.0.2.256]", "a@[IPv6:192.0.2.1]", "<a@x.test>", "\xff@x.test"})
    EXPECT_FALSE(Mailbox::parse(bad)) << bad;
  EXPECT_FALSE(Mailbox::parse(std::string(65, 'a') + "@x.test"));
}

TEST(Mailbox, ErrorIsSafeToPrint) {
  const auto bad = Mailbox::parse("a\x1b[31m");
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error().kind, Failure::usage);
  EXPECT_EQ(bad.error().message.find('\x1b'), std::string::npos);
}

TEST(Path, NullAndNot) {
  EXPECT_TRUE(Path().null());
  EXPECT_EQ(Path(*Mailbox::parse("a@x.test")).text(), "a@x.test");
}

TEST(Ip, ParsesPrintsAndContains) {
  EXPECT_EQ(IpAddress::parse("192.0.2.1")->text(), "192.0.2.1");
  EXPECT_EQ(IpAddress::parse("2001:DB8:0:0::1")->text(), "2001:db8::1");
  for (const auto* bad : {"", "192.0.2", "192.0.2.1 ", "[::1]", "::1%lo", "1.2.3.4.5"})
    EXPECT_FALSE(IpAddress::parse(bad)) << bad;
  const auto address = *IpAddress::parse("10.1.2.3");
  EXPECT_TRUE(address.in(*IpAddress::parse("10.1.0.0"), 16));
  EXPECT_TRUE(address.in(*IpAddress::parse("10.1.2.0"), 30));
  EXPECT_FALSE(address.in(*IpAddress::parse("10.1.2.4"), 30));
  EXPECT_TRUE(address.in(*IpAddress::parse("0.0.0.0"), 0));
  EXPECT_FALSE(address.in(*IpAddress::parse("::"), 0));
}

TEST(Ip, ReverseNamesAndMapped) {
  EXPECT_EQ(IpAddress::parse("192.0.2.1")->reverse_name(), "1.2.0.192.in-addr.arpa");
  EXPECT_EQ(IpAddress::parse("2001:db8::1")->reverse_name(),
            "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa");
  EXPECT_EQ(IpAddress::parse("::ffff:192.0.2.1")->unmapped().text(), "192.0.2.1");
  EXPECT_TRUE(IpAddress::parse("127.9.9.9")->loopback());
  EXPECT_TRUE(IpAddress::parse("::1")->loopback());
}

}  // namespace
}  // namespace mailprobe
