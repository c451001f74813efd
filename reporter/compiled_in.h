// The files of reporter/templates, as cmake/CompiledIn.cmake compiles them into the program. Not what a user put in
// their place: that is templates.h.
#pragma once

#include <span>
#include <string_view>

namespace mailprobe::reporter {

struct CompiledIn {
  std::string_view name, text;  // "badge"; "style" is style.css
};

/// By their names' order.
std::span<const CompiledIn> compiled_in();

}  // namespace mailprobe::reporter
