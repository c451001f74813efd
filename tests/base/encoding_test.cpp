#include "base/encoding.h"

#include <gtest/gtest.h>

namespace mailprobe {
namespace {

TEST(Encoding, Base64OfRfc4648) {
  const std::pair<const char*, const char*> rows[] = {{"", ""},        {"f", "Zg=="},        {"fo", "Zm8="},
                                                      {"foo", "Zm9v"}, {"foob", "Zm9vYg=="}, {"foobar", "Zm9vYmFy"}};
  for (const auto& [plain, encoded] : rows) {
    EXPECT_EQ(base64(plain), encoded);
    EXPECT_EQ(from_base64(encoded), plain);
  }
}

TEST(Encoding, Base64LinesAreOf76Characters) {
  EXPECT_EQ(base64_lines(""), "");
  EXPECT_EQ(base64_lines("foob"), "Zm9vYg==\r\n");
  const std::string bytes(58, 'x');  // 57 fill a line
  EXPECT_EQ(base64_lines(bytes), base64(bytes.substr(1)) + "\r\neA==\r\n");
}

TEST(Encoding, Base64TakesWhiteSpaceAndMissingPaddingButNothingElse) {
  EXPECT_EQ(from_base64(" Zm9v\r\n YmFy "), "foobar");
  EXPECT_EQ(from_base64("Zg"), "f");
  for (const auto* bad : {"Z", "Zm9v!", "Zg=a", "====", "Zm9=v", "Zm9v="}) EXPECT_FALSE(from_base64(bad)) << bad;
}

TEST(Encoding, Base64KeepsEveryByte) {
  std::string bytes;
  for (int i = 0; i < 256; ++i) bytes += static_cast<char>(i);
  EXPECT_EQ(from_base64(base64(bytes)), bytes);
}

TEST(Encoding, Base32OfRfc4648WithoutPadding) {
  EXPECT_EQ(base32("foobar"), "mzxw6ytboi");
  EXPECT_EQ(base32("f"), "my");
  EXPECT_EQ(base32(""), "");
}

TEST(Encoding, HexBothWays) {
  EXPECT_EQ(hex(std::string("\x00\xff\x10", 3)), "00ff10");
  EXPECT_EQ(from_hex("00FF10"), std::string("\x00\xff\x10", 3));
  EXPECT_FALSE(from_hex("0"));
  EXPECT_FALSE(from_hex("0g"));
}

TEST(Encoding, Sha256OfTheEmptyString) {
  EXPECT_EQ(hex(sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(Encoding, RandomBytesDiffer) {
  EXPECT_EQ(random_bytes(20).size(), 20U);
  EXPECT_NE(random_bytes(20), random_bytes(20));
}

}  // namespace
}  // namespace mailprobe
