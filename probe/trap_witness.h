// Our traps as a witness: which are asked for, and what became of mail to them, by the record of sessions that the
// receiving process of the same configuration keeps (`mailprobe reflect`). Receives nothing itself and judges nothing
// (evidence/checks_traps.cpp). docs/traps.md.
#pragma once

#include <string>
#include <vector>

#include "evidence/document.h"
#include "probe/network.h"
#include "probe/settings.h"

namespace mailprobe::probe {

/// Of one probe, in the order of the configuration.
Result<std::vector<evidence::TrapAsked>> traps_to_ask(const Settings& settings, const Mailbox& address,
                                                      const std::string& id);

/// Failure::usage: nobody does, at the traps.
Result<void> somebody_receives(const Settings& settings);

/// Before the message goes out: mail to the addresses is taken from now on. Failure::usage: nobody receives.
Result<void> expect_at_traps(const Settings& settings, const std::string& id);

/// Into the probe: sessions at the traps since then that are for it, and those that named nobody, of hosts that came
/// for it elsewhere.
void note_trap_sessions(const std::vector<evidence::Session>& sessions, evidence::Probe& probe);

/// Every trap that was asked for has been come to, and the mail was left there or not: nothing is waited for any more.
bool traps_settled(const evidence::Probe& probe, Time at);

/// Looks into the record once. `completed` where `waited` is all of limits.trap_wait and somebody received throughout
/// (receiver/presence.h), or nothing is left to wait for.
void look_at_traps(const Settings& settings, Time since, std::chrono::milliseconds waited, evidence::Probe& probe);

/// For who looks on: that nobody received, and when last. Empty: that does not matter.
std::string told_unattended(const evidence::TrapWatch& watch);

/// Again and again, until all is settled or `wait` is over.
Task<void> watch_traps(const Settings& settings, Network network, Time since, std::chrono::milliseconds wait,
                       evidence::Probe& probe);

}  // namespace mailprobe::probe
