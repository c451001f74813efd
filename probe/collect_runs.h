// Runs that are looked after by one process, many at once: while answers are waited for, an unanswered probe is an
// entry in a table, and holds no connection, no document and no thread. Mail is taken meanwhile, by us where nobody
// else does it. A run whose last answer has come, or whose time is over, is amended: one after the other
// (probe/collect.h).
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "probe/collect.h"

namespace mailprobe::probe {

struct RunsToCollect {
  std::vector<std::filesystem::path> directories;
  /// Also when the wait is over, again.
  DocumentReader read;
  /// What came of each, in the order in which they end. An error: its evidence is as it was.
  std::function<void(const std::filesystem::path& directory, Result<Outcome> outcome)> done;
  /// What is amiss with us, in words.
  std::function<void(const std::string& line)> warn = [](const std::string&) {};
};

/// `options` are those of each; their wait begins here. A copy that is missing from one of several runs is looked for
/// now and then, so that no run waits for another, and no mailbox connection is held. Cut short by a cancellation: what
/// has not come to its end stays as it was, and what came of it lies in the spool.
Task<void> collect_runs(const Settings& settings, RunsToCollect runs, CollectOptions options, dns::Resolver& resolver,
                        Progress progress, Network network);

}  // namespace mailprobe::probe
