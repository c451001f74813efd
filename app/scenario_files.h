// Scenario files by their names, or suites by theirs (scenarios/suites.h): read, bounded, with the values of their
// variables from the command line, the environment and files beside them. What is in them is scenarios/load's.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "app/environment.h"
#include "base/error.h"
#include "scenarios/format.h"

namespace mailprobe::app {

/// Whether the values of secrets are read, or what is to be shown has their names: "<env PASSWORD>".
enum class Secrets { read, named };

/// Failure::usage, with file and line: the first file that is not right. `given`: --set and the target.
Result<std::vector<scenarios::Scenario>> read_scenarios(const std::vector<std::string>& files,
                                                        const std::map<std::string, std::string>& given,
                                                        const Environment& environment,
                                                        Secrets secrets = Secrets::read);

}  // namespace mailprobe::app
