// The scenarios that come with the program, scenarios/*.yaml, as texts: each may be copied and changed. Not read here:
// scenarios/load.h.
#pragma once

#include <span>
#include <string_view>

namespace mailprobe::scenarios {

struct Suite {
  std::string_view name, text;
};

std::span<const Suite> suites();

}  // namespace mailprobe::scenarios
