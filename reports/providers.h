// Who reports for whom: a provider's reports come from a domain that its MX hosts need not be in. A table, to grow.
#pragma once

#include <string>
#include <vector>

namespace mailprobe::reports {

/// Whether a report of one of these domains can be about mail that one of those organisational domains took.
bool reports_for(const std::vector<std::string>& reporters, const std::vector<std::string>& targets);

}  // namespace mailprobe::reports
