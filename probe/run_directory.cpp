#include "probe/run_directory.h"

#include <fcntl.h>

#include "base/encoding.h"

namespace mailprobe::probe {

namespace {

constexpr std::size_t max_raw = 64 * 1024 * 1024;  // of a message that is read back

}  // namespace

Result<RunDirectory> RunDirectory::make(const std::filesystem::path& runs, const std::string& id,
                                        const std::string& plan) {
  const auto path = runs / id;
  if (auto done = make_directory(path / "raw"); !done) {
    return fail(Failure::usage, done.error().message + "; \"runs\" in the configuration can name another place");
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

Result<void> RunDirectory::write_evidence(const std::string& json) const {
  return replace_file(path_ / "evidence.json", json);
}

void RunDirectory::discard() const {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace mailprobe::probe
