// A message of a run that was cut off, as the run left it: its journal says whether it goes out again, what was kept
// beside says what is known of it. Sends nothing.
#pragma once

#include <optional>

#include "evidence/document.h"
#include "probe/execution.h"
#include "probe/fates.h"

namespace mailprobe::probe {

/// What the run left behind.
struct Earlier {
  std::vector<Fate> fates;                     // in the order in which they were planned
  std::optional<evidence::Document> document;  // of one that was interrupted, and had time to write it
  Time started;
  std::vector<bool> taken = {};  // of the fates

  /// Which fate is the message's: by its name, which says where it goes, for DNS turns its answers as it likes. Each is
  /// taken once.
  std::optional<std::size_t> take(const std::string& name);
  /// --each-mx: where messages of the probe were to go, barred: to an address that DNS names no more nothing is sent.
  [[nodiscard]] std::vector<Place> places_of(const scenarios::PlannedProbe& planned) const;
};

/// --each-mx: what tells the messages of one planned probe apart, behind its name.
std::string suffix_of(const Place& place);

/// Of the values of the plan's secrets, in the run of that id. It lies beside messages that hold them.
std::string mark_of_secrets(const scenarios::Plan& plan, const std::string& id);

/// Failure::usage: it is complete, or not of this plan and its secrets. The folder is locked by now.
Result<Earlier> earlier_run(const RunDirectory& directory, const scenarios::Plan& plan);

/// Its attempts, its copy and its answers, where they are known. With a fate that is decided it is `decided`.
void restore(Dispatch& dispatch, const Fate& fate, const Earlier& earlier, const RunDirectory& directory);

}  // namespace mailprobe::probe
