// From the text of a scenario file to a Scenario: variables put in, every combination of a matrix made, expectations
// parsed. Pure: the caller reads files and the environment. Not what can be sent as whom: that is probe/planning.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/secret.h"
#include "scenarios/format.h"

namespace mailprobe::scenarios {

/// Where the values of variables come from beside the file itself.
struct Outside {
  std::map<std::string, std::string> given;  // --to as "target", --set NAME=VALUE: before what the file says
  /// {env: NAME}, {file: PATH}; nullopt: there is none, or it cannot be read.
  std::function<std::optional<Secret>(const std::string& name)> environment;
  std::function<Result<Secret>(const std::string& path)> file;
};

/// Failure::usage: every mistake, a line "NAME:LINE:COLUMN: what was found, and what would fit" each, ten at most.
Result<Scenario> load(std::string_view text, const std::string& name, const Outside& outside);

}  // namespace mailprobe::scenarios
