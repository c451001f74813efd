// The story of one probe in words: where the message got to and what became of it on the way. No verdicts: those are
// findings.
#pragma once

#include <string>

#include "evidence/assess.h"

namespace mailprobe::reporter {

/// One sentence with a full stop: "The message arrived in the inbox, encrypted on the way in (TLS 1.3), …".
std::string probe_sentence(const evidence::Probe& probe, const evidence::Document& document);

/// The message went out whole, so that a copy may be somewhere.
bool handed_over(const evidence::Probe& probe);

/// "the inbox", "the junk folder", "the folder “Lists”".
std::string folder_phrase(const evidence::MailboxCopy& copy);

}  // namespace mailprobe::reporter
