// What an expectation of "dkim" and "forward.dkim" is about: what became of the signatures that we sent, those that
// were removed from the header on the way among them. Those of others are in "mailbox.dkim". Pure.
#pragma once

#include <vector>

#include "evidence/assess.h"
#include "scenarios/expression.h"
#include "scenarios/values.h"

namespace mailprobe::scenarios {

/// Leaves of the `values` those of our signatures, where `path` is about them: as it is written, `way` where it leads
/// from the probe. A forwarder's own may be asked for by its selector. True: one of ours that is asked for was removed
/// from the header, which without the bytes that were sent nobody knows.
bool leave_ours(std::vector<Value>& values, const Path& path, const Path& way, const evidence::Probe& probe,
                const evidence::RawReader& raw);

}  // namespace mailprobe::scenarios
