// The words of the command line that every command takes: where to read, what to write, how to talk.
#pragma once

#include <string>

#include "app/command_syntax.h"
#include "app/environment.h"
#include "app/options.h"
#include "base/error.h"

namespace mailprobe::app {

inline std::unexpected<Error> usage(std::string text) { return fail(Failure::usage, std::move(text)); }

/// --lab and --config exclude each other; a flag ends the other's variable.
Result<void> settle_source(Words& words, const Environment& environment);

Result<CommonOptions> common_of(const Words& words);

}  // namespace mailprobe::app
