// Who gets no more mail of ours: a text beside the runs, an entry a line, that `send` and the reflector read anew for
// each message and `mailprobe suppress` writes. Not who refused three times: that is probe/sending_limits.h.
// docs/threats.md, Manners.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/address.h"
#include "base/error.h"
#include "base/files.h"
#include "base/time.h"

namespace mailprobe::probe {

class Suppression {
 public:
  /// "…/mailprobe/runs" → "…/mailprobe/suppressed".
  static Suppression beside(const std::filesystem::path& runs);

  /// Failure::usage: the address is suppressed, and how that is undone. Anything else: it cannot be told.
  [[nodiscard]] Result<void> permits(const Mailbox& address) const;
  /// In the order of the file.
  [[nodiscard]] Result<std::vector<std::string>> entries() const;
  /// Each with what is noted beside it: "tired@example.org  # since 2026-01-31".
  [[nodiscard]] Result<std::vector<std::string>> lines() const;
  /// Those that were not there yet. `why` is noted beside them: one line.
  Result<std::vector<std::string>> add(const std::vector<std::string>& entries, Time now,
                                       const std::string& why = {}) const;
  /// Those that were there. What else stands in the file stays: comments, the order.
  Result<std::vector<std::string>> remove(const std::vector<std::string>& entries) const;

 private:
  explicit Suppression(std::filesystem::path file) : file_(std::move(file)) {}
  [[nodiscard]] Result<std::string> text() const;
  [[nodiscard]] Result<File> lock() const;

  std::filesystem::path file_;
};

/// "tired@example.org", or "@example.org" for the domain and what is below it; in lower case. Failure::usage.
Result<std::string> suppression_entry(std::string_view text);

/// Whether `text`, a line an entry, names the address, whatever token stands in it, or its domain; "#" begins a
/// comment.
bool lists(std::string_view text, const Mailbox& address);

/// Whose address it is, whatever token stands in it: "probe@example.org" of "Probe+TOKEN@example.org".
std::string person_of(const Mailbox& address);

}  // namespace mailprobe::probe
