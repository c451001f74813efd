// EDNS client subnet in a question: read where it is as specified, else nothing. RFC 7871 §6.
#include "dns/client_subnet.h"

#include <gtest/gtest.h>

#include "base/encoding.h"
#include "dns/records.h"
#include "dns/reply.h"

namespace mailprobe::dns {
namespace {

using namespace std::string_literals;

std::string option(unsigned code, const std::string& value) {
  return std::string{static_cast<char>(code >> 8), static_cast<char>(code), static_cast<char>(value.size() >> 8),
                     static_cast<char>(value.size())} +
         value;
}

std::string text_of(const std::string& options) {
  const auto subnet = client_subnet_in(options);
  return subnet ? subnet->text() : "none";
}

TEST(ClientSubnet, IsThePrefixOfAnAddress) {
  EXPECT_EQ(text_of(option(8, "\0\x01\x18\0\xc0\0\x02"s)), "192.0.2.0/24");
  EXPECT_EQ(text_of(option(8, "\0\x01\x19\0\xc0\0\x02\x80"s)), "192.0.2.128/25");
  EXPECT_EQ(text_of(option(8, "\0\x02\x20\0\x20\x01\x0d\xb8"s)), "2001:db8::/32");
  EXPECT_EQ(text_of(option(8, "\0\x01\0\0"s)), "0.0.0.0/0") << "the resolver is not to tell";
}

TEST(ClientSubnet, StandsAmongOtherOptions) {
  EXPECT_EQ(text_of(option(10, "12345678") + option(8, "\0\x01\x18\0\xc0\0\x02"s)), "192.0.2.0/24");
  EXPECT_EQ(text_of(option(10, "12345678")), "none");
  EXPECT_EQ(text_of(""), "none");
}

TEST(ClientSubnet, ThatIsNotAsSpecifiedTellsNothing) {
  EXPECT_EQ(text_of(option(8, "\0\x03\x08\0\x0a"s)), "none") << "no such family";
  EXPECT_EQ(text_of(option(8, "\0\x01\x21\0\xc0\0\x02\x01\0"s)), "none") << "longer than an address";
  EXPECT_EQ(text_of(option(8, "\0\x01\x18\x18\xc0\0\x02"s)), "none") << "a scope is of answers";
  EXPECT_EQ(text_of(option(8, "\0\x01\x18\0\xc0\0\x02\x01"s)), "none") << "an octet more than the prefix";
  EXPECT_EQ(text_of(option(8, "\0\x01\x18\0\xc0\0"s)), "none");
  EXPECT_EQ(text_of(option(8, "\0\x01\x17\0\xc0\0\x03"s)), "none") << "a bit beyond the prefix";
  EXPECT_EQ(text_of(option(8, "\0\x01"s)), "none");
  const auto whole = option(8, "\0\x02\x80\0"s + std::string(16, '\x20'));
  for (std::size_t size = 0; size < whole.size(); ++size) EXPECT_EQ(text_of(whole.substr(0, size)), "none");
  EXPECT_NE(text_of(whole), "none");
}

TEST(ClientSubnet, IsPartOfWhatIsAsked) {
  Message query;
  query.questions.push_back({name_to_wire("probe.test"), 16, class_in});
  query.edns = Edns{.udp_size = 1232};
  auto bytes = print_message(query, 65535);
  ASSERT_TRUE(asked_by(bytes));
  EXPECT_FALSE(asked_by(bytes)->client_subnet);
  const auto subnet = option(8, "\0\x01\x18\0\xc0\0\x02"s);
  bytes.replace(bytes.size() - 2, 2, std::string{0, static_cast<char>(subnet.size())} + subnet);  // RDLENGTH, RDATA
  const auto asked = asked_by(bytes);
  ASSERT_TRUE(asked && asked->client_subnet) << hex(bytes);
  EXPECT_EQ(asked->client_subnet->text(), "192.0.2.0/24");
  const auto reply = reply_to(bytes, {}, Transport::udp);
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->find(subnet), std::string::npos)
      << "RFC 7871 §7.2.1: who does not tailor answers says nothing of it";
}

}  // namespace
}  // namespace mailprobe::dns
