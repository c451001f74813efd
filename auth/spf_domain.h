// Domain names as SPF sees them: which can be queried at all, how a long one is shortened, what lies within what.
// Pure. RFC 7208 §4.3, §4.8, §7.3; RFC 1035 §2.3.4 (sizes).
#pragma once

#include <string>
#include <string_view>

namespace mailprobe::auth {

/// RFC 7208 §4.3: at least two labels, none empty or over 63 octets, 253 in all; ASCII, as DNS has it.
bool queryable(std::string_view name);
/// RFC 7208 §7.3: a name that is too long loses labels on the left. Without a final dot.
std::string shortened(std::string name);
/// RFC 7208 §4.3: U-labels become A-labels; what cannot be converted stays and so is not queryable. Lower case.
std::string as_a_labels(std::string_view domain);
/// `name` is `domain` or lies below it.
bool within(std::string_view name, std::string_view domain);

}  // namespace mailprobe::auth
