// The packets of SNTP: a question for the time, and what an answer says of our clock. Pure: sends nothing. RFC 4330,
// RFC 5905 §7.3.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "base/time.h"

namespace mailprobe {

struct SntpAnswer {
  Time time;                         // of the server, when it sent
  std::chrono::milliseconds offset;  // how far our clock is ahead of it; negative: behind
  std::chrono::milliseconds error;   // at most, either way: half of the round trip
};

/// `nonce` is any 8 octets: they come back in the answer, and tell nobody our time.
std::string sntp_question(std::string_view nonce);

/// Failure::refused: it will not tell (Cause::refused, rate-limited). Failure::protocol: no answer to `question`, or
/// of a server whose own clock is not set.
Result<SntpAnswer> read_sntp(std::string_view packet, std::string_view question, Time sent, Time received);

}  // namespace mailprobe
