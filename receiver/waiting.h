// Whose answers are waited for: a file for each live token, so that one process takes the mail that another waits for.
// The name is the token, the content the time until which it is live. Knows no addresses: receiver/recipients.h does.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/time.h"

namespace mailprobe::receiver {

class Waiting {
 public:
  /// Made where it is not there (0700).
  static Result<Waiting> open(const std::filesystem::path& folder);

  /// Again is fine: the later time holds.
  Result<void> expect(std::string_view token, Time until);
  void forget(std::string_view token);
  /// Any case. False for what cannot be a token, for a file that cannot be read, and from `until` on.
  [[nodiscard]] bool is_expected(std::string_view token, Time now) const;
  /// Takes away what has expired; how many that were.
  std::size_t sweep(Time now);

 private:
  explicit Waiting(std::filesystem::path folder) : folder_(std::move(folder)) {}
  std::filesystem::path folder_;
};

/// Letters and digits, at most 64: what can stand in an address and as a file's name.
bool can_be_token(std::string_view text);

}  // namespace mailprobe::receiver
