// Which sessions with the target's servers a document has: the attempts of its probes, and those of `inspect`, one an
// address. For the checks of this room that judge a server by what it said. RFC 5321 §3.1.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "evidence/document.h"

namespace mailprobe::evidence {

struct Tried {
  const Attempt& attempt;
  std::string at;                      // its JSON Pointer
  const MxHost* host = nullptr;        // as target.mx has it; null: it is none of those
  const MxAddress* address = nullptr;  // the same
  std::string address_at;              // the address's JSON Pointer; empty: there is none

  /// Phases are in the order of a session.
  [[nodiscard]] bool reached(std::string_view phase) const;
  [[nodiscard]] bool of_inspect() const { return at.starts_with("/target/"); }
};

/// Nothing was done for it: no connection was begun.
bool never_begun(const Attempt& attempt);

/// A server of the target's let us in on that port: it is not closed where we are.
bool answers_from_here(const Document& document, int port);
/// What to do about an address where nobody answers: that may be known to be the target's doing, or not.
inline constexpr std::string_view unanswered_advice =
    "Let a mail server answer there, or take the address out of the DNS";
inline constexpr std::string_view port_advice = "See whether port 25 is open from here";

/// The last attempt at an address stands for it, of several probes the last that got furthest; what went by a
/// submission server is none of the target's.
std::vector<Tried> tried_addresses(const Document& document);

}  // namespace mailprobe::evidence
