// What was found in a mailbox becomes evidence: a copy is stored, deleted from the mailbox where that is asked for, and
// judged; bounces and replies are stored. Not the finding: that is probe/mailbox_witness.h's.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "probe/mailbox_witness.h"
#include "probe/run_directory.h"
#include "probe/verification.h"

namespace mailprobe::probe {

struct FoundCopy {
  imap::Copy copy;
  Expectation expectation;
  std::size_t number = 1;  // tells the files of one run apart
  bool late = false;       // after the run's own wait
  bool remove = false;     // from the mailbox, once it is stored
};

/// An error: it could not be stored; it is in the document instead, and judged all the same.
Task<std::optional<Error>> examine_copy(FoundCopy found, RunDirectory& directory, MailboxWitness& mailbox,
                                        dns::Resolver& resolver, const Progress& progress, evidence::Probe& probe);

/// Those that the probe does not have yet. An error: something was kept in the document instead.
std::optional<Error> store_answers(const std::vector<imap::Answer>& answers, const RunDirectory& directory,
                                   evidence::Probe& probe, std::size_t number);

/// Once the copy was looked for: the second message of one that is smuggled. nullopt: it is no message of its own, or
/// not there; what became of it is in `smuggling`. `copy` is the text of the copy, null without one.
Task<std::optional<imap::Copy>> find_second(MailboxWitness& mailbox, const std::string* copy, Steady deadline,
                                            evidence::Smuggling& smuggling);

/// The second message of one that is smuggled, which came as one of its own. An error: it is in the document instead.
std::optional<Error> store_second(const imap::Copy& second, const RunDirectory& directory, evidence::Probe& probe,
                                  std::size_t number);

/// What the target's hosts are called: its domain and its MX hosts.
std::vector<std::string> target_hosts(const evidence::Target& target);

}  // namespace mailprobe::probe
