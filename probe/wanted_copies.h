// Whose copies a run wanted looked for in a mailbox, as its plan.json says: those of a scenario's `watch: {mailbox:
// false}` go where none of ours is.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "evidence/document.h"

namespace mailprobe::probe {

class WantedCopies {
 public:
  /// `run` is its folder.
  explicit WantedCopies(const std::filesystem::path& run);
  /// Where the plan does not say so (an older version's): unless the message was waited for as it is forwarded.
  [[nodiscard]] bool of(const evidence::Probe& probe) const;

 private:
  std::map<std::string, bool> by_name_;  // as planned
};

}  // namespace mailprobe::probe
