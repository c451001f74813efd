// One question and one answer by UDP. Resolves no names, asks once, and knows no protocol. RFC 768.
#pragma once

#include <cstdint>
#include <string>

#include "base/error.h"
#include "base/ip.h"
#include "base/task.h"
#include "base/time.h"

namespace mailprobe::tls {

/// The first datagram that comes back from there, cut at `max_datagram`. Failure::timeout after the deadline;
/// Failure::connection: nobody listens there, or there is no way.
Task<Result<std::string>> ask_by_datagram(IpAddress address, std::uint16_t port, std::string question, Steady deadline);

constexpr std::size_t max_datagram = 1500;

}  // namespace mailprobe::tls
