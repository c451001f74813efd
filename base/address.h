// Names that cannot be wrong: a domain name, a mailbox and an SMTP path that hold no CR, LF, NUL or space by
// construction. RFC 5321 §4.1.2 (Mailbox, Domain, address literal), RFC 6531 (UTF-8 local parts), RFC 5891 (IDNA, by
// libidn2).
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"

namespace mailprobe {

class DomainName {
 public:
  /// Lower case, no final dot, at most 253 octets, labels of at most 63; U-labels become A-labels.
  static Result<DomainName> parse(std::string_view text);
  [[nodiscard]] const std::string& text() const { return text_; }
  bool operator==(const DomainName&) const = default;

 private:
  explicit DomainName(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

/// local-part@domain, as in RCPT TO. The local part keeps its case and its quotes.
class Mailbox {
 public:
  static Result<Mailbox> parse(std::string_view text);
  [[nodiscard]] const std::string& local_part() const { return local_; }
  [[nodiscard]] const std::string& domain() const { return domain_; }  // A-labels, or an address literal "[192.0.2.1]"
  [[nodiscard]] std::string text() const { return local_ + "@" + domain_; }
  [[nodiscard]] bool needs_smtputf8() const;
  bool operator==(const Mailbox&) const = default;

 private:
  Mailbox(std::string local, std::string domain) : local_(std::move(local)), domain_(std::move(domain)) {}
  std::string local_, domain_;
};

/// A reverse-path or forward-path; an empty one is the null reverse-path.
class Path {
 public:
  Path() = default;
  explicit Path(const Mailbox& mailbox) : text_(mailbox.text()), utf8_(mailbox.needs_smtputf8()) {}
  /// Without angle brackets: "a@b", or "" for the null path.
  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] bool null() const { return text_.empty(); }
  [[nodiscard]] bool needs_smtputf8() const { return utf8_; }

 private:
  std::string text_;
  bool utf8_ = false;
};

}  // namespace mailprobe
