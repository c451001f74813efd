// What our DNS was asked because of the probes of a run, read once for all of them. Before that it is asked something
// itself: a log that does not have that question has not got so far, and what is not in it may have been asked. Judges
// nothing.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "dns/resolver.h"
#include "evidence/document.h"
#include "probe/network.h"
#include "probe/progress.h"
#include "probe/settings.h"
#include "receiver/questions.h"

namespace mailprobe::probe {

/// Where the questions stand: our own log, or another name server's.
std::filesystem::path questions_file(const Settings& settings);

/// The first question of ours, below a witness's `control`: for a key, as a verifier asks.
std::string opening_question(const std::string& control);

/// The last question of ours, and why it was not answered.
struct Closing {
  std::string name;
  std::optional<Error> error;
};

/// One probe's share of what was read: its own names, and, while the run waits, the records of its domain by those who
/// also asked for its own, unless our resolver is among them. What it has stays. True: there is something new.
bool take_questions(const receiver::Questions& read, const Closing& closing, std::chrono::milliseconds wait,
                    evidence::Probe& probe);

/// All of it: the question of ours, the log, each probe's share. `resolver` hides no names of the witness.
Task<bool> note_dns_questions(const Settings& settings, dns::Resolver& resolver, const Progress& progress,
                              const Network& network, std::vector<evidence::Probe>& probes);

/// Why a question that is asked now is not found in the log; nullopt: it is.
Task<std::optional<Error>> unheard(const Settings& settings, std::string zone, dns::Resolver& resolver,
                                   Network network);

}  // namespace mailprobe::probe
