// DKIM keys that nobody is to accept (RFC 8301 §3.2), in a domain of ours that has nothing else: each is published for
// as long as the run that signs with it lives, whichever process serves the domain. A file for each; what is in it is
// public.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/files.h"
#include "dns/zone.h"

namespace mailprobe::receiver {

/// Withdrawn when it goes, and when the process ends in any other way.
class PublishedKey {
 public:
  PublishedKey(PublishedKey&&) noexcept = default;
  PublishedKey& operator=(PublishedKey&&) noexcept = delete;
  ~PublishedKey();

 private:
  friend class WeakKeys;
  PublishedKey(std::filesystem::path path, File file) : path_(std::move(path)), file_(std::move(file)) {}
  std::filesystem::path path_;
  File file_;  // locked
};

class WeakKeys {
 public:
  explicit WeakKeys(std::filesystem::path folder) : folder_(std::move(folder)) {}

  /// SELECTOR._domainkey of the domain has that record from now on. `selector` is a token (receiver/waiting.h) that no
  /// other key has.
  [[nodiscard]] Result<PublishedKey> publish(std::string_view selector, std::string_view record) const;
  /// nullopt: there is none, or who published it lives no more.
  [[nodiscard]] std::optional<std::string> find(std::string_view selector) const;
  /// For dns::ZoneText: what there is at the moment of the question.
  [[nodiscard]] dns::Zone::Made names() const;

 private:
  std::filesystem::path folder_;
};

}  // namespace mailprobe::receiver
