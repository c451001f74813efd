// `inspect`: how one domain receives, without sending it anything. What it publishes is looked up, each address of
// each MX host is connected to once, and all of it is a whole evidence document. Judging is evidence/assess.
#pragma once

#include <memory>
#include <string>

#include "base/error.h"
#include "dns/resolver.h"
#include "evidence/document.h"
#include "probe/network.h"
#include "probe/progress.h"
#include "probe/settings.h"

namespace mailprobe::probe {

/// Of one run: what its domains have in common is looked up and visited once.
class Inspector {
 public:
  /// The references outlive it.
  static Result<Inspector> make(const Settings& settings, const InspectOptions& options, dns::Resolver& resolver,
                                Progress progress, Network network);
  Inspector(Inspector&&) noexcept;
  Inspector& operator=(Inspector&&) noexcept;
  ~Inspector();

  /// Findings and exit status filled in. Several at once is what it is made for. After the deadline, or a cancellation,
  /// what is there is the result. `command` is what run.command says.
  Task<evidence::Document> inspect(std::string domain, std::string command);

 private:
  struct Impl;
  explicit Inspector(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace mailprobe::probe
