// collect: what runs still wait for, waited for and looked for again; their evidence amended.
#include <algorithm>

#include "app/commands.h"
#include "app/exit_status.h"
#include "app/keeping.h"
#include "app/logging.h"
#include "app/output_files.h"
#include "app/present.h"
#include "app/progress.h"
#include "app/raw_files.h"
#include "app/report_files.h"
#include "app/run_targets.h"
#include "app/runtime.h"
#include "app/saved_runs.h"
#include "app/world.h"
#include "base/safe_text.h"
#include "evidence/findings.h"
#include "probe/collect_runs.h"
#include "probe/identifiers.h"
#include "probe/run_directory.h"

namespace mailprobe::app {

namespace {

namespace fs = std::filesystem;

/// The folder of a run, not a document that was written elsewhere.
Result<fs::path> folder_of(const fs::path& evidence) {
  auto folder = evidence.parent_path().empty() ? fs::path(".") : evidence.parent_path();
  std::error_code error;
  if (fs::exists(folder / "journal.jsonl", error)) return folder;
  return fail(Failure::usage, safe_text(evidence.string()) +
                                  " is not in the folder of a run: \"mailprobe collect\" takes a run's id, or last");
}

/// Where our DNS is a witness the names of a probe are answered by ourselves, its key among them.
Task<Result<World>> open_world_for(const CollectCommand& command, const Setting& setting) {
  const Needs needs{.keys = false, .secrets = true};
  auto world = co_await open_world(setting.common, needs, setting.environment);
  if (setting.common.lab || !world || !world->settings.receiver.dns.wanted() || !command.reports.empty())
    co_return world;
  const Needs with_keys{.keys = true, .secrets = true};
  co_return co_await open_world(setting.common, with_keys, setting.environment);
}

/// An answer is taken for so long (RFC 5321 §4.5.4.1: a sender gives up after four or five days).
constexpr auto longest_wait = std::chrono::days(7);

/// Begun in the last days, ended, and not content. One whose evidence cannot be read is told of when it is its turn.
bool may_get_more(const fs::path& run, bool mailbox) {
  constexpr std::size_t time_length = 16;
  const auto oldest = probe::new_run_id(now() - longest_wait).substr(0, time_length);
  std::error_code error;
  if (run.filename().string() < oldest || !fs::exists(run / "evidence.json", error)) return false;
  if (!fs::exists(run / "journal.jsonl", error)) return false;  // of `inspect` or `doctor`
  const auto document = read_evidence(run / "evidence.json");
  if (document && probe::missing(*document, run, mailbox) == 0) return false;
  const auto free = probe::RunDirectory::open(run);
  if (!free) log_info("left alone: " + safe_text(free.error().message));
  return free.has_value();
}

Result<std::vector<fs::path>> all_that_wait(const Setting& setting, bool mailbox) {
  const auto keeping = keeping_of(setting.common, setting.environment);
  if (!keeping) return std::unexpected(keeping.error());
  auto runs = runs_in(keeping->runs);
  std::erase_if(runs, [&](const fs::path& run) { return !may_get_more(run, mailbox); });
  return runs;
}

/// The folders of the runs that are meant, each once.
Result<std::vector<fs::path>> meant(const CollectCommand& command, const Setting& setting, bool mailbox) {
  if (command.all) return all_that_wait(setting, mailbox);
  std::vector<fs::path> folders;
  folders.reserve(command.runs.size());
  for (const auto& what : command.runs) {
    const auto file = find_saved(what, setting.common, setting.environment);
    if (!file) return std::unexpected(file.error());
    auto folder = folder_of(*file);
    if (!folder) return std::unexpected(folder.error());
    if (std::ranges::find(folders, *folder) == folders.end()) folders.push_back(std::move(*folder));
  }
  return folders;
}

/// What is shown of each as it comes: of one run the whole verdict, of several a line each.
class Collected {
 public:
  Collected(const Setting& setting, Keeper keeper, bool several, bool mailbox)
      : setting_(setting), keeper_(std::move(keeper)), several_(several), mailbox_(mailbox) {}

  void add(const fs::path& directory, Result<probe::Outcome> outcome);
  /// The exit status of them all. Once.
  int finish() const;

 private:
  int show(probe::Outcome outcome);
  int show_line(probe::Outcome outcome);

  const Setting& setting_;
  Keeper keeper_;
  bool several_, mailbox_;  // mailbox_: there is one to look in
  int status_ = exit_ok;
  std::size_t cut_short_ = 0;  // of several
};

int Collected::show(probe::Outcome outcome) {
  return present(std::move(outcome.document), raw_beside(outcome.directory), setting_.common, setting_.console);
}

std::string_view in_a_word(int status) {
  return status == exit_ok ? "pass" : status == exit_fail ? "fail" : "inconclusive";
}

int Collected::show_line(probe::Outcome outcome) {
  const auto name = fs::path(outcome.directory).filename().string();
  auto own = setting_.common;
  auto paths = paths_for(name, own.files, "runs");
  if (!paths) return complain(paths.error());
  own.files = std::move(*paths);
  own.quiet = true;
  const auto messages = outcome.document.probes.size();
  const auto missing = probe::missing(outcome.document, outcome.directory, mailbox_);
  auto line = safe_text(name) + "  " + safe_text(outcome.document.run.target, 100) + "  " +
              evidence::count_of(messages, "message") +
              (missing == 0 ? std::string() : ", " + std::to_string(missing) + " still waited for");
  const int status = present(std::move(outcome.document), raw_beside(outcome.directory), own, setting_.console);
  if (!setting_.common.quiet) write_out(line + "  " + std::string(in_a_word(status)) + "\n");
  return status;
}

void Collected::add(const fs::path& directory, Result<probe::Outcome> outcome) {
  setting_.line->erase();
  if (!outcome && several_ && outcome.error().cause == Cause::interrupted) {
    ++cut_short_;
  } else if (!outcome) {
    auto error = outcome.error();
    if (several_) error.message = safe_text(directory.filename().string()) + ": " + error.message;
    status_ = worse_status(status_, complain(error));
  }
  if (!outcome) return;
  if (const auto& problem = outcome->document.run.problem) log_error(safe_text(*problem));
  keeper_.keep(outcome->document, outcome->directory);
  const int status = several_ ? show_line(std::move(*outcome)) : show(std::move(*outcome));
  status_ = worse_status(status_, status);
}

int Collected::finish() const {
  setting_.line->erase();
  if (cut_short_ == 0) return status_;
  log_error("interrupted: the evidence of " + evidence::count_of(cut_short_, "run") + " is as it was");
  return worse_status(status_, exit_inconclusive);
}

/// Of many runs the lines say enough.
probe::Progress progress_for(bool several, const ProgressPrinter& printer) {
  auto progress = printer.callbacks();
  if (several) progress.step = nullptr;
  return progress;
}

Task<int> collect(const CollectCommand& command, const Setting& setting) {
  auto world = co_await open_world_for(command, setting);
  if (!world) co_return complain(world.error());
  if (!world->configured) co_return complain(not_configured());
  const bool mailbox = !world->settings.mailboxes.empty();
  auto folders = meant(command, setting, mailbox);
  if (!folders) co_return complain(folders.error());
  const bool several = command.all || folders->size() > 1;
  if (folders->empty()) log_info("no run waits for anything");
  auto resolver = co_await open_resolver(*world);
  if (!resolver) co_return complain(resolver.error());
  const auto printer = co_await ProgressPrinter::make(setting.line, setting.console);
  auto progress = progress_for(several, printer);
  auto network = probe::real_network();
  auto options = command.options;
  if (!command.reports.empty()) options.reports = report_files(command.reports);
  Collected collected(setting, Keeper(world->settings, setting.common.history), several, mailbox);
  probe::RunsToCollect runs{
      .directories = std::move(*folders),
      .read = [](const fs::path& directory) { return read_evidence(directory / "evidence.json"); },
      .done = [&collected](const fs::path& directory,
                           Result<probe::Outcome> outcome) { collected.add(directory, std::move(outcome)); },
      .warn = [](const std::string& line) { log_warning(line); }};
  co_await probe::collect_runs(world->settings, std::move(runs), std::move(options), *world->resolver,
                               std::move(progress), std::move(network));
  co_return collected.finish();
}

/// Several runs have a file each, whose names are known when the runs are.
Result<void> check_files(const CollectCommand& command, const OutputPaths& files) {
  if (!command.all && command.runs.size() == 1) return check_outputs(files);
  const auto paths = paths_for("RUN", files, "runs");
  if (!paths) return std::unexpected(paths.error());
  return check_outputs(*paths);
}

}  // namespace

int run(const CollectCommand& command, const Setting& setting) {
  if (auto ok = check_files(command, setting.common.files); !ok) return complain(ok.error());
  return run_command([&] { return collect(command, setting); });
}

}  // namespace mailprobe::app
