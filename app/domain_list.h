// Which domains: of the command line, of a file, of standard input. All of them are read and checked before anything
// is looked up. Names are A-labels (RFC 5891), each once, in their order.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace mailprobe::app {

/// `words` are domain names, or "-" for standard input; `file` is a list too. Failure::usage names file and line.
Result<std::vector<std::string>> read_domains(const std::vector<std::string>& words,
                                              const std::optional<std::string>& file);

/// One domain a line; empty lines, and what follows a #, say nothing. `name` stands in errors.
Result<std::vector<std::string>> parse_domain_list(std::string_view text, const std::string& name);

}  // namespace mailprobe::app
