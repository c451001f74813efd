// Evidence packed and unpacked again; what is damaged, cut or other than announced.
#include "history/packing.h"

#include <gtest/gtest.h>

namespace mailprobe::history {
namespace {

std::string evidence() {
  std::string text;
  for (int i = 0; i < 500; ++i) text += "{\"check\":\"inbound.starttls\",\"number\":" + std::to_string(i) + "},";
  return text;
}

TEST(Packing, GivesBackWhatWentIn) {
  for (const auto& text : {std::string(), std::string("{}"), evidence(), std::string(100'000, '\0')})
    EXPECT_EQ(unpacked(packed(text), text.size()).value_or("?"), text);
}

TEST(Packing, MakesEvidenceSmaller) { EXPECT_LT(packed(evidence()).size(), evidence().size() / 4); }

TEST(Packing, TakesExactlyTheSizeThatWasSaid) {
  const auto text = evidence();
  for (const auto size : {text.size() - 1, text.size() + 1, std::size_t{0}})
    EXPECT_FALSE(unpacked(packed(text), size)) << size;
}

TEST(Packing, EveryCutIsSeen) {
  const auto bytes = packed(evidence());
  for (std::size_t length = 0; length < bytes.size(); length += 97)
    EXPECT_FALSE(unpacked(std::string_view(bytes).substr(0, length), evidence().size())) << length;
  EXPECT_FALSE(unpacked(bytes + "x", evidence().size()));
}

TEST(Packing, DamageIsSeen) {
  auto bytes = packed(evidence());
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 0x55);
  EXPECT_FALSE(unpacked(bytes, evidence().size()));
}

}  // namespace
}  // namespace mailprobe::history
