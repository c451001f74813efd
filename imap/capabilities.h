// What a server announces that it can do. Pure. RFC 9051 §7.2.2.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mailprobe::imap {

class Capabilities {
 public:
  Capabilities() = default;
  explicit Capabilities(std::vector<std::string> names) : names_(std::move(names)) {}
  /// Out of a response code's argument: "IMAP4rev1 IDLE AUTH=PLAIN".
  static Capabilities parse(std::string_view words);

  [[nodiscard]] bool has(std::string_view name) const;
  /// SASL mechanisms: AUTH=….
  [[nodiscard]] std::vector<std::string> mechanisms() const;
  /// IMAP4rev2 and not IMAP4rev1: its rules hold without ENABLE (RFC 9051 Appendix A).
  [[nodiscard]] bool only_rev2() const { return has("IMAP4rev2") && !has("IMAP4rev1"); }
  /// An extension, or the IMAP4rev2 that has it built in (RFC 9051 Appendix E).
  [[nodiscard]] bool has_or_rev2(std::string_view name) const { return has(name) || only_rev2(); }
  [[nodiscard]] const std::vector<std::string>& names() const { return names_; }

 private:
  std::vector<std::string> names_;
};

}  // namespace mailprobe::imap
