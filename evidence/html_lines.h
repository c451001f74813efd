// What HTML says, as lines of text: tags undone, blocks begin lines, what is quoted begins with ">". For finding the
// first line that somebody wrote; no rendering, no entities but the commonest. Pure, linear, bounded.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mailprobe::evidence {

constexpr std::size_t max_html = 64 * 1024;  // octets that are looked at: the first line stands near the top
constexpr std::size_t max_html_lines = 200;

std::vector<std::string> html_lines(std::string_view html);

}  // namespace mailprobe::evidence
