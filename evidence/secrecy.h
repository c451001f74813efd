// What a document does not show of messages that hold a secret: their text, wherever the document itself would quote
// it, and the value, wherever others do. That something was changed, of what kind and where, stays, and so do the
// messages themselves, in the run's folder. Not redaction (reporter/redact.cpp), which is about people. Pure.
#pragma once

#include <cstddef>
#include <functional>
#include <string_view>
#include <vector>

#include "base/hidden.h"
#include "evidence/document.h"

namespace mailprobe::evidence {

/// What stands in place of it.
inline constexpr std::string_view not_shown = "not shown: the message holds a secret";

/// Each message that belongs to a probe, ours and theirs.
void each_raw(Probe& probe, const std::function<void(Raw&)>& visit);

/// Each change of a message of a probe, as somebody's look at its signatures found it.
void each_mutation(Probe& probe, const std::function<void(auth::Mutation&)>& visit);

/// All that quotes the message of a probe that is `secret`: the texts of what was changed (each becomes one unchanged
/// line, as of a diff), the header that a reflector saw, bytes within the document. Digests and paths stay.
void leave_out_message(Probe& probe);

/// Every text of a probe, and of what a document says in words, in which others may quote the message.
void mask_quotes(Probe& probe, const Hidden& hidden);
void mask_quotes(Document& document, const Hidden& hidden);

/// For `collect`, which knows no values: the texts of what came late that may quote the message, where the probe is
/// `secret`. `known` answers lay in the mailbox before.
void leave_out_late(Probe& probe, std::size_t known);

}  // namespace mailprobe::evidence
