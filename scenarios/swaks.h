// The swaks command that is nearest to a planned message, for whoever wants to try it by hand. Signs nothing and sends
// nothing: what swaks cannot do stands above it as a comment. RFC 5321, RFC 5322.
#pragma once

#include <string>

#include "scenarios/plan.h"

namespace mailprobe::scenarios {

/// A comment or more, then one command line of a POSIX shell, each with its end. `helo`: what we say in EHLO.
std::string swaks_command(const PlannedProbe& probe, const std::string& helo);

}  // namespace mailprobe::scenarios
