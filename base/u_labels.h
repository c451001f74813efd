// A domain name as people write it: A-labels as U-labels, for showing. Not for comparing or asking: names stay as
// base/address.h has them. RFC 5890 §2.3.2.1, RFC 5891 §5.
#pragma once

#include <string>
#include <string_view>

namespace mailprobe {

/// The name itself where it has no A-label, or one that does not come back the same.
std::string with_u_labels(std::string_view domain);

}  // namespace mailprobe
