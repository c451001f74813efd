// A message split into header fields and body, as views of the raw bytes: nothing is copied or normalised, because DKIM
// signs bytes. Not a MIME parser. RFC 5322 §2.2, tolerant of what is not a field.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mailprobe::auth {

struct HeaderField {
  std::string_view raw;    // whole, folds and the final CRLF included
  std::string_view name;   // as written, without trailing white space
  std::string_view value;  // after the colon, without the final CRLF, folds included
};

struct Message {
  std::vector<HeaderField> fields;  // topmost first
  std::string_view body;            // after the empty line
  bool truncated = false;           // more fields than the limit

  /// The fields of that name, topmost first.
  [[nodiscard]] std::vector<const HeaderField*> all(std::string_view name) const;
  [[nodiscard]] const HeaderField* first(std::string_view name) const;
};

/// `raw` has CRLF line endings and must outlive the result.
Message split_message(std::string_view raw);

/// The value with folds undone (RFC 5322 §2.2.3) and white space at both ends removed.
std::string unfold(std::string_view value);

}  // namespace mailprobe::auth
