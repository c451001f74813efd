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

/// "results.xml" → "results-reflector@example.net.xml". Failure::usage: one of them is standard output, which has room
/// for one document.
Result<OutputPaths> paths_for(const Mailbox& target, const OutputPaths& paths);

}  // namespace mailprobe::app
