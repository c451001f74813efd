#include "tls/buffered_reader.h"

#include <algorithm>

namespace mailprobe::tls {

namespace {
// A dialogue's lines fit the least; who has more to say is read in a TLS record's worth at a time.
constexpr std::size_t least_chunk = 1024, chunk = 16 * 1024;
}  // namespace

Task<Result<std::size_t>> BufferedReader::fill() {
  if (start_ > 0 && start_ == buffer_.size()) discard();
  if (start_ > chunk) {
    buffer_.erase(0, start_);
    start_ = 0;
  }
  const auto old = buffer_.size();
  const auto room = filled_ ? chunk : least_chunk;
  buffer_.resize(old + room);
  auto got = co_await stream_.read_some(buffer_.data() + old, room);
  buffer_.resize(old + (got ? *got : 0));
  filled_ = got && *got == room;
  co_return got;
}

/// Up to the line feed that is `length` octets on.
std::string BufferedReader::take_line(std::size_t length) {
  const auto end = start_ + length;
  bare_lf_ = length == 0 || buffer_[end - 1] != '\r';
  std::string text = buffer_.substr(start_, bare_lf_ ? length : length - 1);
  start_ = end + 1;
  return text;
}

Task<Result<std::string>> BufferedReader::line(std::size_t max) {
  std::size_t searched = 0;
  for (;;) {
    const auto end = buffer_.find('\n', start_ + searched);
    const auto length = (end == std::string::npos ? buffer_.size() : end) - start_;
    if (length > max + 1)
      co_return fail(Failure::protocol, "a line of over " + std::to_string(max) + " bytes", Cause::protocol_error);
    if (end != std::string::npos) co_return take_line(length);
    searched = length;
    const auto before = start_;
    auto got = co_await fill();
    if (!got) co_return std::unexpected(got.error());
    if (*got == 0)
      co_return fail(Failure::connection,
                     searched > 0 ? "connection closed in the middle of a line" : "connection closed",
                     Cause::unreachable);
    if (start_ != before) searched = std::min(searched, buffer_.size() - start_);
  }
}

Task<Result<LinePiece>> BufferedReader::piece(std::size_t size) {
  for (;;) {
    const auto end = buffer_.find('\n', start_);
    if (end != std::string::npos) co_return LinePiece{.text = take_line(end - start_), .ends = true};
    if (buffered() > size) {
      const auto length = buffered() - (buffer_.back() == '\r' ? 1 : 0);
      LinePiece some{.text = buffer_.substr(start_, length)};
      start_ += length;
      co_return some;
    }
    const auto got = co_await fill();
    if (!got) co_return std::unexpected(got.error());
    if (*got == 0) co_return fail(Failure::connection, "connection closed", Cause::unreachable);
  }
}

Task<Result<std::string>> BufferedReader::bytes(std::size_t count) {
  std::string out;
  for (;;) {
    const auto take = std::min(count - out.size(), buffered());
    out.append(buffer_, start_, take);
    start_ += take;
    if (out.size() == count) co_return out;
    auto got = co_await fill();
    if (!got) co_return std::unexpected(got.error());
    if (*got == 0)
      co_return fail(Failure::connection,
                     "connection closed " + std::to_string(count - out.size()) + " bytes before the end",
                     Cause::unreachable);
  }
}

Task<Result<std::string>> BufferedReader::some() {
  if (buffered() == 0) {
    auto got = co_await fill();
    if (!got) co_return std::unexpected(got.error());
  }
  std::string out = buffer_.substr(start_);
  discard();
  co_return out;
}

}  // namespace mailprobe::tls
