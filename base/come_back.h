// When a 4xx reply says to come back. No standard has the words; these are what greylisting servers write.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace mailprobe {

/// "try again in 300 seconds", "greylisted for 5 minutes", postgrey's "in 00:04:59". Nothing where no time is named, or
/// one of more than a day: no queue waits for that.
std::optional<std::chrono::seconds> come_back_in(std::string_view reply_text);

}  // namespace mailprobe
