// What the delivered copy shows: the checks of path.* that need it. For the sources of this room.
#pragma once

#include <string>

#include "evidence/findings.h"

namespace mailprobe::evidence {

/// Where there is no copy, each of them is not-tested. `at` is the probe's pointer.
void judge_copy(const Probe& probe, const std::string& at, const RawReader& raw, Findings& findings);

/// By SPECIAL-USE (RFC 6154), else by the folder's name.
bool in_junk(const MailboxCopy& copy);

/// What the target's filter wrote, explained: true in `spam` where it took the message for spam.
struct FilterVerdict {
  bool spam = false;
  std::string words;
};
FilterVerdict read_filter(const std::vector<std::string>& fields);

/// How the target's trusted results compare with ours.
void judge_recorded(const Probe& probe, const std::string& at, Findings& findings);

}  // namespace mailprobe::evidence
