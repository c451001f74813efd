// Reports as files: that they can be written is known before anything is sent; they appear whole or not at all.
#pragma once

#include <filesystem>
#include <string_view>

#include "app/options.h"
#include "base/error.h"

namespace mailprobe::app {

/// Failure::usage names the first that cannot be written, and why.
Result<void> check_outputs(const OutputPaths& paths);

/// Written aside and renamed; devices and pipes are written to, `-` is standard output.
Result<void> write_output(const std::string& path, std::string_view text);

}  // namespace mailprobe::app
