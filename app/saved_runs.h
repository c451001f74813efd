// Saved evidence by the names that the command line takes: a file, a run's id or the beginning of one, "last".
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "app/environment.h"
#include "app/options.h"
#include "base/error.h"
#include "evidence/document.h"

namespace mailprobe::app {

/// The evidence file. `runs` is the folder of all runs. A run that is there without evidence is not of kind usage.
Result<std::filesystem::path> find_evidence(const std::string& what, const std::filesystem::path& runs);

/// The same in the folder of runs that is configured; among the lab's runs too, where there is nothing else: who has
/// just tried the lab types "report last".
Result<std::filesystem::path> find_saved(const std::string& what, const CommonOptions& common,
                                         const Environment& environment);

/// Documents, and where the bytes lie that they refer to. Of a run there is one; a file of `inspect` may have more.
struct Saved {
  std::vector<evidence::Document> documents;
  std::filesystem::path folder;
};

/// As find_saved, and where there is no such directory (of `inspect`, or it is gone), or what is there is damaged, out
/// of the history. "last" is the newest of both.
Result<Saved> load_saved(const std::string& what, const CommonOptions& common, const Environment& environment);

/// The settings that say where runs and their history are; the lab's with --lab.
struct Keeping {
  std::filesystem::path runs, store;
};
Result<Keeping> keeping_of(const CommonOptions& common, const Environment& environment);

/// The folders of runs that have evidence, or a journal of what came before it; the oldest first.
std::vector<std::filesystem::path> runs_in(const std::filesystem::path& runs);
/// "20260131T120000Z-abc234"
bool run_name(std::string_view name);
/// The folder of a run, whether it came to its end or not.
Result<std::filesystem::path> find_run(const std::string& what, const CommonOptions& common,
                                       const Environment& environment);

/// Bounded and checked: it may come from anybody.
Result<evidence::Document> read_evidence(const std::filesystem::path& file);
/// The same, or a line a document, as `inspect` writes them of several domains.
Result<std::vector<evidence::Document>> read_documents(const std::filesystem::path& file);

}  // namespace mailprobe::app
