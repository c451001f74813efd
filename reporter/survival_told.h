// What the check of our signatures told of those that were removed: it read the message as it was sent, which a report
// may not have at hand. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "evidence/our_signatures.h"

namespace mailprobe::reporter {

/// The probe's finding that not all of our signatures survive; nullptr: there is none.
const evidence::Finding* not_all_survive(const evidence::Probe& probe, const evidence::Document& document);

/// Of how many of our signatures it tells, those that were removed too: "Only 1 of the 4 DKIM signatures survives".
std::size_t signatures_told_of(const evidence::Finding& finding);

/// How many of our signatures were removed, where the copy has these of ours; nullopt: it is not known.
std::optional<std::size_t> removed_from(const evidence::Probe& probe, const evidence::Document& document,
                                        const std::vector<evidence::OurSignature>& there);

}  // namespace mailprobe::reporter
