// A body as it may have been before a hop changed its transfer encodings: quoted-printable or base64 made 8bit or 7bit
// again. Guesses, of which bh= may prove one; not for reading mail. RFC 6152 §3, RFC 2045 §6. Pure, bounded.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "auth/header_block.h"
#include "auth/mime_map.h"
#include "auth/text_lines.h"

namespace mailprobe::auth {

/// A content that was encoded on the way, if the guess is right.
struct Recoded {
  MimeContent content;
  std::vector<TextLine> lines;  // decoded
  bool eight_bit = false;       // has octets that need more than 7bit

  [[nodiscard]] std::string_view before() const { return eight_bit ? "8bit" : "7bit"; }
  [[nodiscard]] std::string_view now() const {
    return content.encoding == TransferEncoding::base64 ? "base64" : "quoted-printable";
  }
};

struct RestoredBody {
  std::vector<TextLine> lines;  // as they may have been; from and to are offsets in the body received
  std::vector<const Recoded*> recoded;
};

class RestoredBodies {
 public:
  /// `message` must outlive it, and it what it returns.
  explicit RestoredBodies(const Message& message);
  /// How many guesses there are, the likeliest first.
  [[nodiscard]] std::size_t size() const { return guesses_.size(); }
  [[nodiscard]] RestoredBody guess(std::size_t index);

 private:
  struct Guess {
    std::size_t dress = 0;
    unsigned parts = 0;       // bit i: candidates_[i] is one that was encoded
    bool empty_line = false;  // at the end of what became base64
  };
  void find_candidates();
  [[nodiscard]] std::vector<unsigned> choices() const;
  void make_guesses();
  void append_header(std::vector<TextLine>& lines, const Recoded& part, std::size_t dress);

  std::string_view body_;
  MimeMap map_;
  TextStore store_;
  std::vector<Recoded> candidates_;  // in the order of the body
  std::vector<Guess> guesses_;
};

}  // namespace mailprobe::auth
