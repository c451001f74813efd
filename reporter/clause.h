// A sentence said in less: whole clauses, and no half ones.
#pragma once

#include <string>
#include <string_view>

namespace mailprobe::reporter {

/// On one line, and with a full stop; what is longer than `most` ends in "…" behind a whole word.
std::string whole_sentence(std::string_view text, std::size_t most);

/// The first clauses of a sentence that says much, else the sentence without its remarks in brackets, else what stands
/// before a colon; and where it has none of them, all of it.
std::string short_sentence(std::string_view text);

}  // namespace mailprobe::reporter
