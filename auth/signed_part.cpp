#include "auth/signed_part.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <memory>

#include "auth/canonical.h"
#include "base/encoding.h"

namespace mailprobe::auth {

namespace {

constexpr std::size_t most_in_front = 8;  // lines; each is a hash of the body

/// SHA-256 whose value can be asked for on the way.
class RunningHash {
 public:
  RunningHash() { EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr); }
  void add(std::string_view bytes) {
    constexpr std::size_t block = 8 * 1024;  // many short lines at a time
    waiting_ += bytes;
    if (waiting_.size() >= block) flush();
  }
  [[nodiscard]] bool is(std::string_view wanted) {
    flush();
    std::array<unsigned char, EVP_MAX_MD_SIZE> value{};
    unsigned size = 0;
    EVP_MD_CTX_copy_ex(copy_.get(), context_.get());
    EVP_DigestFinal_ex(copy_.get(), value.data(), &size);
    const auto same = [](unsigned char a, char b) { return a == static_cast<unsigned char>(b); };
    return std::ranges::equal(std::span(value).first(size), wanted, same);
  }

 private:
  struct Free {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  };
  void flush() {
    EVP_DigestUpdate(context_.get(), waiting_.data(), waiting_.size());
    waiting_.clear();
  }
  using Context = std::unique_ptr<EVP_MD_CTX, Free>;
  std::string waiting_;
  Context context_{EVP_MD_CTX_new()}, copy_{EVP_MD_CTX_new()};
};

/// A body line by line, in canonical form.
class LineHash {
 public:
  explicit LineHash(Canon canon) : canon_(canon) {}
  /// false: an empty line, which at the end does not count (RFC 6376 §3.4.3, §3.4.4).
  bool add(const TextLine& line) {
    store_.clear();
    const auto text = canon_ == Canon::relaxed ? reduced(line.text, store_) : line.text;
    if (text.empty()) return ++empty_lines_, false;
    for (; empty_lines_ > 0; --empty_lines_) hash_.add("\r\n");
    hash_.add(text);
    hash_.add("\r\n");
    any_ = true;
    return true;
  }
  [[nodiscard]] bool is(std::string_view wanted) {
    return any_ ? hash_.is(wanted) : sha256(canonical_body("", canon_)) == wanted;
  }

 private:
  Canon canon_;
  RunningHash hash_;
  TextStore store_;
  std::size_t empty_lines_ = 0;
  bool any_ = false;
};

}  // namespace

bool is_signed(std::span<const TextLine> lines, Canon canon, std::string_view wanted) {
  LineHash hash(canon);
  for (const auto& line : lines) (void)hash.add(line);
  return hash.is(wanted);
}

std::optional<std::size_t> signed_up_to(std::span<const TextLine> lines, Canon canon, std::string_view wanted) {
  LineHash hash(canon);
  if (hash.is(wanted)) return 0;
  for (std::size_t i = 0; i < lines.size(); ++i)
    if (hash.add(lines[i]) && hash.is(wanted)) return i + 1;
  return std::nullopt;
}

std::optional<std::size_t> signed_from(std::string_view body, Canon canon, std::string_view wanted) {
  std::size_t from = 0;
  for (std::size_t i = 0; i < most_in_front; ++i) {
    const auto end = body.find("\r\n", from);
    if (end == std::string_view::npos) return std::nullopt;
    from = end + 2;
    if (sha256(canonical_body(body.substr(from), canon)) == wanted) return from;
  }
  return std::nullopt;
}

}  // namespace mailprobe::auth
