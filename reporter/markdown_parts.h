// Parts of the Markdown summary (reporter/markdown.cpp): text from outside as text, and what became of mail to our
// traps. GitHub's and GitLab's Markdown; CommonMark 0.31.
#pragma once

#include <string>
#include <string_view>

#include "evidence/document.h"

namespace mailprobe::reporter {

/// One line without markup, links, or mentions of anybody.
std::string markdown_text(std::string_view from);

/// A table for each probe that asked for answers at traps, a row a trap; what was not asked for, and why. Empty: none
/// did.
std::string markdown_traps(const evidence::Document& document);

}  // namespace mailprobe::reporter
