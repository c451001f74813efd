// Which of the configured identities a command means: --identity, else "default", else the only one.
#pragma once

#include <optional>
#include <string>

#include "base/error.h"
#include "probe/settings.h"

namespace mailprobe::app {

/// Failure::usage names those that there are.
Result<const probe::Identity*> identity_of(const probe::Settings& settings, const std::optional<std::string>& wanted);

}  // namespace mailprobe::app
