// --mail-to: the report as a mail to the one address that was asked for, signed with an identity's keys, on the way
// that answers go: the target's policies, our limits, whoever wants no more mail. docs/outputs.md.
#pragma once

#include "app/options.h"
#include "app/world.h"
#include "evidence/assess.h"

namespace mailprobe::app {

/// False, and told why, where it was not accepted. One try. `via`: through that submission server. `world` has its
/// resolver.
Task<bool> mail_report(const evidence::Document& document, const evidence::RawReader& raw, const CommonOptions& common,
                       const World& world, std::optional<std::string> via = {});

}  // namespace mailprobe::app
