// A run without evidence: alive in another process, or killed. What its journal says of its messages. Sends nothing on.
#pragma once

#include <filesystem>

#include "base/error.h"

namespace mailprobe::app {

/// Has a journal and no evidence.
bool without_evidence(const std::filesystem::path& run);

/// "run ID was cut off before it was complete; …", or that it is still running. Never of kind usage.
Error why_without_evidence(const std::filesystem::path& run);

}  // namespace mailprobe::app
