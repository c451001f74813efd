#include "probe/run_directory.h"

#include <fcntl.h>

#include "base/encoding.h"
#include "evidence/json.h"

namespace mailprobe::probe {

namespace {

constexpr std::size_t max_raw = 64 * 1024 * 1024;        // of a message that is read back
constexpr std::size_t max_document = 128 * 1024 * 1024;  // of what describes the run

}  // namespace

Result<RunDirectory> RunDirectory::make(const std::filesystem::path& runs, const std::string& id,
                                        const std::string& plan) {
  const auto path = runs / id;
  auto made = make_directory(path / "raw");
  if (made) made = make_directory(path / "probes");
  if (!made) {
    return fail(Failure::usage, made.error().message + "; \"runs\" in the configuration can name another place");
  }
  auto file = File::open(path / "plan.json", O_WRONLY | O_CREAT | O_TRUNC);
  if (!file) return std::unexpected(file.error());
  if (auto done = write_all(*file, plan, path / "plan.json"); !done) return std::unexpected(done.error());
  auto journal = Journal::open(path / "journal.jsonl");
  if (!journal) return std::unexpected(journal.error());
  return RunDirectory(path, std::move(*journal));
}

Result<RunDirectory> RunDirectory::open(const std::filesystem::path& path) {
  auto journal = Journal::open(path / "journal.jsonl");
  if (!journal) return std::unexpected(journal.error());
  if (auto done = make_directory(path / "probes"); !done) return std::unexpected(done.error());  // of an older version
  return RunDirectory(path, std::move(*journal));
}

Result<evidence::Raw> RunDirectory::store(const std::string& name, std::string_view bytes, Safety safety) const {
  evidence::Raw raw;
  raw.path = "raw/" + name + ".eml";
  raw.sha256 = hex(sha256(bytes));
  const auto path = path_ / *raw.path;
  const auto file = File::open(path, O_WRONLY | O_CREAT | O_TRUNC);
  if (!file) return std::unexpected(file.error());
  if (auto done = write_all(*file, bytes, path); !done) return std::unexpected(done.error());
  if (safety == Safety::on_disk)
    if (auto done = sync(*file, path); !done) return std::unexpected(done.error());
  return raw;
}

std::optional<std::string> RunDirectory::load(const evidence::Raw& raw) const {
  if (!raw.path) return std::nullopt;
  const auto file = File::open(path_ / *raw.path, O_RDONLY);
  if (!file) return std::nullopt;
  auto bytes = read_all(*file, max_raw, *raw.path);
  if (!bytes) return std::nullopt;
  return std::move(*bytes);
}

Result<std::string> RunDirectory::read(const std::string& name) const {
  const auto file = File::open(path_ / name, O_RDONLY);
  if (!file) return std::unexpected(file.error());
  return read_all(*file, max_document, path_ / name);
}

Result<void> RunDirectory::keep_request(std::string_view json) const {
  return replace_file(path_ / "request.json", json);
}

Result<void> RunDirectory::keep_mark(std::string_view digest) const {
  return replace_file(path_ / "secrets.sha256", digest);
}

/// A crash of ours is what it is for, so that renaming does without fsync.
Result<void> RunDirectory::keep_probe(const evidence::Probe& probe) const {
  evidence::Document document;
  document.probes.push_back(probe);
  const auto path = path_ / "probes" / (probe.id + ".json"), aside = path_ / "probes" / (probe.id + ".new");
  const auto file = File::open(aside, O_WRONLY | O_CREAT | O_TRUNC);
  if (!file) return std::unexpected(file.error());
  if (auto done = write_all(*file, evidence::to_json(document), aside); !done) return done;
  std::error_code error;
  std::filesystem::rename(aside, path, error);
  if (error) return fail(Failure::ours, "cannot rename " + aside.string() + ": " + error.message(), Cause::own_limit);
  return {};
}

std::optional<evidence::Probe> RunDirectory::load_probe(const std::string& id) const {
  const auto text = read("probes/" + id + ".json");
  if (!text) return std::nullopt;
  auto document = evidence::from_json(*text);
  if (!document || document->probes.size() != 1) return std::nullopt;
  return std::move(document->probes.front());
}

Result<void> RunDirectory::write_evidence(const std::string& json) const {
  return replace_file(path_ / "evidence.json", json);
}

void RunDirectory::discard() const {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace mailprobe::probe
