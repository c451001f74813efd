#include "app/raw_files.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>

#include "base/encoding.h"
#include "base/files.h"
#include "evidence/secrecy.h"

namespace mailprobe::app {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t max_raw = 64 * 1024 * 1024;

/// "raw/a.eml", not "/etc/passwd" or "../x"; links are not followed out of the folder.
std::optional<fs::path> inside(const fs::path& folder, const std::string& relative) {
  const fs::path path(relative);
  if (path.empty() || path.is_absolute()) return std::nullopt;
  if (std::ranges::any_of(path, [](const fs::path& part) { return part == ".."; })) return std::nullopt;
  std::error_code error;
  const auto root = fs::canonical(folder, error);
  const auto target = error ? fs::path() : fs::canonical(folder / path, error);
  if (error) return std::nullopt;
  return std::ranges::mismatch(root, target).in1 == root.end() ? std::optional(target) : std::nullopt;
}

std::optional<std::string> read_regular(const fs::path& path) {
  const auto file = File::open(path, O_RDONLY | O_NONBLOCK);
  struct stat facts{};
  if (!file || ::fstat(file->descriptor(), &facts) != 0 || !S_ISREG(facts.st_mode)) return std::nullopt;
  auto bytes = read_all(*file, max_raw, path);
  if (!bytes) return std::nullopt;
  return std::move(*bytes);
}

void embed(evidence::Raw& raw, const evidence::RawReader& reader) {
  if (raw.base64 || !raw.path) return;
  const auto bytes = reader(raw);
  if (!bytes) return;
  raw.base64 = base64(*bytes);
  raw.path.reset();
}

}  // namespace

evidence::RawReader raw_beside(fs::path folder) {
  return [folder = std::move(folder)](const evidence::Raw& raw) -> std::optional<std::string> {
    if (raw.base64) return evidence::embedded(raw);
    const auto path = raw.path ? inside(folder, *raw.path) : std::nullopt;
    if (!path) return std::nullopt;
    auto bytes = read_regular(*path);
    // What is there must be what was kept.
    if (bytes && hex(sha256(*bytes)) != raw.sha256) return std::nullopt;
    return bytes;
  };
}

evidence::Document with_raw(evidence::Document document, const evidence::RawReader& raw) {
  for (auto& probe : document.probes)
    evidence::each_raw(probe, [&](evidence::Raw& one) {
      if (probe.secret)
        one.path.reset();  // it would lead nowhere
      else
        embed(one, raw);
    });
  return document;
}

}  // namespace mailprobe::app
