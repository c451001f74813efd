// Text from outside, made fit for where it goes: HTML and XML, YAML, one line. Not for the terminal's width (that is
// terminal_page.h) and not a sanitiser of markup: nothing from outside is ever markup.
// XML 1.0 §2.2 (Char), HTML (escaping), TAP 14 (escapes), YAML 1.2 §5.7 (double-quoted).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace mailprobe::reporter {

/// For HTML and XML, element content and quoted attributes alike. LF and TAB stay, every other control character, bidi
/// override, noncharacter and byte that is not UTF-8 becomes \xNN.
std::string markup_text(std::string_view text);

/// safe_text without the line ends: what names of things look like in one line.
std::string one_line(std::string_view text, std::size_t max = 4096);

/// CRLF as LF: how lines of mail are shown. A CR alone stays, to be seen.
std::string shown_lines(std::string_view bytes);

/// In double quotes, for a YAML scalar.
std::string yaml_text(std::string_view text);

/// A TAP description: `#` and `\` stand behind a backslash.
std::string tap_text(std::string_view text);

}  // namespace mailprobe::reporter
