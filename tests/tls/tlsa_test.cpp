// TLSA records: wire, text, and which of them SMTP can use.
#include <gtest/gtest.h>

#include "base/encoding.h"
#include "tls/tlsa.h"

namespace mailprobe::tls {
namespace {

std::string digest(char of) { return sha256(std::string(1, of)); }

TEST(Tlsa, ReadsAndPrints) {
  const auto record = tlsa_from_wire(std::string("\x03\x01\x01", 3) + digest('a'));
  ASSERT_TRUE(record);
  EXPECT_EQ(record->text(), "3 1 1 " + hex(digest('a')));
  EXPECT_EQ(tlsa_from_text(record->text()).value(), *record);
  EXPECT_EQ(tlsa_from_wire(tlsa_to_wire(*record)).value(), *record);
}

TEST(Tlsa, WithoutDataIsReadAndNotUsable) {
  const auto record = tlsa_from_wire(std::string("\x03\x01\x01", 3));
  ASSERT_TRUE(record);
  EXPECT_EQ(record->data, "");
  EXPECT_FALSE(usable_for_smtp(*record));
}

TEST(Tlsa, WhatIsTooShortOrTooLongIsNone) {
  EXPECT_FALSE(tlsa_from_wire(""));
  EXPECT_FALSE(tlsa_from_wire(std::string_view("\x03\x01", 2)));
  EXPECT_FALSE(tlsa_from_wire(std::string("\x03\x01\x01", 3) + std::string(70'000, 'x')));
}

TEST(Tlsa, TextThatIsNone) {
  for (const auto* text : {"", "3 1 1", "3 1 1 xyz", "3 1 256 ab", "3 -1 1 ab", "3 1 1 ab cd", "a 1 1 ab", "3 1 1 abc"})
    EXPECT_FALSE(tlsa_from_text(text)) << text;
}

struct Row {
  const char* name;
  std::uint8_t usage, selector, matching;
  std::size_t size;
  const char* why;  // nullptr: usable
};

void PrintTo(const Row& row, std::ostream* out) { *out << row.name; }

constexpr auto rows = std::to_array<Row>({
    {"dane_ee_key_sha256", 3, 1, 1, 32, nullptr},
    {"dane_ee_certificate_sha512", 3, 0, 2, 64, nullptr},
    {"dane_ta_certificate_sha256", 2, 0, 1, 32, nullptr},
    {"dane_ta_key_sha512", 2, 1, 2, 64, nullptr},
    {"pkix_ta", 0, 0, 1, 32, "usage 0 (PKIX-TA) is not for SMTP"},
    {"pkix_ee", 1, 1, 1, 32, "usage 1 (PKIX-EE) is not for SMTP"},
    {"private_usage", 255, 1, 1, 32, "usage 255 is unknown"},
    {"selector_two", 3, 2, 1, 32, "selector 2 is unknown"},
    {"matching_three", 3, 1, 3, 32, "matching type 3 is unknown"},
    {"short_sha256", 3, 1, 1, 31, "32 bytes, not 31"},
    {"sha512_of_32", 3, 1, 2, 32, "64 bytes, not 32"},
    {"whole_certificate_that_is_none", 3, 0, 0, 32, "it holds no certificate"},
    {"whole_key_that_is_none", 3, 1, 0, 32, "it holds no public key"},
    {"whole_key_of_nothing", 3, 1, 0, 0, "it holds no public key"},
});

class Usable : public testing::TestWithParam<Row> {};

TEST_P(Usable, OrWhyNot) {
  const auto& row = GetParam();
  const auto verdict = usable_for_smtp({row.usage, row.selector, row.matching, std::string(row.size, 'x')});
  EXPECT_EQ(verdict.has_value(), row.why == nullptr);
  if (row.why != nullptr)
    EXPECT_NE(verdict.error().message.find(row.why), std::string::npos) << verdict.error().message;
}

INSTANTIATE_TEST_SUITE_P(All, Usable, testing::ValuesIn(rows),
                         [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace mailprobe::tls
