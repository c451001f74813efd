#include "app/saved_runs.h"

#include <fcntl.h>

#include <algorithm>
#include <vector>

#include "app/config.h"
#include "app/cut_off_run.h"
#include "app/lab_settings.h"
#include "base/files.h"
#include "base/safe_text.h"
#include "base/text.h"
#include "evidence/json.h"

namespace mailprobe::app {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t max_document = 128 * 1024 * 1024;  // some messages of 10 MiB in base64

/// "20260131T120000Z-abc234": sorting by name is sorting by time.
bool run_name(std::string_view name) {
  constexpr std::size_t time_length = 16;
  return name.size() > time_length && is_digit(name[0]) && name[8] == 'T' && name[15] == 'Z' && name[16] == '-';
}

/// With evidence in them, or a journal of what came before it; oldest first.
std::vector<fs::path> runs_in(const fs::path& runs) {
  std::vector<fs::path> found;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(runs, error))
    if (run_name(entry.path().filename().string()) &&
        (fs::exists(entry.path() / "evidence.json", error) || without_evidence(entry.path())))
      found.push_back(entry.path());
  std::ranges::sort(found);
  return found;
}

Result<fs::path> evidence_of(const fs::path& run) {
  if (without_evidence(run)) return std::unexpected(why_without_evidence(run));
  return run / "evidence.json";
}

std::unexpected<Error> none(const std::string& what, const fs::path& runs) {
  return fail(Failure::usage, "there is no evidence \"" + safe_text(what) +
                                  "\": no such file, and no run of that name in " + safe_text(runs.string()));
}

Result<fs::path> runs_folder(const CommonOptions& common, const Environment& environment) {
  const auto file = find_config(common.config, environment);
  const auto settings = file ? load_config(*file, {.keys = false, .secrets = false}, environment)
                             : Result<probe::Settings>(default_settings(environment));
  if (!settings) return std::unexpected(settings.error());
  return fs::path(settings->runs);
}

}  // namespace

Result<fs::path> find_evidence(const std::string& what, const fs::path& runs) {
  const auto all = runs_in(runs);
  if (what == "last") {
    if (all.empty()) return fail(Failure::usage, "there is no run yet in " + safe_text(runs.string()));
    return evidence_of(all.back());
  }
  std::error_code error;
  if (fs::is_directory(what, error)) return evidence_of(fs::path(what));
  if (fs::exists(what, error)) return fs::path(what);
  std::vector<fs::path> fitting;
  std::ranges::copy_if(all, std::back_inserter(fitting),
                       [&](const fs::path& run) { return run.filename().string().starts_with(what); });
  if (fitting.empty() || what.empty()) return none(what, runs);
  if (fitting.size() > 1)
    return fail(Failure::usage, std::to_string(fitting.size()) + " runs begin with \"" + safe_text(what) + "\": " +
                                    fitting[0].filename().string() + ", " + fitting[1].filename().string() + ", …");
  return evidence_of(fitting.front());
}

Result<fs::path> find_saved(const std::string& what, const CommonOptions& common, const Environment& environment) {
  const auto of_lab = lab_folder(environment) / "runs";
  if (common.lab) return find_evidence(what, of_lab);
  const auto runs = runs_folder(common, environment);
  if (!runs) return runs;
  auto found = find_evidence(what, *runs);
  const auto there = [](const Result<fs::path>& run) { return run || run.error().kind != Failure::usage; };
  if (there(found) || common.config) return found;
  auto found_there = find_evidence(what, of_lab);
  return there(found_there) ? found_there : found;
}

Result<fs::path> find_run(const std::string& what, const CommonOptions& common, const Environment& environment) {
  const auto runs = runs_folder(common, environment);
  if (!runs) return runs;
  std::error_code error;
  if (fs::exists(fs::path(what) / "journal.jsonl", error)) return fs::path(what);
  auto all = runs_in(*runs);
  if (what != "last")
    std::erase_if(all, [&](const fs::path& run) { return !run.filename().string().starts_with(what); });
  if (all.empty() || what.empty())
    return fail(Failure::usage, "there is no run \"" + safe_text(what) + "\" in " + safe_text(runs->string()));
  if (all.size() > 1 && what != "last")
    return fail(Failure::usage, std::to_string(all.size()) + " runs begin with \"" + safe_text(what) + "\"");
  return all.back();
}

Result<evidence::Document> read_evidence(const fs::path& path) {
  const auto file = File::open(path, O_RDONLY);
  if (!file) return fail(Failure::usage, file.error().message);
  const auto text = read_all(*file, max_document, path);
  const auto name = safe_text(path.string());
  if (!text) return fail(Failure::usage, name + " cannot be read, or is larger than 128 MiB");
  auto document = evidence::from_json(*text);
  if (!document) return fail(Failure::usage, name + " is no evidence of mailprobe: " + document.error().message);
  return document;
}

}  // namespace mailprobe::app
