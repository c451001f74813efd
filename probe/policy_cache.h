// MTA-STS policies kept from one run to the next: a small file a domain, written whole beside and renamed, so that
// processes share them without waiting. Judges nothing but age. RFC 8461 §5.1, §10.2.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "base/error.h"
#include "base/time.h"
#include "tls/mta_sts.h"

namespace mailprobe::probe {

struct CachedPolicy {
  std::string id;
  tls::StsPolicy policy;
  Time fetched;
  std::string from;  // the IP address

  [[nodiscard]] Time expires() const { return fetched + std::chrono::seconds(policy.max_age); }
};

class PolicyCache {
 public:
  /// `folder` is made when it is needed.
  explicit PolicyCache(std::filesystem::path folder) : folder_(std::move(folder)) {}

  /// nullopt: none, or one that has expired. An error: the file is damaged or cannot be read; who asks goes on without.
  [[nodiscard]] Result<std::optional<CachedPolicy>> find(const std::string& domain, Time now) const;
  [[nodiscard]] Result<void> keep(const std::string& domain, const CachedPolicy& entry) const;

 private:
  [[nodiscard]] std::filesystem::path file_of(const std::string& domain) const;

  std::filesystem::path folder_;
};

}  // namespace mailprobe::probe
