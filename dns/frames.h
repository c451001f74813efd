// What the program and its resolver's process say to each other: questions and answers as frames on a stream, each
// behind its length. Pure, bounded: neither side trusts the other's. Not DNS on the wire (dns/wire.h); no RFC, both
// ends are ours.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "dns/resolver.h"

namespace mailprobe::dns {

constexpr std::size_t max_frame = 1 << 20;  // a DNS message has 64 KB, its names written out four times that

struct QuestionFrame {
  std::uint32_t id = 0;
  Type type = Type::a;
  std::string name;
};

struct AnswerFrame {
  std::uint32_t id = 0;
  Answer answer;
};

void put_frame(std::string& out, const QuestionFrame& frame);
/// One that would not fit goes as a failure that says so.
void put_frame(std::string& out, const AnswerFrame& frame);

/// Takes bytes as they come and gives frames as they are whole.
class Frames {
 public:
  void add(std::string_view bytes) { bytes_ += bytes; }
  /// The next one's content, valid until the next call of add(); nothing while it is not whole.
  std::optional<std::string_view> next();
  /// A length over max_frame: the stream cannot be read on.
  [[nodiscard]] bool broken() const { return broken_; }

 private:
  std::string bytes_;
  std::size_t at_ = 0;
  bool broken_ = false;
};

std::optional<QuestionFrame> read_question(std::string_view content);
std::optional<AnswerFrame> read_answer(std::string_view content);

}  // namespace mailprobe::dns
