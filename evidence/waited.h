// How long something was waited for, as it is told: to the second, where it is more than one.
#pragma once

#include <cstdint>
#include <string>

namespace mailprobe::evidence {

/// "30s" of 29,999 ms, "5m10s", "250ms".
std::string waited_text(std::int64_t ms);

}  // namespace mailprobe::evidence
