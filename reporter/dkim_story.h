// What happened to the signatures, told once a change rather than once a signature: the same footer that breaks four
// signatures is one story. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "evidence/document.h"

namespace mailprobe::reporter {

struct Change {
  auth::Mutation mutation;
  std::vector<const auth::Dkim*> broken;    // signatures that it touches and that do not verify
  std::vector<const auth::Dkim*> survived;  // that verify in spite of it
};

/// In the order of the signatures. Points into `copy`.
std::vector<Change> changes(const evidence::MailboxCopy& copy);

/// "r1 relaxed/relaxed, e1 simple/simple"
std::string signature_names(const std::vector<const auth::Dkim*>& signatures);

/// What would have survived the change, with the header list that would have, where one would.
std::string remedy_of(const auth::Mutation& mutation);

/// The lines of a diff, without blank ones before the first change and without the end of the last line.
std::vector<std::string_view> diff_lines(std::string_view diff);

/// "header intact, body changed", "header and body intact", or "" where they could not be judged apart.
std::string parts_phrase(const auth::Dkim& signature);

}  // namespace mailprobe::reporter
