// The members of target.policies that always stand in the evidence document, known or not. Not the policies
// themselves: RFC 7208, RFC 9989, RFC 8461, RFC 8460.
#pragma once

#include <array>
#include <string_view>

namespace mailprobe::evidence {

constexpr std::array<std::string_view, 5> policy_names{"spf", "dmarc", "bimi", "mta_sts", "tlsrpt"};

}  // namespace mailprobe::evidence
