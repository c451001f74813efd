// The whole of receiving for one configuration: the lock, the spool, the live tokens, the server, the evaluation and
// the record of sessions. What `reflect` runs for good and `send --reply` as long as it waits. Answers nobody.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "dns/resolver.h"
#include "receiver/evaluator.h"
#include "receiver/folder.h"
#include "receiver/server.h"
#include "receiver/settings.h"
#include "receiver/waiting.h"

namespace mailprobe::receiver {

/// Of one identity: its domain, and the address whose BASE+TOKEN takes answers.
struct Resident {
  std::string domain;
  Mailbox address;
};

struct StationHooks {
  /// Evaluated, its result beside it in the spool. Those too that an earlier process kept and had not evaluated.
  std::function<void(const Letter& letter)> letter = [](const Letter&) {};
  /// Over, in the record already.
  std::function<void(const evidence::Session& session)> session = [](const evidence::Session&) {};
  /// Somebody asked for the traps' policy, or tried to: in the record already.
  std::function<void(const evidence::PolicyFetch& fetch)> fetched = [](const evidence::PolicyFetch&) {};
  /// What left the spool by itself, in words (receiver/pruning.h).
  std::function<void(const std::string& line)> pruned = [](const std::string&) {};
  /// A fault of ours that ends nothing: a result that cannot be written, a certificate that cannot be read.
  std::function<void(const Error& error)> trouble = [](const Error&) {};
};

class Station {
 public:
  /// What is missing however long one waits: Failure::usage where there is nothing to listen on, or a certificate that
  /// cannot be used.
  static Result<void> check(const Settings& settings);
  /// Failure::usage: nothing to listen on, an address or the lock taken, a certificate that cannot be used.
  /// `resolver` outlives it.
  static Task<Result<std::unique_ptr<Station>>> open(Settings settings, const Folder& folder,
                                                     std::vector<Resident> residents, dns::Resolver& resolver,
                                                     StationHooks hooks);
  /// After stop().
  ~Station();

  /// "192.0.2.1 port 25", each.
  [[nodiscard]] std::vector<std::string> places() const;
  [[nodiscard]] std::uint16_t port(std::size_t place) const;
  Waiting& waiting();
  Spool& spool();
  /// Certificates anew, for the sessions to come; where they cannot be used the old ones stay.
  Result<void> reload();
  /// Sessions come to their end, then the evaluations do; what is left after `grace` is cut.
  Task<void> stop(std::optional<std::chrono::milliseconds> grace = {});

 private:
  struct Impl;
  explicit Station(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace mailprobe::receiver
