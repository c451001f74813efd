// The certificates that our receiver and its traps show, as configured: dates, names, chain. Reads files; connects to
// nothing and judges no target. RFC 5280 §6, RFC 6125.
#pragma once

#include <memory>
#include <vector>

#include "evidence/document.h"
#include "probe/settings.h"
#include "tls/context.h"

namespace mailprobe::probe {

/// "certificate", of receiver.host; "certificate of the traps", where there are any; "certificate 2" and so on, what is
/// shown to those who ask for a name of theirs. `trust`: whom they have to be of. Nothing to show: own-limit. Holds,
/// but not for long: no cause and a problem.
std::vector<evidence::OwnRecord> check_certificates(const receiver::Settings& receiver, const tls::Context& trust,
                                                    Time now);

}  // namespace mailprobe::probe
