// One of several targets of a run: the arguments that ask for it alone, by which it can be gone on with, and where its
// reports go. Pure.
#pragma once

#include <string>
#include <vector>

#include "app/options.h"
#include "base/address.h"

namespace mailprobe::app {

/// Without --to of the others.
std::vector<std::string> arguments_for(const Mailbox& target, const std::vector<std::string>& arguments);

/// `part` is what tells it apart from the others: "results.xml" → "results-reflector@example.net.xml". Failure::usage:
/// one of them is standard output, which has room for one document, and there are several `others`.
Result<OutputPaths> paths_for(std::string part, const OutputPaths& paths, const std::string& others);

}  // namespace mailprobe::app
