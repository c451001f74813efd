// SEARCH keys as a question to one message. Pure; looks at raw bytes: decodes no MIME words and no transfer encodings.
// RFC 3501 §6.4.4.
#pragma once

#include <functional>
#include <vector>

#include "lab/imap_command.h"
#include "lab/mailbox.h"

namespace mailprobe::lab {

/// One message as a session sees it.
struct Seen {
  const MailStore::Message& message;
  std::uint32_t sequence = 0, last_sequence = 0, last_uid = 0;
};

using Question = std::function<bool(const Seen&)>;

/// The keys of a SEARCH command, all of which must hold. An error's message is for BAD; Failure::unsupported is a
/// character set that is not known.
Result<Question> parse_search(const std::vector<Argument>& arguments);

}  // namespace mailprobe::lab
