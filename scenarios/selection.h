// Some probes of a scenario: those of certain names or tags, and the controls without which they would count for
// nothing.
#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "scenarios/format.h"

namespace mailprobe::scenarios {

struct Selection {
  std::vector<std::string>
      only;  // names, "text" with all its combinations, "text/utf-8", "content:text"; as in `matches`
  std::vector<std::string> tags;       // one is enough; of the scenario or of the probe
  std::optional<std::int64_t> repeat;  // in place of what the file says

  [[nodiscard]] bool all() const { return only.empty() && tags.empty(); }
};

/// What is expected of several probes together goes, where some are left out. Failure::usage: a name that is nobody's.
Result<void> select(std::vector<Scenario>& scenarios, const Selection& selection);

}  // namespace mailprobe::scenarios
