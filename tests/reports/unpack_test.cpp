// What reports are packed in: what unpacks, and every archive that must not.
#include "reports/unpack.h"

#include <gtest/gtest.h>

#include <array>
#include <random>

#include "tests/reports/packing.h"

namespace mailprobe::reports {
namespace {

using test::gzipped;
using test::zipped;

std::string unpacked(std::string_view bytes) {
  const auto result = unpack(bytes);
  return result ? *result : "refused: " + result.error().message;
}

TEST(Unpack, TakesWhatIsNotPackedAsItIs) {
  EXPECT_EQ(unpacked("<feedback/>"), "<feedback/>");
  EXPECT_EQ(unpacked(""), "");
  EXPECT_EQ(packing_of("\x1F"), Packing::none);
}

TEST(Unpack, Gzip) {
  EXPECT_EQ(unpacked(gzipped("<feedback/>")), "<feedback/>");
  EXPECT_EQ(unpacked(gzipped("<feed") + gzipped("back/>")), "<feedback/>");  // RFC 1952 §2.2
  EXPECT_EQ(unpacked(gzipped("<feedback/>") + "padding"), "<feedback/>");
  EXPECT_EQ(unpacked(gzipped("")), "");
}

TEST(Unpack, DamagedGzip) {
  const auto whole = gzipped("<feedback>some text that is long enough to be cut</feedback>");
  for (std::size_t length = 2; length < whole.size(); ++length)
    EXPECT_EQ(unpacked(whole.substr(0, length)), "refused: damaged gzip") << length;
  auto wrong = whole;
  wrong[wrong.size() - 6] ^= 1;  // of the checksum
  EXPECT_EQ(unpacked(wrong), "refused: damaged gzip");
}

TEST(Unpack, Zip) {
  EXPECT_EQ(unpacked(zipped({{.name = "a.xml", .content = "<feedback/>"}})), "<feedback/>");
  EXPECT_EQ(unpacked(zipped({{.name = "a.xml", .content = "<feedback/>", .stored = true}})), "<feedback/>");
}

TEST(Unpack, NamesWithinAZipAreNothingToIt) {
  EXPECT_EQ(unpacked(zipped({{.name = "../../etc/passwd", .content = "<feedback/>"}})), "<feedback/>");
  EXPECT_EQ(unpacked(zipped({{.name = "/etc/passwd", .content = "<feedback/>"}})), "<feedback/>");
}

struct Refused {
  const char* name;
  std::string archive;
  const char* why;
};
void PrintTo(const Refused& row, std::ostream* os) { *os << row.name; }

class UnpackRefuses : public testing::TestWithParam<Refused> {};

TEST_P(UnpackRefuses, It) { EXPECT_EQ(unpacked(GetParam().archive), std::string("refused: ") + GetParam().why); }

std::string incompressible(std::size_t size) {
  std::mt19937 random(1);
  std::string bytes(size, '\0');
  for (auto& byte : bytes) byte = static_cast<char>(random());
  return bytes;
}

const std::string zeros(11UL * 1024 * 1024, '\0');

INSTANTIATE_TEST_SUITE_P(
    Archives, UnpackRefuses,
    testing::Values(
        Refused{"no_entry", zipped({}), "damaged zip"},
        Refused{"two_entries", zipped({{.name = "a", .content = "a"}, {.name = "b", .content = "b"}}),
                "a zip of 2 files, not of one"},
        Refused{"encrypted", zipped({{.name = "a", .content = "a", .flags = 1}}), "an encrypted zip"},
        Refused{"wrong_checksum", zipped({{.name = "a", .content = "abc", .crc_error = 1}}), "damaged zip"},
        Refused{"zip_in_zip", zipped({{.name = "a", .content = zipped({{.name = "b", .content = "b"}})}}),
                "an archive within an archive"},
        Refused{"gzip_in_zip", zipped({{.name = "a", .content = gzipped("b")}}), "an archive within an archive"},
        Refused{"gzip_in_gzip", gzipped(gzipped("b")), "an archive within an archive"},
        Refused{"gzip_bomb", gzipped(zeros), "unpacks to more than 250 times its size"},
        Refused{"zip_bomb", zipped({{.name = "a", .content = zeros}}), "unpacks to more than 10 MB"},
        Refused{"zip_bomb_that_lies", zipped({{.name = "a", .content = zeros, .announced = 100}}), "damaged zip"},
        Refused{"eleven_megabytes", gzipped(incompressible(11UL * 1024 * 1024)), "unpacks to more than 10 MB"},
        Refused{"many_bombs", gzipped(zeros.substr(0, 3UL << 20)) + gzipped(zeros.substr(0, 3UL << 20)),
                "unpacks to more than 250 times its size"}),
    [](const auto& info) { return info.param.name; });

TEST(Unpack, AnArchiveCutAnywhereIsRefusedOrWhole) {
  const std::string content = "<feedback>some text</feedback>";
  const auto whole = zipped({{.name = "a.xml", .content = content}});
  std::size_t refusals = 0;
  for (std::size_t length = 4; length < whole.size(); ++length) {
    const auto result = unpack(whole.substr(0, length));
    if (result) EXPECT_EQ(*result, content) << length;  // what is missing is of the record at the end
    if (!result) ++refusals;
  }
  EXPECT_GT(refusals, whole.size() - 4 - 22);
}

TEST(Unpack, EveryByteChangedIsHarmless) {
  const std::string content = "<feedback>some text</feedback>";
  for (const auto& whole : {zipped({{.name = "a.xml", .content = content}}), gzipped(content)})
    for (std::size_t at = 0; at < whole.size(); ++at)
      for (const int bit : {0, 3, 7}) {
        auto changed = whole;
        changed[at] = static_cast<char>(changed[at] ^ (1 << bit));
        const auto result = unpack(changed);
        if (result && packing_of(changed) != Packing::none) EXPECT_EQ(*result, content) << at;
      }
}

TEST(Unpack, PackedAndUnpackedIsTheSame) {
  for (const std::size_t size : {1UL, 1000UL, 65'536UL, 65'537UL, 1'000'000UL}) {
    const auto bytes = "<" + incompressible(size);
    EXPECT_EQ(unpacked(gzipped(bytes)), bytes);
    EXPECT_EQ(unpacked(zipped({{.name = "a", .content = bytes}})), bytes);
  }
}

}  // namespace
}  // namespace mailprobe::reports
