// The suites themselves: that they ask nobody for what nobody has to have.
#include "scenarios/suites.h"

#include <algorithm>

#include "tests/scenarios/loaded.h"

namespace mailprobe::scenarios {
namespace {

/// What goes out as 8bit text, because it is said so or because nothing else is.
bool is_eight_bit(const Part& part) {
  if (std::ranges::any_of(part.parts, is_eight_bit)) return true;
  if (part.transfer_encoding) return part.transfer_encoding == TransferEncoding::eight_bit;
  return std::ranges::any_of(part.body.value_or(""), [](char c) { return static_cast<unsigned char>(c) > 0x7f; });
}

/// RFC 6152 §3: such a message goes to nobody who does not announce 8BITMIME.
TEST(Suites, ExpectEightBitTextWhereItIsTaken) {
  std::size_t found = 0;
  for (const auto& suite : suites()) {
    const auto scenario = load(suite.text, std::string(suite.name), outside());
    ASSERT_TRUE(scenario) << scenario.error().message;
    for (const auto& probe : scenario->probes) {
      if (!is_eight_bit(probe.send.content) && std::ranges::none_of(probe.send.attachments, is_eight_bit)) continue;
      ++found;
      for (const auto& line : probe.expect)
        EXPECT_TRUE(line.text.starts_with("any(not(smtp.capabilities contains 8BITMIME), "))
            << scenario->name << ":" << probe.name << ": " << line.text;
    }
  }
  EXPECT_EQ(found, 5U) << "eight-bit of two suites, and of content text in two charsets and an attachment";
}

}  // namespace
}  // namespace mailprobe::scenarios
