// What becomes of a run's evidence once it is safe where it belongs: held against the last run of its kind, and put
// into the history. What goes wrong here is told once, loses no run and changes no verdict. docs/history.md.
#pragma once

#include <filesystem>
#include <optional>

#include "evidence/document.h"
#include "history/store.h"
#include "probe/settings.h"

namespace mailprobe::app {

class Keeper {
 public:
  /// Opens the history when it is first needed; not at all without `wanted`.
  Keeper(const probe::Settings& settings, bool wanted);

  /// Of a run that has a directory: its evidence there gets the comparison too. The document is then what was written.
  void keep(evidence::Document& document, const std::filesystem::path& directory);
  /// Of one that has none, and no id yet: it gets both.
  void keep(evidence::Document& document);

 private:
  history::Store* store();
  void compare(evidence::Document& document);
  bool add(const evidence::Document& document, const std::string& json);
  void name(evidence::Document& document);
  void warn(const Error& error);

  std::filesystem::path file_, runs_;
  bool wanted_;
  bool given_up_ = false, without_files_ = false;  // it has been told why
  std::optional<history::Store> store_;
};

}  // namespace mailprobe::app
