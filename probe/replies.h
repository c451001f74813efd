// What came to our receiver becomes evidence: the messages are stored in the run's directory, what they are and how
// long they took is noted, the names that the clients said are looked up. Not the receiving: probe/reply_witness.h.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "base/task.h"
#include "probe/answer_table.h"
#include "probe/run_directory.h"

namespace mailprobe::dns {
class Resolver;
}

namespace mailprobe::probe {

/// The bytes of a spooled message.
using SpoolReader = std::function<std::optional<std::string>(const std::string& spooled)>;

struct ArrivalsOf {
  Arrivals arrivals;
  std::size_t number = 1;  // tells the files of one run apart
  bool late = false;       // after the run's own wait
};

/// Those that the probe does not have yet: probes[].replies, reply, sessions. An error: something could not be stored
/// and is in the document instead.
Task<std::optional<Error>> keep_arrivals(ArrivalsOf what, SpoolReader read, RunDirectory& directory,
                                         dns::Resolver& resolver, evidence::Probe& probe);

/// probes[].reply of probes[].replies: the first to the probe itself, for what a trap was told shows how the target
/// sends there. A notice of delay is the answer as long as there is no other (RFC 3464 §2.3.3: something is to follow).
void choose_reply(evidence::Probe& probe);

/// "answered by a vacation responder after 2.1s", "returned: 550 5.1.1 …": for the live line.
std::string told_of(const evidence::Reply& reply);

}  // namespace mailprobe::probe
