#include "dns/frames.h"

#include "dns/answer.h"

namespace mailprobe::dns {

namespace {

constexpr std::size_t length_size = 4;
constexpr std::size_t max_why = 2'000;  // libunbound's reasons are a line

void put32(std::string& out, std::uint32_t value) {
  for (const int shift : {24, 16, 8, 0}) out += static_cast<char>(value >> shift & 0xff);
}

void put_bytes(std::string& out, std::string_view bytes) {
  put32(out, static_cast<std::uint32_t>(bytes.size()));
  out += bytes;
}

std::uint32_t read32(std::string_view bytes) {
  std::uint32_t value = 0;
  for (const char byte : bytes.substr(0, 4)) value = value << 8 | static_cast<unsigned char>(byte);
  return value;
}

/// Reads forwards; once it has failed it yields nothing and stays failed.
class Reader {
 public:
  explicit Reader(std::string_view content) : rest_(content) {}
  std::uint32_t u32() { return read32(take(4)); }
  std::string bytes() { return std::string(take(u32())); }
  /// All of it was read, and nothing is left over.
  [[nodiscard]] bool whole() const { return !failed_ && rest_.empty(); }
  [[nodiscard]] std::size_t left() const { return rest_.size(); }

 private:
  std::string_view take(std::size_t count) {
    if (failed_ || count > rest_.size()) {
      failed_ = true;
      return {};
    }
    const auto taken = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return taken;
  }

  std::string_view rest_;
  bool failed_ = false;
};

/// Sets the length when the content is there.
class Length {
 public:
  explicit Length(std::string& out) : out_(out), at_(out.size()) { out_.append(length_size, '\0'); }
  Length(const Length&) = delete;
  Length& operator=(const Length&) = delete;
  ~Length() {
    const auto length = content();
    for (std::size_t i = 0; i < length_size; ++i) out_[at_ + i] = static_cast<char>(length >> (24 - 8 * i) & 0xff);
  }
  [[nodiscard]] std::size_t content() const { return out_.size() - at_ - length_size; }
  void restart() { out_.resize(at_ + length_size); }

 private:
  std::string& out_;
  std::size_t at_;
};

void put_answer(std::string& out, std::uint32_t id, const Answer& answer) {
  put32(out, id);
  put32(out, static_cast<std::uint32_t>(answer.status));
  put32(out, static_cast<std::uint32_t>(answer.dnssec));
  put32(out, answer.ttl);
  put_bytes(out, answer.canonical);
  put_bytes(out, std::string_view(answer.why).substr(0, max_why));
  put32(out, static_cast<std::uint32_t>(answer.rdata.size()));
  for (const auto& each : answer.rdata) put_bytes(out, each);
}

}  // namespace

void put_frame(std::string& out, const QuestionFrame& frame) {
  const Length length(out);
  put32(out, frame.id);
  put32(out, static_cast<std::uint32_t>(frame.type));
  put_bytes(out, frame.name);
}

void put_frame(std::string& out, const AnswerFrame& frame) {
  Length length(out);
  put_answer(out, frame.id, frame.answer);
  if (length.content() <= max_frame) return;
  length.restart();
  put_answer(out, frame.id, failure(Status::servfail, "resolver: the answer is too large"));
}

std::optional<std::string_view> Frames::next() {
  const auto rest = std::string_view(bytes_).substr(at_);
  const std::size_t length = rest.size() < length_size ? 0 : read32(rest);
  broken_ = broken_ || length > max_frame;
  if (!broken_ && rest.size() >= length_size && rest.size() - length_size >= length) {
    at_ += length_size + length;
    return rest.substr(length_size, length);
  }
  bytes_.erase(0, at_);  // what was given out before goes
  at_ = 0;
  return std::nullopt;
}

std::optional<QuestionFrame> read_question(std::string_view content) {
  Reader in(content);
  QuestionFrame frame;
  frame.id = in.u32();
  const auto type = in.u32();
  frame.type = static_cast<Type>(type);
  frame.name = in.bytes();
  if (!in.whole() || type > 0xffff) return std::nullopt;
  return frame;
}

std::optional<AnswerFrame> read_answer(std::string_view content) {
  Reader in(content);
  AnswerFrame frame;
  frame.id = in.u32();
  const auto status = in.u32(), dnssec = in.u32();
  auto& answer = frame.answer;
  answer.ttl = in.u32();
  answer.canonical = in.bytes();
  answer.why = in.bytes();
  const auto count = in.u32();
  if (count > in.left() / length_size) return std::nullopt;  // each has a length at least
  answer.rdata.reserve(count);
  for (std::uint32_t i = 0; i < count; ++i) answer.rdata.push_back(in.bytes());
  if (!in.whole() || status > static_cast<std::uint32_t>(Status::timeout) ||
      dnssec > static_cast<std::uint32_t>(Dnssec::unknown))
    return std::nullopt;
  answer.status = static_cast<Status>(status);
  answer.dnssec = static_cast<Dnssec>(dnssec);
  return frame;
}

}  // namespace mailprobe::dns
