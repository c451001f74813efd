// Lines in pieces: the same text however it arrives and however small the pieces are, and CRLF never torn apart.
#include "tls/buffered_reader.h"

#include <gtest/gtest.h>

#include "tests/support/run.h"

namespace mailprobe::tls {
namespace {

/// Gives so many bytes at a time.
class Dripping final : public Stream {
 public:
  Dripping(std::string bytes, std::size_t at_once) : bytes_(std::move(bytes)), at_once_(at_once) {}
  Task<Result<std::size_t>> read_some(char* data, std::size_t size) override {
    const auto count = std::min({size, at_once_, bytes_.size() - given_});
    bytes_.copy(data, count, given_);
    given_ += count;
    co_return count;
  }
  Task<Result<void>> write(std::string_view) override { co_return Result<void>{}; }
  Task<Result<TlsFacts>> handshake(Handshake) override { co_return fail(Failure::ours, "no"); }
  void deadline(Steady) override {}
  void close() override {}
  [[nodiscard]] bool encrypted() const override { return false; }
  [[nodiscard]] std::string local_address() const override { return {}; }
  [[nodiscard]] std::string peer_address() const override { return {}; }

 private:
  std::string bytes_;
  std::size_t at_once_, given_ = 0;
};

struct Read {
  std::string text;  // "|" where a line ends, "!" before it where that was a bare LF
  std::size_t longest = 0;
  std::string error;
};

Task<Read> read_all(std::string bytes, std::size_t at_once, std::size_t piece) {
  Dripping stream(std::move(bytes), at_once);
  BufferedReader reader(stream);
  Read read;
  for (;;) {
    const auto got = co_await reader.piece(piece);
    if (!got) {
      read.error = got.error().message;
      co_return read;
    }
    read.longest = std::max(read.longest, got->text.size());
    read.text += got->text;
    if (got->ends) read.text += reader.bare_lf() ? "!|" : "|";
  }
}

TEST(Piece, IsTheSameTextHoweverItComes) {
  const std::string bytes = "one\r\n\r\ntwo and three\r\nbare\nlone\rcr\r\n\r\r\n.\r\n";
  const std::string expected = "one||two and three|bare!|lone\rcr|\r|.|";
  for (const std::size_t at_once : {1U, 2U, 3U, 7U, 1000U})
    for (const std::size_t piece : {1U, 2U, 3U, 4U, 5U, 100U}) {
      const auto read = test::run(read_all(bytes, at_once, piece));
      EXPECT_EQ(read.text, expected) << at_once << " at once, pieces of " << piece;
      EXPECT_EQ(read.error, "connection closed");
    }
}

TEST(Piece, OfALineWithoutEndIsNoLongerThanAsked) {
  const auto read = test::run(read_all(std::string(300'000, 'x'), 1000, 4000));
  EXPECT_GE(read.text.size(), 290'000U);
  EXPECT_LE(read.longest, 4000U + 1000U);
  EXPECT_EQ(read.error, "connection closed");
}

}  // namespace
}  // namespace mailprobe::tls
