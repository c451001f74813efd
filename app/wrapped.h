// Words into lines of a given width, for help and tables. Counts octets: for our own ASCII words only.
#pragma once

#include <string>
#include <string_view>

namespace mailprobe::app {

/// Broken at spaces; the first line begins at column `indent`, each later one is indented so far.
std::string wrapped(std::string_view text, std::size_t indent, std::size_t width);

}  // namespace mailprobe::app
