// What `init` says of receiving and of traps: the section of the configuration, in comments because it needs addresses
// and a certificate, and the records that go with it. docs/traps.md.
#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "base/ip.h"
#include "receiver/folder.h"

namespace mailprobe::app {

/// `receiver:`, each line a comment.
std::string receiver_section(const std::string& domain, const std::vector<IpAddress>& ips);

/// What to do for the traps, in order, with the records; the traps' own key is made where there is none yet.
Result<std::string> trap_steps(const std::string& domain, const receiver::Folder& folder);

}  // namespace mailprobe::app
