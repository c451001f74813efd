// Tag=value lists: DKIM-Signature fields, DKIM key records, ARC fields (RFC 6376 §3.2). Pure and bounded.
// DMARC records have the same outer form and other rules: auth/dmarc_record.h.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace mailprobe::auth {

class TagList {
 public:
  /// A tag that occurs twice, or text that is no tag, makes the whole list invalid (RFC 6376 §3.2).
  static Result<TagList> parse(std::string_view text);

  /// The value without surrounding white space; folds inside stay.
  [[nodiscard]] std::optional<std::string_view> get(std::string_view name) const;
  [[nodiscard]] const std::vector<std::pair<std::string, std::string>>& tags() const { return tags_; }

 private:
  std::vector<std::pair<std::string, std::string>> tags_;
};

/// Every white space removed: what base64 and colon lists allow between their characters (RFC 6376 §2.8, FWS).
std::string without_white_space(std::string_view text);

}  // namespace mailprobe::auth
