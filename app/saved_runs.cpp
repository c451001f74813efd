#include "app/saved_runs.h"

#include <fcntl.h>

#include <algorithm>

#include "app/config.h"
#include "app/cut_off_run.h"
#include "app/lab_settings.h"
#include "app/logging.h"
#include "base/files.h"
#include "base/safe_text.h"
#include "base/text.h"
#include "evidence/json.h"
#include "history/store.h"

namespace mailprobe::app {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t max_document = 128 * 1024 * 1024;  // some messages of 10 MiB in base64

Result<fs::path> evidence_of(const fs::path& run) {
  if (without_evidence(run)) return std::unexpected(why_without_evidence(run));
  return run / "evidence.json";
}

std::unexpected<Error> none(const std::string& what, const fs::path& runs) {
  return fail(Failure::usage, "there is no evidence \"" + safe_text(what) +
                                  "\": no such file, and no run of that name in " + safe_text(runs.string()));
}

Keeping of_lab(const Environment& environment) {
  const auto folder = lab_folder(environment);
  return {folder / "runs", folder / "history.db"};
}

Result<Keeping> configured(const CommonOptions& common, const Environment& environment) {
  const auto file = find_config(common.config, environment);
  const auto settings = file ? load_config(*file, {.keys = false, .secrets = false}, environment)
                             : Result<probe::Settings>(default_settings(environment));
  if (!settings) return std::unexpected(settings.error());
  return Keeping{settings->runs, settings->store};
}

fs::path parent_of(const fs::path& file) { return file.parent_path().empty() ? fs::path(".") : file.parent_path(); }

/// Found, or there and of no use.
template <class T>
bool there(const Result<T>& found) {
  return found || found.error().kind != Failure::usage;
}

}  // namespace

Result<Keeping> keeping_of(const CommonOptions& common, const Environment& environment) {
  return common.lab ? of_lab(environment) : configured(common, environment);
}

/// Sorting by name is sorting by time.
bool run_name(std::string_view name) {
  constexpr std::size_t time_length = 16, longest = 32;
  const auto rest = name.size() > time_length ? name.substr(time_length + 1) : std::string_view{};
  const auto plain = [](char c) { return is_digit(c) || (c >= 'a' && c <= 'z'); };
  return name.size() > time_length && name.size() <= longest && is_digit(name[0]) && name[8] == 'T' &&
         name[15] == 'Z' && name[16] == '-' && std::ranges::all_of(rest, plain);
}

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
  const auto keeping = keeping_of(common, environment);
  if (!keeping) return std::unexpected(keeping.error());
  auto found = find_evidence(what, keeping->runs);
  if (there(found) || common.config || common.lab) return found;
  auto found_there = find_evidence(what, of_lab(environment).runs);
  return there(found_there) ? found_there : found;
}

namespace {

Result<Saved> from_file(const fs::path& file) {
  auto documents = read_documents(file);
  if (!documents) return std::unexpected(documents.error());
  return Saved{std::move(*documents), parent_of(file)};
}

/// A disk that was full, or a crash of the machine, may leave half of a file; the history has its own copy.
Result<Saved> from_directory(const fs::path& file, const history::Store& store) {
  auto saved = from_file(file);
  if (saved) return saved;
  const auto name = parent_of(file).filename().string();
  auto kept = store.load(name);
  if (!kept) return saved;
  log_warning(saved.error().message + "; what the history keeps of run " + safe_text(name) + " is taken instead");
  return Saved{{std::move(*kept)}, parent_of(file)};
}

/// What there is to choose from in the history, where `what` is no name of a file: ids that are no directories.
Result<std::vector<std::string>> kept_ids(const std::string& what, const history::Store& store) {
  constexpr std::size_t enough = 3;
  if (what != "last") return store.ids(what, enough);
  const auto newest = store.newest();
  if (!newest) return std::unexpected(newest.error());
  return *newest ? std::vector{**newest} : std::vector<std::string>{};
}

/// By name alone, a directory or not.
Result<Saved> from_history(const std::string& what, const Keeping& keeping, const Result<fs::path>& file) {
  const auto name = file ? parent_of(*file).filename().string() : std::string{};
  const auto store = history::Store::open_existing(keeping.store);
  if (!store && file) log_warning(describe(store.error()));
  if (!store) return file ? from_file(*file) : Result<Saved>(std::unexpected(store.error()));
  if (!*store) return file ? from_file(*file) : Result<Saved>(std::unexpected(file.error()));
  const auto otherwise = [&] {
    return file ? from_directory(*file, **store) : Result<Saved>(std::unexpected(file.error()));
  };
  if (what.empty()) return otherwise();
  auto ids = kept_ids(what, **store);
  if (!ids) return std::unexpected(ids.error());
  std::erase(*ids, name);
  if (ids->empty() || (what == "last" && ids->front() < name)) return otherwise();
  if (what != "last" && ids->size() + (file ? 1 : 0) > 1)
    return fail(Failure::usage, "several runs begin with \"" + safe_text(what) + "\": " + safe_text(ids->front()) +
                                    (file ? ", " + name : ", " + safe_text(ids->back())) + ", …");
  auto document = (*store)->load(ids->front());
  if (!document) return std::unexpected(document.error());
  return Saved{{std::move(*document)}, keeping.runs / safe_text(ids->front())};
}

Result<Saved> load_from(const std::string& what, const Keeping& keeping) {
  const auto file = find_evidence(what, keeping.runs);
  if (!file && there(file)) return std::unexpected(file.error());  // cut off, or still running
  std::error_code error;
  const bool named_file = what != "last" && fs::exists(what, error);
  if (!named_file) return from_history(what, keeping, file);
  return file ? from_file(*file) : Result<Saved>(std::unexpected(file.error()));
}

}  // namespace

Result<Saved> load_saved(const std::string& what, const CommonOptions& common, const Environment& environment) {
  const auto keeping = keeping_of(common, environment);
  if (!keeping) return std::unexpected(keeping.error());
  auto saved = load_from(what, *keeping);
  if (there(saved) || common.config || common.lab) return saved;
  auto saved_there = load_from(what, of_lab(environment));
  return there(saved_there) ? std::move(saved_there) : std::move(saved);
}

Result<fs::path> find_run(const std::string& what, const CommonOptions& common, const Environment& environment) {
  const auto keeping = keeping_of(common, environment);
  if (!keeping) return std::unexpected(keeping.error());
  const auto& runs = keeping->runs;
  std::error_code error;
  if (fs::exists(fs::path(what) / "journal.jsonl", error)) return fs::path(what);
  auto all = runs_in(runs);
  if (what != "last")
    std::erase_if(all, [&](const fs::path& run) { return !run.filename().string().starts_with(what); });
  if (all.empty() || what.empty())
    return fail(Failure::usage, "there is no run \"" + safe_text(what) + "\" in " + safe_text(runs.string()));
  if (all.size() > 1 && what != "last")
    return fail(Failure::usage, std::to_string(all.size()) + " runs begin with \"" + safe_text(what) + "\"");
  return all.back();
}

namespace {

Result<std::string> text_of(const fs::path& path) {
  const auto file = File::open(path, O_RDONLY);
  if (!file) return fail(Failure::usage, file.error().message);
  auto text = read_all(*file, max_document, path);
  if (!text) return fail(Failure::usage, safe_text(path.string()) + " cannot be read, or is larger than 128 MiB");
  return text;
}

Result<evidence::Document> parsed(std::string_view text, const std::string& name) {
  auto document = evidence::from_json(text);
  if (!document) return fail(Failure::usage, name + " is no evidence of mailprobe: " + document.error().message);
  return document;
}

std::vector<std::string_view> lines_of(std::string_view text) {
  auto lines = split(text, '\n');
  std::erase_if(lines, [](std::string_view line) { return trim(line).empty(); });
  return lines;
}

}  // namespace

Result<evidence::Document> read_evidence(const fs::path& path) {
  const auto text = text_of(path);
  if (!text) return std::unexpected(text.error());
  return parsed(*text, safe_text(path.string()));
}

Result<std::vector<evidence::Document>> read_documents(const fs::path& path) {
  const auto text = text_of(path);
  if (!text) return std::unexpected(text.error());
  const auto name = safe_text(path.string());
  std::vector<evidence::Document> documents;
  const auto lines = lines_of(*text);
  // Made readable by a tool one document has many lines, too, of which the first says nothing by itself.
  const bool many = lines.size() > 1 && evidence::from_json(lines.front());
  documents.reserve(many ? lines.size() : 1);
  for (std::size_t i = 0; i < (many ? lines.size() : 1); ++i) {
    auto document = many ? parsed(lines[i], name + ":" + std::to_string(i + 1)) : parsed(*text, name);
    if (!document) return std::unexpected(document.error());
    documents.push_back(std::move(*document));
  }
  return documents;
}

}  // namespace mailprobe::app
