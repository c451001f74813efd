// What of the findings may come from us, where a self.* check failed: marked, never excused. RFC 1912 §2.1, RFC 5321
// §4.5.4.1.
#pragma once

#include <vector>

#include "evidence/finding.h"

namespace mailprobe::evidence {

/// Into each finding that is not as it should be: the failed self.* findings that it may come from, as pointers into
/// the same list.
void mark_explained(std::vector<Finding>& findings);

/// The findings that those pointers are of, in that order.
std::vector<const Finding*> explanations(const std::vector<Finding>& findings, const Finding& of);

}  // namespace mailprobe::evidence
