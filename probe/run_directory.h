// The folder of one run, `runs/ID` (0700): plan.json, journal.jsonl, raw/*.eml,
// probes/*.json, evidence.json.
// Knows where things lie and that they are safely there; what is in them is others' business.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "evidence/document.h"
#include "probe/journal.h"

namespace mailprobe::probe {

class RunDirectory {
 public:
  static Result<RunDirectory> make(const std::filesystem::path& runs, const std::string& id, const std::string& plan);

  /// One that is there. Failure::usage where its run is alive in another process.
  static Result<RunDirectory> open(const std::filesystem::path& path);

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] Journal& journal() { return journal_; }

  /// `raw/NAME.eml`. On disk, where the message is about to be taken from elsewhere; a crash of ours loses it neither
  /// way.
  enum class Safety { written, on_disk };
  Result<evidence::Raw> store(const std::string& name, std::string_view bytes, Safety safety) const;
  [[nodiscard]] std::optional<std::string> load(const evidence::Raw& raw) const;
  /// plan.json, journal.jsonl, secrets.sha256, evidence.json.
  [[nodiscard]] Result<std::string> read(const std::string& name) const;
  /// request.json: what was asked for, for who goes on.
  Result<void> keep_request(std::string_view json) const;
  /// secrets.sha256: by which it is known that those of who goes on are the same.
  Result<void> keep_mark(std::string_view digest) const;
  /// What is known of one probe so far, for who goes on after a crash: probes/ID.json. Either the old or the new.
  Result<void> keep_probe(const evidence::Probe& probe) const;
  [[nodiscard]] std::optional<evidence::Probe> load_probe(const std::string& id) const;
  Result<void> write_evidence(const std::string& json) const;
  /// Takes it away again: a run that ended before it began.
  void discard() const;

 private:
  RunDirectory(std::filesystem::path path, Journal journal) : path_(std::move(path)), journal_(std::move(journal)) {}

  std::filesystem::path path_;
  Journal journal_;
};

}  // namespace mailprobe::probe
