// What an EHLO reply announces. Pure. RFC 5321 §4.1.1.1.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "smtp/reply.h"

namespace mailprobe::smtp {

class Capabilities {
 public:
  Capabilities() = default;
  explicit Capabilities(const Reply& ehlo);

  [[nodiscard]] bool has(std::string_view keyword) const { return parameters(keyword).has_value(); }
  /// The words after the keyword.
  [[nodiscard]] std::optional<std::vector<std::string>> parameters(std::string_view keyword) const;
  /// SIZE's limit in octets; nullopt: none announced (RFC 1870 §3: 0 is none).
  [[nodiscard]] std::optional<unsigned long long> size_limit() const;
  /// AUTH's mechanisms (RFC 4954 §3), "AUTH=" of old servers included.
  [[nodiscard]] std::vector<std::string> auth_mechanisms() const;
  /// As the server wrote them, a keyword with its parameters each.
  [[nodiscard]] const std::vector<std::string>& lines() const { return lines_; }

 private:
  std::vector<std::string> lines_;
};

}  // namespace mailprobe::smtp
