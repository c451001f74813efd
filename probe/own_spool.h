// Whether our receiver has room for what comes: where it has none, an answer is put off by us. Reads the spool's
// folder; takes nothing away. RFC 5321 §4.2.2 (452).
#pragma once

#include <optional>

#include "evidence/document.h"
#include "probe/settings.h"

namespace mailprobe::probe {

/// nullopt: nothing is received. own-limit: answers are put off. No cause and a problem: only what nobody waits for is.
std::optional<evidence::OwnRecord> check_spool(const Settings& settings);

}  // namespace mailprobe::probe
