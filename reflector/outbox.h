// Answers that are still to be delivered, on disk, each with the time of its next try: a restart goes on where it was.
// Knows which probes were answered to whom, for a week: nobody is answered twice. Sends nothing.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/address.h"
#include "base/error.h"
#include "base/time.h"

namespace mailprobe::reflector {

struct Outgoing {
  std::string probe;         // the id that it answers
  std::string recipient;     // an address
  std::string reverse_path;  // an address
  Time created, due;         // due: of the next try
  int tries = 0;
  bool require_tls = false;  // the probe did (RFC 8689 §6)
  std::string message;       // signed
};

/// What one is called: the same for the same probe and recipient.
std::string name_of(const std::string& probe, const Mailbox& recipient);
/// How long after try number `tries` (1 is the first) the next one is: RFC 5321 §4.5.4.1, sooner at first because
/// somebody waits; nullopt: it is given up.
std::optional<std::chrono::milliseconds> pause_after(int tries, std::chrono::milliseconds age);

class Outbox {
 public:
  /// Made where it is not there.
  static Result<Outbox> open(const std::filesystem::path& folder);

  /// It is waiting here, or was answered within the week.
  [[nodiscard]] bool knows(const std::string& name) const;
  /// On disk when it returns; again for a new `due`.
  Result<void> keep(const std::string& name, const Outgoing& answer) const;
  [[nodiscard]] Result<Outgoing> read(const std::string& name) const;
  /// Of all that wait.
  [[nodiscard]] std::vector<std::string> names() const;
  /// It waits no more; `outcome` is kept for people to read.
  Result<void> finish(const std::string& name, const std::string& outcome) const;
  /// For probe::Journal: whether its final dot went out.
  [[nodiscard]] std::filesystem::path journal(const std::string& name) const;
  /// What was answered more than a week before `now`.
  void forget(Time now) const;

 private:
  explicit Outbox(const std::filesystem::path& folder) : waiting_(folder / "waiting"), done_(folder / "done") {}
  std::filesystem::path waiting_, done_;
};

}  // namespace mailprobe::reflector
