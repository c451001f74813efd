// The program's version, for run.version and --version. Not read from anywhere: a test holds it to CMakeLists.txt.
#pragma once

#include <string_view>

namespace mailprobe::probe {

constexpr std::string_view version = "0.1.0";

}  // namespace mailprobe::probe
