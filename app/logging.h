// The program's log: lines on standard error, by spdlog, which do not run into the live line. Text that came from
// outside must have gone through safe_text. Secrets never come here: base/transcript.h sees to that.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "app/live_line.h"
#include "base/error.h"

namespace mailprobe::app {

enum class LogLevel { quiet, normal, verbose };  // errors; what happens; dialogues too

void set_up_logging(std::shared_ptr<LiveLine> line, LogLevel level);

bool debug_logged();
void log_debug(std::string_view text);
void log_info(std::string_view text);
void log_warning(std::string_view text);
void log_error(std::string_view text);

/// What we say, then what the peer said, escaped.
std::string describe(const Error& error);

}  // namespace mailprobe::app
