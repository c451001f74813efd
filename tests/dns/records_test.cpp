#include "dns/records.h"

#include <gtest/gtest.h>

namespace mailprobe::dns {
namespace {

using namespace std::string_literals;

struct NameCase {
  const char* name;
  std::string wire;
  std::optional<std::string> text;
};

void PrintTo(const NameCase& row, std::ostream* out) { *out << row.name; }

class Names : public testing::TestWithParam<NameCase> {};

TEST_P(Names, ReadAndWrittenBack) {
  const auto& row = GetParam();
  EXPECT_EQ(name_from_wire(row.wire), row.text);
  if (row.text) {
    EXPECT_EQ(name_from_wire(name_to_wire(*row.text)), row.text);
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, Names,
    testing::Values(NameCase{"plain", "\3foo\4TEST\0"s, "foo.test"}, NameCase{"root", "\0"s, ""},
                    NameCase{"dot_in_label", "\3a.b\0"s, "a\\.b"}, NameCase{"quote", "\3a\"\\\0"s, "a\\\"\\\\"},
                    NameCase{"control", "\2\x01\xff\0"s, "\\001\\255"}, NameCase{"space", "\1 \0"s, "\\032"},
                    NameCase{"empty", ""s, std::nullopt}, NameCase{"no_end", "\3foo"s, std::nullopt},
                    NameCase{"cut", "\5foo\0"s, std::nullopt}, NameCase{"rest", "\3foo\0x"s, std::nullopt},
                    NameCase{"pointer", "\xc0\x0c"s, std::nullopt},
                    NameCase{"long_label", "\x40"s + std::string(64, 'a') + "\0"s, std::nullopt},
                    NameCase{"long_name", std::string(256, '\1'), std::nullopt}),
    [](const auto& info) { return std::string(info.param.name); });

TEST(NameToWire, RefusesWhatCannotBe) {
  for (const std::string bad : {"a..b", ".a", "a\\", "a\\25", "a\\999"}) EXPECT_EQ(name_to_wire(bad), "") << bad;
  EXPECT_EQ(name_to_wire(std::string(64, 'a')), "");
  EXPECT_EQ(name_to_wire("a.b."), "\1a\1b\0"s);
  std::string longest;
  for (int i = 0; i < 127; ++i) longest += "a.";
  EXPECT_EQ(name_to_wire(longest).size(), 255U);
  EXPECT_EQ(name_to_wire(longest + "a"), "");
}

TEST(Txt, JoinsItsStrings) {
  EXPECT_EQ(txt_from_wire("\3v=s\0\3pf1"s), "v=spf1");
  EXPECT_EQ(txt_from_wire("\0"s), "");
  EXPECT_FALSE(txt_from_wire(""));
  EXPECT_FALSE(txt_from_wire("\4abc"));
  const std::string text(600, 'x');
  EXPECT_EQ(txt_to_wire(text).size(), 603U);
  EXPECT_EQ(txt_from_wire(txt_to_wire(text)), text);
  EXPECT_EQ(txt_from_wire(txt_to_wire("")), "");
}

TEST(Mx, OrderedByPreferenceThenAsTheyCame) {
  Answer answer;
  answer.rdata = {mx_to_wire({20, "c.test"}), mx_to_wire({10, "b.test"}), "\0"s, mx_to_wire({10, "a.test"}),
                  mx_to_wire({0, ""})};
  const auto all = mx(answer);
  ASSERT_EQ(all.size(), 4U);  // the malformed one is left out
  EXPECT_EQ(all[0].exchange, "");
  EXPECT_EQ(all[1].exchange, "b.test");
  EXPECT_EQ(all[2].exchange, "a.test");
  EXPECT_EQ(all[3].preference, 20U);
}

TEST(Addresses, OfBothFamilies) {
  Answer answer;
  const auto four = *IpAddress::parse("192.0.2.1"), six = *IpAddress::parse("2001:db8::1");
  answer.rdata = {address_to_wire(four), "abc", address_to_wire(six)};
  EXPECT_EQ(addresses(answer), (std::vector{four, six}));
}

}  // namespace
}  // namespace mailprobe::dns
