// Looks again for the copies and the answers that a run still waits for, and for reports that speak of it, and amends
// its evidence: what is late counts. Sends nothing, and receives nothing: answers and reports are what our receiver has
// taken meanwhile (receiver/spool.h), or files; who waits for answers does so before (probe/collect_runs.h). The run's
// own fate (its attempts, what it looked up) stays as it was recorded.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "probe/report_source.h"
#include "probe/run.h"

namespace mailprobe::probe {

struct CollectOptions {
  std::optional<std::string> mailbox;
  std::optional<std::chrono::milliseconds> wait;  // from now on; else what is left of the configured wait, and one look
  bool delete_copy = false;
  ReportSource reports;  // that were named: then nothing else is looked at; else those in the receiver's spool
};

/// The probes that may still arrive or be answered, by their place in the document: taken over, or perhaps, and not
/// found; or no final answer has come where one was asked for.
std::vector<std::size_t> awaited(const evidence::Document& document);

/// Of those the ones that are missing something: where an answer was asked for and came, no copy is, unless one was
/// looked for in vain; nor where none is to be looked for, as the plan in the run's `directory` says.
/// `mailbox`: there is one to look in.
std::size_t missing(const evidence::Document& document, const std::filesystem::path& directory, bool mailbox);
/// Whether the second message of one that is smuggled, whose copy has been found, is still looked for.
bool awaits_second(const evidence::Probe& probe);
/// How long it is still waited for; zero: it is only looked for.
std::chrono::milliseconds time_left(const Settings& settings, const CollectOptions& options,
                                    const evidence::Probe& probe);
/// Whether an answer was asked for, or the message itself back through a forwarder, and the last word has not come.
bool awaits_answer(const evidence::Probe& probe);

/// The document of a directory, bounded and checked.
using DocumentReader = std::function<Result<evidence::Document>(const std::filesystem::path& directory)>;

/// The document is read when no other process can amend it any more. Failure::usage: no mailbox to look in, a refused
/// login, a run that is alive. An error leaves the evidence as it was.
Task<Result<Outcome>> collect(const Settings& settings, DocumentReader read, std::filesystem::path directory,
                              CollectOptions options, dns::Resolver& resolver, Progress progress, Network network);

}  // namespace mailprobe::probe
