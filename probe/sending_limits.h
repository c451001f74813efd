// How much we send to whom, over all processes of one user: a locked state file beside the run directories. Buckets of
// ten connections per provider that fill at a steady rate, messages per recipient and day, recipients that refused
// three times in a row. docs/threats.md, Manners. Loopback is the caller's exemption.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/files.h"
#include "base/time.h"
#include "probe/settings.h"

namespace mailprobe::probe {

struct Permit {
  bool granted = false;
  std::chrono::milliseconds wait{0};  // until it may be granted; 0 with a refusal: not in this run
  std::string why;                    // "2 connections a minute to example.net", for a refusal
};

class SendingLimits {
 public:
  /// `folder` holds limits.json and the locks.
  SendingLimits(std::filesystem::path folder, Limits limits) : folder_(std::move(folder)), limits_(limits) {}

  /// A message to the recipient; counted when it is granted.
  Result<Permit> message(const std::string& recipient, Time now) const;
  /// A connection to a host; counted when it is granted.
  Result<Permit> connection(const std::string& host, Time now) const;
  /// The recipient was refused with 5xx, or accepted.
  Result<void> recipient_answered(const std::string& recipient, bool refused, Time now) const;

  /// Who was refused so often in a row that they get no more; recipient_answered() with false takes one out.
  [[nodiscard]] Result<std::vector<std::string>> given_up() const;

  /// One of the places for simultaneous connections to the host's provider, held as long as the file lives; a file
  /// without descriptor: all are taken.
  Result<File> place(const std::string& host) const;

 private:
  std::filesystem::path folder_;
  Limits limits_;
};

/// Whose host it is: the registrable domain, so that all hosts of one provider count together.
std::string provider_of(const std::string& host);

}  // namespace mailprobe::probe
