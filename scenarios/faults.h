// What is wrong with a message on purpose, in one word, named for the method that is to find it: "dkim-body-hash",
// "spf-fail", "dmarc-reject". Pure.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

#include "scenarios/format.h"

namespace mailprobe::scenarios {

/// nullopt: nothing is. Names of ours for SPF are always wrong, those for DMARC where nothing signs the message, but
/// for the strict one, whose signature is never aligned.
std::optional<std::string> fault_of(const Send& send);

/// The name below the identity's domain that the message is from; nullopt: the domain itself.
std::optional<std::string> label_of(From from);

/// Signed by a key that nobody is to accept, which needs a domain of its own.
inline bool has_weak_key(const Send& send) { return send.dkim.fault == DkimFault::weak_key; }

/// What is waited for is a report that the mail system was asked for (RFC 3461), and no answer.
inline bool waits_for_report(const Probe& probe) {
  return probe.watch.reply && std::ranges::find(probe.send.extensions, Extension::dsn) != probe.send.extensions.end();
}

/// Its bytes.
std::string_view bytes_of(EndOfData end);

}  // namespace mailprobe::scenarios
