#include "base/hidden.h"

#include <gtest/gtest.h>

#include "base/encoding.h"

namespace mailprobe {
namespace {

Hidden hidden(std::string_view value) {
  Hidden all;
  all.add(value);
  return all;
}

struct Row {
  const char* name;
  std::string value, text, masked;
};
void PrintTo(const Row& row, std::ostream* os) { *os << row.name; }

class Masked : public testing::TestWithParam<Row> {};

TEST_P(Masked, IsAsTheRowSays) {
  const auto& row = GetParam();
  EXPECT_EQ(hidden(row.value).masked(row.text), row.masked);
}

INSTANTIATE_TEST_SUITE_P(
    Each, Masked,
    testing::Values(Row{"plain", "canary-5f1d", "550 no \"canary-5f1d\", canary-5f1dx", "550 no \"***\", ***x"},
                    Row{"nothing_of_it", "canary-5f1d", "550 canary-5f1", "550 canary-5f1"},
                    Row{"empty_text", "canary-5", "", ""}, Row{"empty_value", "", "550 no", "550 no"},
                    Row{"too_short", "abc", "abc YWJj", "abc YWJj"},
                    Row{"just_long_enough", "abcd", "abc abcd", "abc ***"},
                    Row{"blanks_around", " canary-5\r\n", "<canary-5>", "<***>"},
                    Row{"folded_anew", "my long secret", "X-A: my\r\n\tlong  secret, my long", "X-A: ***, my long"},
                    Row{"quoted_printable", "gr\xc3\xbc\xc3\x9f=1", "gr=C3=BC=C3=9F=3D1 gr\xc3\xbc\xc3\x9f=1",
                        "*** ***"},
                    Row{"encoded_word", "who goes_there?", "=?utf-8?Q?who_goes=5Fthere=3F?=", "=?utf-8?Q?***?="},
                    Row{"one_of_its_lines", "first line\nsecond line\nok\n", "550 second line, ok", "550 ***, ok"},
                    Row{"all_of_its_lines", "first line\nsecond line", "first line\nsecond line", "***"},
                    Row{"the_longest", "pencil case\npencil ca", "pencil case", "***"}),
    [](const auto& info) { return std::string(info.param.name); });

/// However many bytes stand before it in what is encoded, and behind it.
TEST(Hidden, IsFoundWithinBase64) {
  for (const std::string value : {"pencil-s", "pencil-st", "pencil-sta", "canary-5f1d"})
    for (std::size_t before = 0; before < 6; ++before)
      for (std::size_t after = 0; after < 3; ++after) {
        const auto encoded = base64(std::string(before, '\n') + value + std::string(after, '~'));
        const auto masked = hidden(value).masked(encoded);
        EXPECT_NE(masked.find("***"), std::string::npos) << value << " in " << encoded;
        EXPECT_LE(masked.size(), encoded.size() + 3 - value.size()) << masked;
      }
}

/// As our own subjects are, and those that servers quote: no eight characters are left that hold bits of it alone.
TEST(Hidden, IsFoundInSeveralEncodedWords) {
  constexpr std::size_t word = 45, window = 8;  // RFC 2047 §2: octets that fit
  const std::string value = "canary-5f1d-correct-horse-battery-staple-5f1d-once-more";
  const auto all = hidden(value);
  for (std::size_t before = 0; before < 2 * word; ++before) {
    const auto text = std::string(before, 'x') + value + " end";
    std::string words;
    for (std::size_t at = 0; at < text.size(); at += word)
      words += "=?utf-8?B?" + base64(text.substr(at, word)) + "?=\r\n ";
    const auto masked = all.masked(words);
    for (std::size_t at = 0; at < text.size(); at += word) {
      const auto encoded = base64(text.substr(at, word));
      const auto begin = std::max(at, before), end = std::min(at + word, before + value.size());
      if (begin >= end) continue;
      const auto first = ((begin - at) * 8 + 5) / 6, last = (end - at) * 8 / 6;
      for (auto piece = first; piece + window <= last; ++piece)
        EXPECT_EQ(masked.find(encoded.substr(piece, window)), std::string::npos) << before << ": " << masked;
    }
  }
}

TEST(Hidden, TakesOverWhatOthersHide) {
  auto both = hidden("canary-1");
  both.add(hidden("canary-22"));
  both.add(hidden("canary-22"));
  EXPECT_EQ(both.masked("canary-1 canary-22 canary-2"), "*** *** canary-2");
  EXPECT_FALSE(both.empty());
  EXPECT_TRUE(hidden("abc").empty());
}

}  // namespace
}  // namespace mailprobe
