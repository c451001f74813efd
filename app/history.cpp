// history: the runs that are kept, listed, thrown away when they are old, or taken in again from their directories.
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "app/commands.h"
#include "app/cut_off_run.h"
#include "app/exit_status.h"
#include "app/history_table.h"
#include "app/logging.h"
#include "app/output_files.h"
#include "app/saved_runs.h"
#include "base/safe_text.h"
#include "evidence/json.h"
#include "history/store.h"
#include "probe/run_directory.h"

namespace mailprobe::app {

namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

json::value or_null(const std::string& text) { return text.empty() ? json::value() : json::string(valid_utf8(text)); }

template <class T>
json::value or_null(const std::optional<T>& number) {
  return number ? json::value(*number) : json::value();
}

/// A line a run.
std::string json_line(const history::Row& row) {
  const auto& point = row.point;
  return json::serialize(json::object{{"id", or_null(row.id)},
                                      {"command", or_null(row.kind.command)},
                                      {"target", or_null(row.kind.target)},
                                      {"recipient", or_null(row.kind.recipient)},
                                      {"scenario", or_null(row.kind.scenario)},
                                      {"started", json::string(rfc3339(point.started))},
                                      {"interrupted", row.interrupted},
                                      {"exit", or_null(point.exit)},
                                      {"passed", point.passed},
                                      {"warned", point.warned},
                                      {"failed", point.failed},
                                      {"undetermined", point.undetermined},
                                      {"latency_ms", or_null(point.latency_ms)},
                                      {"session_ms", or_null(point.session_ms)}}) +
         "\n";
}

int list(const HistoryCommand& command, const history::Store& store, const Setting& setting) {
  const auto& json = setting.common.files.json;
  const auto rows = store.list(command.target, command.limit);
  if (!rows) return complain(rows.error());
  std::string text;
  if (!json) text = history_table(*rows, setting.console);
  if (json)
    for (const auto& row : *rows) text += json_line(row);
  if (rows->empty()) log_info("no run is kept" + (command.target ? " about " + safe_text(*command.target) : ""));
  if (auto ok = write_output(json.value_or("-"), text); !ok) return complain(ok.error());
  return exit_ok;
}

/// Of a run that is gone from the history. Not of one that goes on in another process; not what is named otherwise.
void remove_directory(const fs::path& runs, const std::string& id) {
  std::error_code error;
  if (!run_name(id) || !fs::is_directory(runs / id, error)) return;
  if (!fs::exists(runs / id / "journal.jsonl", error)) {
    fs::remove_all(runs / id, error);
  } else if (const auto run = probe::RunDirectory::open(runs / id)) {
    run->discard();
  } else {
    log_warning("left where it is: " + describe(run.error()));
  }
}

int retain(const HistoryCommand& command, const history::Store& store, const fs::path& runs) {
  const auto gone = command.retain_age ? store.remove_before(now() - *command.retain_age)
                                       : store.remove_beyond(*command.retain_count);
  if (!gone) return complain(gone.error());
  for (const auto& id : *gone) remove_directory(runs, id);
  log_info(gone->empty()       ? std::string("nothing was removed")
           : gone->size() == 1 ? std::string("one run was removed")
                               : std::to_string(gone->size()) + " runs were removed");
  return exit_ok;
}

/// Whether it is in the history now and was not before.
Result<bool> take_in(const fs::path& run, const history::Store& store) {
  const auto there = store.contains(run.filename().string());
  if (!there || *there) return there ? Result<bool>(false) : there;
  const auto document = read_evidence(run / "evidence.json");
  if (!document) return std::unexpected(document.error());
  if (document->run.id != run.filename().string())
    return fail(Failure::usage, safe_text(run.string()) + " has the evidence of another run");
  if (auto added = store.add(*document, evidence::to_json(*document)); !added) return std::unexpected(added.error());
  return true;
}

int rebuild(const history::Store& store, const fs::path& runs) {
  std::size_t taken = 0;
  int status = exit_ok;
  for (const auto& run : runs_in(runs)) {
    if (without_evidence(run)) continue;
    const auto added = take_in(run, store);
    if (!added) {
      log_warning("not taken in: " + describe(added.error()));
      status = exit_inconclusive;
    }
    if (added.value_or(false)) ++taken;
  }
  log_info(std::to_string(taken) + (taken == 1 ? " run was" : " runs were") + " taken in from " +
           safe_text(runs.string()));
  return status;
}

}  // namespace

int run(const HistoryCommand& command, const Setting& setting) {
  if (auto ok = check_outputs(setting.common.files); !ok) return complain(ok.error());
  const auto keeping = keeping_of(setting.common, setting.environment);
  if (!keeping) return complain(keeping.error());
  const auto store = history::Store::open(keeping->store);
  if (!store) return complain(store.error());
  if (command.rebuild) return rebuild(*store, keeping->runs);
  if (command.retain_age || command.retain_count) return retain(command, *store, keeping->runs);
  return list(command, *store, setting);
}

}  // namespace mailprobe::app
