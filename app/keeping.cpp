#include "app/keeping.h"

#include <utility>

#include "app/logging.h"
#include "base/files.h"
#include "base/safe_text.h"
#include "evidence/compare.h"
#include "evidence/json.h"
#include "probe/identifiers.h"
#include "probe/run_directory.h"

namespace mailprobe::app {

namespace fs = std::filesystem;

namespace {

/// The evidence of a run with a directory, once more. A run that goes on in another process is left alone.
Result<void> amend(const fs::path& directory, const std::string& json) {
  const auto open = probe::RunDirectory::open(directory);
  if (!open) return std::unexpected(open.error());
  return open->write_evidence(json);
}

/// Of a run that needed no directory while it ran. It can be had again: no domain waits for the disk.
Result<void> write(const fs::path& directory, const std::string& json) {
  if (auto made = make_directory(directory); !made) return made;
  return replace_cached(directory / "evidence.json", json);
}

/// Bytes that are not UTF-8 are written as U+FFFD.
bool lost_bytes(const std::string& json) { return json.find("\xef\xbf\xbd") != std::string::npos; }

/// As it will be read again: what is rendered of it now and later is the same then, byte for byte.
void as_written(evidence::Document& document, const std::string& json) {
  if (auto read = evidence::from_json(json)) document = std::move(*read);
}

}  // namespace

Keeper::Keeper(const probe::Settings& settings, bool wanted)
    : file_(settings.store), runs_(settings.runs), wanted_(wanted) {}

void Keeper::warn(const Error& error) {
  given_up_ = true;
  log_warning("not kept in the history: " + describe(error));
}

/// One that cannot be opened, or that is locked, is not tried again for each of a thousand domains.
history::Store* Keeper::store() {
  if (store_ || given_up_) return given_up_ ? nullptr : &*store_;
  auto opened = history::Store::open(file_);
  if (!opened) {
    warn(opened.error());
    return nullptr;
  }
  return &store_.emplace(std::move(*opened));
}

void Keeper::compare(evidence::Document& document) {
  const auto* const kept = store();
  if (kept == nullptr) return;
  const auto before = kept->before(document);
  if (!before) return warn(before.error());
  if (!*before) return;
  auto trend = kept->trend(document, evidence::trend_length);
  if (!trend) return warn(trend.error());
  document.comparison = evidence::compare(**before, document);
  document.comparison->trend = std::move(*trend);
}

bool Keeper::add(const evidence::Document& document, const std::string& json) {
  const auto* const kept = store();
  if (kept == nullptr) return false;
  const auto added = kept->add(document, json);
  if (!added) warn(added.error());
  return added.has_value();
}

void Keeper::keep(evidence::Document& document, const fs::path& directory) {
  if (!wanted_) return;
  compare(document);
  const auto json = evidence::to_json(document);
  if (document.comparison)
    if (const auto amended = amend(directory, json); !amended)
      log_warning("the evidence is without the comparison with the last run: " + describe(amended.error()));
  (void)add(document, json);
  as_written(document, json);
}

/// Many that begin in one second may be named alike by chance.
void Keeper::name(evidence::Document& document) {
  std::error_code error;
  do document.run.id = probe::new_run_id(document.run.started);
  while (fs::exists(runs_ / *document.run.id, error) ||
         (store() != nullptr && store()->contains(*document.run.id).value_or(false)));
}

void Keeper::keep(evidence::Document& document) {
  if (!wanted_) return;
  name(document);
  compare(document);
  const auto json = evidence::to_json(document);
  const auto written = write(runs_ / *document.run.id, json);
  if (!written && !std::exchange(without_files_, true))
    log_warning("the evidence has no file: " + describe(written.error()));
  if (!add(document, json) && !written) document.run.id.reset();  // nothing is kept that one could ask for
  if (lost_bytes(json)) as_written(document, json);               // of a thousand domains it would take its time
}

}  // namespace mailprobe::app
