// Where all processes of one configuration meet: beside the runs. One of them at a time receives, and holds the lock;
// the others read the spool and say whose answers they wait for.
#pragma once

#include <filesystem>

#include "base/error.h"
#include "base/files.h"

namespace mailprobe::receiver {

/// What the runs stand in, and beside them all that outlives one: "…/mailprobe" of "…/mailprobe/runs" and of "…/runs/".
std::filesystem::path home_of(const std::filesystem::path& runs);

struct Folder {
  std::filesystem::path path;

  /// "…/mailprobe/runs" → "…/mailprobe/receiver".
  static Folder beside(const std::filesystem::path& runs);
  [[nodiscard]] std::filesystem::path spool() const { return path / "spool"; }
  [[nodiscard]] std::filesystem::path waiting() const { return path / "waiting"; }
  [[nodiscard]] std::filesystem::path sessions() const { return path / "sessions"; }
  /// Of our DNS: its lock and the keys of its zones; the questions that it was asked.
  [[nodiscard]] Folder dns() const { return {path / "dns"}; }
  [[nodiscard]] std::filesystem::path queries() const { return path / "dns.jsonl"; }
  /// receiver/policy_log.h.
  [[nodiscard]] std::filesystem::path policy_fetches() const { return path / "policy-fetches.jsonl"; }
  /// receiver/weak_keys.h.
  [[nodiscard]] std::filesystem::path weak_keys() const { return path / "weak-keys"; }
  [[nodiscard]] std::filesystem::path trap_key() const { return path / "trap-key.pem"; }
  [[nodiscard]] std::filesystem::path lock() const { return path / "lock"; }
};

/// The lock, held as long as the file lives. Failure::usage: another process has it, and receives.
Result<File> hold(const Folder& folder);
/// Another process receives for this configuration now.
bool is_held(const Folder& folder);

}  // namespace mailprobe::receiver
