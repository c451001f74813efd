// Whether a refusal is for what is wrong with a message on purpose, by when it came and by what it says: a mailbox that
// gets full, or a server that wants TLS, has evaluated nothing. Judges nothing itself. RFC 3463, RFC 7372.
#pragma once

#include "evidence/document.h"

namespace mailprobe::evidence {

/// It is about where we send from.
bool is_about_our_address(const Attempt& attempt);

/// For the probe's fault, as far as can be told. True too where the fault is of no such method: what its refusal says
/// is for others to tell.
bool is_for_its_fault(const Probe& probe, const Attempt& refused);

}  // namespace mailprobe::evidence
