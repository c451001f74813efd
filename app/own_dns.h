// Our DNS as a witness where a command serves it for as long as it runs.
#pragma once

#include "probe/settings.h"
#include "receiver/witness.h"

namespace mailprobe::app {

/// A null pointer where the configuration has none to serve. Says where it answers, and what the parents of its signed
/// zones are to publish.
Task<Result<std::unique_ptr<receiver::Witness>>> open_own_dns(const probe::Settings& settings,
                                                              const receiver::Folder& folder);
/// Its zones anew; says what came of it. Nothing for a null pointer.
void reload(receiver::Witness* witness);

}  // namespace mailprobe::app
